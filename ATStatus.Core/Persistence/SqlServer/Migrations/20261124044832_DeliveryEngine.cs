using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class DeliveryEngine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "InOrder",
                table: "Notifications",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "PreviousProtectedSecret",
                table: "Notifications",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "PreviousSecretUntil",
                table: "Notifications",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ProtectedHeaders",
                table: "Notifications",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StandardWebhooks",
                table: "Notifications",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "TlsCertificate",
                table: "Notifications",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TlsTrust",
                table: "Notifications",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "System");

            migrationBuilder.AddColumn<string>(
                name: "Hold",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LastFailure",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "LastStatusCode",
                table: "Deliveries",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SkipCause",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Subject",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "NotificationHealth",
                columns: table => new
                {
                    NotificationId = table.Column<int>(type: "int", nullable: false),
                    ConsecutiveFailures = table.Column<int>(type: "int", nullable: false),
                    LastTimedOut = table.Column<bool>(type: "bit", nullable: false),
                    OpenedAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    NextProbeAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    FailedProbes = table.Column<int>(type: "int", nullable: false),
                    DrainingSince = table.Column<DateTime>(type: "datetime2", nullable: true),
                    LastSuccessAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    FailedDeliveries = table.Column<int>(type: "int", nullable: false),
                    CountingSince = table.Column<DateTime>(type: "datetime2", nullable: false),
                    LastDeliveryId = table.Column<long>(type: "bigint", nullable: true),
                    LastAttemptAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    LastFailure = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: true),
                    LastStatusCode = table.Column<int>(type: "int", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NotificationHealth", x => x.NotificationId);
                    table.ForeignKey(
                        name: "FK_NotificationHealth_Notifications_NotificationId",
                        column: x => x.NotificationId,
                        principalTable: "Notifications",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PrunedDays",
                columns: table => new
                {
                    Day = table.Column<DateTime>(type: "datetime2", nullable: false),
                    Delivered = table.Column<int>(type: "int", nullable: false),
                    Failed = table.Column<int>(type: "int", nullable: false),
                    Attempts = table.Column<int>(type: "int", nullable: false),
                    Events = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PrunedDays", x => x.Day);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_NotificationId_DueAt_Id",
                table: "Deliveries",
                columns: new[] { "NotificationId", "DueAt", "Id" },
                filter: "\"Hold\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries",
                columns: new[] { "NotificationId", "Subject", "EventId" },
                filter: "\"State\" IN ('Pending', 'Sending', 'Retrying')");

            foreach (var statement in DeliveryEngineData.Statements)
                // In a batch of its own: one that also adds the columns is refused, since they are not there yet when that is compiled.
                migrationBuilder.Sql($"EXEC(N'{statement.Replace("'", "''", StringComparison.Ordinal)}')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "NotificationHealth");

            migrationBuilder.DropTable(
                name: "PrunedDays");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_NotificationId_DueAt_Id",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "InOrder",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "PreviousProtectedSecret",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "PreviousSecretUntil",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "ProtectedHeaders",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "StandardWebhooks",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "TlsCertificate",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "TlsTrust",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "Hold",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "LastFailure",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "LastStatusCode",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "SkipCause",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "Subject",
                table: "Deliveries");
        }
    }
}

using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
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
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "PreviousProtectedSecret",
                table: "Notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "PreviousSecretUntil",
                table: "Notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ProtectedHeaders",
                table: "Notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StandardWebhooks",
                table: "Notifications",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "TlsCertificate",
                table: "Notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TlsTrust",
                table: "Notifications",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "System");

            migrationBuilder.AddColumn<string>(
                name: "Hold",
                table: "Deliveries",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LastFailure",
                table: "Deliveries",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "LastStatusCode",
                table: "Deliveries",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SkipCause",
                table: "Deliveries",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Subject",
                table: "Deliveries",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "NotificationHealth",
                columns: table => new
                {
                    NotificationId = table.Column<int>(type: "INTEGER", nullable: false),
                    ConsecutiveFailures = table.Column<int>(type: "INTEGER", nullable: false),
                    LastTimedOut = table.Column<bool>(type: "INTEGER", nullable: false),
                    OpenedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    NextProbeAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    FailedProbes = table.Column<int>(type: "INTEGER", nullable: false),
                    DrainingSince = table.Column<DateTime>(type: "TEXT", nullable: true),
                    LastSuccessAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    FailedDeliveries = table.Column<int>(type: "INTEGER", nullable: false),
                    CountingSince = table.Column<DateTime>(type: "TEXT", nullable: false),
                    LastDeliveryId = table.Column<long>(type: "INTEGER", nullable: true),
                    LastAttemptAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    LastFailure = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    LastStatusCode = table.Column<int>(type: "INTEGER", nullable: true)
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
                    Day = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Delivered = table.Column<int>(type: "INTEGER", nullable: false),
                    Failed = table.Column<int>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    Events = table.Column<int>(type: "INTEGER", nullable: false)
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
                migrationBuilder.Sql(statement);
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

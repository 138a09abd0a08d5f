using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Subscriptions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "PublicUrl",
                table: "StatusPages",
                type: "nvarchar(2000)",
                maxLength: 2000,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "AlertNotificationId",
                table: "Notifications",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "AllComponents",
                table: "Notifications",
                type: "bit",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<string>(
                name: "MinSeverity",
                table: "Notifications",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Settings",
                table: "Notifications",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "AlertedAt",
                table: "NotificationHealth",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LeftOut",
                table: "Events",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ConnectMs",
                table: "DeliveryAttempts",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "LookupMs",
                table: "DeliveryAttempts",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "TlsMs",
                table: "DeliveryAttempts",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "EventType",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "AttemptHours",
                columns: table => new
                {
                    NotificationId = table.Column<int>(type: "int", nullable: false),
                    Hour = table.Column<DateTime>(type: "datetime2", nullable: false),
                    IsFailure = table.Column<bool>(type: "bit", nullable: false),
                    Bucket = table.Column<int>(type: "int", nullable: false),
                    Count = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AttemptHours", x => new { x.NotificationId, x.Hour, x.IsFailure, x.Bucket });
                    table.ForeignKey(
                        name: "FK_AttemptHours_Notifications_NotificationId",
                        column: x => x.NotificationId,
                        principalTable: "Notifications",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Bookmarks",
                columns: table => new
                {
                    Name = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    Value = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Bookmarks", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "NotificationComponent",
                columns: table => new
                {
                    NotificationId = table.Column<int>(type: "int", nullable: false),
                    ComponentId = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NotificationComponent", x => new { x.NotificationId, x.ComponentId });
                    table.ForeignKey(
                        name: "FK_NotificationComponent_Components_ComponentId",
                        column: x => x.ComponentId,
                        principalTable: "Components",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_NotificationComponent_Notifications_NotificationId",
                        column: x => x.NotificationId,
                        principalTable: "Notifications",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Recoveries",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    NotificationId = table.Column<int>(type: "int", nullable: false),
                    Since = table.Column<DateTime>(type: "datetime2", nullable: false),
                    Failed = table.Column<bool>(type: "bit", nullable: false),
                    Skipped = table.Column<bool>(type: "bit", nullable: false),
                    UpTo = table.Column<long>(type: "bigint", nullable: false),
                    Done = table.Column<long>(type: "bigint", nullable: false),
                    Total = table.Column<int>(type: "int", nullable: false),
                    Reopened = table.Column<int>(type: "int", nullable: false),
                    RequestedBy = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false),
                    RequestedAt = table.Column<DateTime>(type: "datetime2", nullable: false),
                    FinishedAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    IsCancelled = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Recoveries", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Recoveries_Notifications_NotificationId",
                        column: x => x.NotificationId,
                        principalTable: "Notifications",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SendingPauses",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false),
                    PausedAt = table.Column<DateTime>(type: "datetime2", nullable: false),
                    PausedBy = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SendingPauses", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Events_SubjectId_Type",
                table: "Events",
                columns: new[] { "SubjectId", "Type" });

            migrationBuilder.CreateIndex(
                name: "IX_NotificationComponent_ComponentId",
                table: "NotificationComponent",
                column: "ComponentId");

            migrationBuilder.CreateIndex(
                name: "IX_Recoveries_FinishedAt",
                table: "Recoveries",
                column: "FinishedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Recoveries_NotificationId",
                table: "Recoveries",
                column: "NotificationId");

            // What earlier versions have recorded; quoted names and a scalar subquery hold for both providers.
            // In a batch of its own: one that also adds the column is refused, since it is not there yet when that is compiled.
            migrationBuilder.Sql("""EXEC(N'UPDATE "Deliveries" SET "EventType" = (SELECT e."Type" FROM "Events" e WHERE e."Id" = "Deliveries"."EventId")')""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "AttemptHours");

            migrationBuilder.DropTable(
                name: "Bookmarks");

            migrationBuilder.DropTable(
                name: "NotificationComponent");

            migrationBuilder.DropTable(
                name: "Recoveries");

            migrationBuilder.DropTable(
                name: "SendingPauses");

            migrationBuilder.DropIndex(
                name: "IX_Events_SubjectId_Type",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "PublicUrl",
                table: "StatusPages");

            migrationBuilder.DropColumn(
                name: "AlertNotificationId",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "AllComponents",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "MinSeverity",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "Settings",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "AlertedAt",
                table: "NotificationHealth");

            migrationBuilder.DropColumn(
                name: "LeftOut",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "ConnectMs",
                table: "DeliveryAttempts");

            migrationBuilder.DropColumn(
                name: "LookupMs",
                table: "DeliveryAttempts");

            migrationBuilder.DropColumn(
                name: "TlsMs",
                table: "DeliveryAttempts");

            migrationBuilder.DropColumn(
                name: "EventType",
                table: "Deliveries");
        }
    }
}

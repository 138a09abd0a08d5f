using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AdditionalEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "RemindAt",
                table: "MaintenanceWindows",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RemindBefore",
                table: "MaintenanceWindows",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RemindedOf",
                table: "MaintenanceWindows",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "RemindsSilently",
                table: "MaintenanceWindows",
                type: "bit",
                nullable: false,
                defaultValue: false);

            // What was planned before goes on as it was: it starts automatically.
            migrationBuilder.AddColumn<bool>(
                name: "StartsAutomatically",
                table: "MaintenanceWindows",
                type: "bit",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<long>(
                name: "RemindBefore",
                table: "MaintenanceSeries",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StartsAutomatically",
                table: "MaintenanceSeries",
                type: "bit",
                nullable: false,
                defaultValue: true);

            migrationBuilder.CreateTable(
                name: "MaintenanceUpdates",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    WindowId = table.Column<int>(type: "int", nullable: false),
                    Status = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    Message = table.Column<string>(type: "nvarchar(max)", maxLength: 10000, nullable: false),
                    At = table.Column<DateTime>(type: "datetime2", nullable: false),
                    Author = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MaintenanceUpdates", x => x.Id);
                    table.ForeignKey(
                        name: "FK_MaintenanceUpdates_MaintenanceWindows_WindowId",
                        column: x => x.WindowId,
                        principalTable: "MaintenanceWindows",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_MaintenanceUpdates_WindowId",
                table: "MaintenanceUpdates",
                column: "WindowId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "MaintenanceUpdates");

            migrationBuilder.DropColumn(
                name: "RemindAt",
                table: "MaintenanceWindows");

            migrationBuilder.DropColumn(
                name: "RemindBefore",
                table: "MaintenanceWindows");

            migrationBuilder.DropColumn(
                name: "RemindedOf",
                table: "MaintenanceWindows");

            migrationBuilder.DropColumn(
                name: "RemindsSilently",
                table: "MaintenanceWindows");

            migrationBuilder.DropColumn(
                name: "StartsAutomatically",
                table: "MaintenanceWindows");

            migrationBuilder.DropColumn(
                name: "RemindBefore",
                table: "MaintenanceSeries");

            migrationBuilder.DropColumn(
                name: "StartsAutomatically",
                table: "MaintenanceSeries");
        }
    }
}

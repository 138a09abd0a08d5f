using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class CancelledFoldedAndIdentity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Events_Id_Title",
                table: "Events");

            migrationBuilder.AddColumn<string>(
                name: "TitleFolded",
                table: "Events",
                type: "TEXT",
                maxLength: 660,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ReusedMs",
                table: "DeliveryAttempts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CancelReason",
                table: "Deliveries",
                type: "TEXT",
                maxLength: 400,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "DatabaseIdentities",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    DatabaseId = table.Column<Guid>(type: "TEXT", nullable: false),
                    UsedBy = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    UsedFrom = table.Column<string>(type: "TEXT", maxLength: 1024, nullable: true),
                    RetentionLookedAt = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DatabaseIdentities", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Events_Id_TitleFolded",
                table: "Events",
                columns: new[] { "Id", "TitleFolded" });

            migrationBuilder.CreateIndex(
                name: "IX_Events_Unfolded",
                table: "Events",
                column: "Id",
                filter: "\"TitleFolded\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DatabaseIdentities");

            migrationBuilder.DropIndex(
                name: "IX_Events_Id_TitleFolded",
                table: "Events");

            migrationBuilder.DropIndex(
                name: "IX_Events_Unfolded",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "TitleFolded",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "ReusedMs",
                table: "DeliveryAttempts");

            migrationBuilder.DropColumn(
                name: "CancelReason",
                table: "Deliveries");

            migrationBuilder.CreateIndex(
                name: "IX_Events_Id_Title",
                table: "Events",
                columns: new[] { "Id", "Title" });
        }
    }
}

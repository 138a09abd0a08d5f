using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class SeriesTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "DoNotNotify",
                table: "MaintenanceSeries",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Message",
                table: "MaintenanceSeries",
                type: "TEXT",
                maxLength: 10000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Title",
                table: "MaintenanceSeries",
                type: "TEXT",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "MaintenanceSeriesComponents",
                columns: table => new
                {
                    SeriesId = table.Column<int>(type: "INTEGER", nullable: false),
                    ComponentId = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MaintenanceSeriesComponents", x => new { x.SeriesId, x.ComponentId });
                    table.ForeignKey(
                        name: "FK_MaintenanceSeriesComponents_Components_ComponentId",
                        column: x => x.ComponentId,
                        principalTable: "Components",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_MaintenanceSeriesComponents_MaintenanceSeries_SeriesId",
                        column: x => x.SeriesId,
                        principalTable: "MaintenanceSeries",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_MaintenanceSeriesComponents_ComponentId",
                table: "MaintenanceSeriesComponents",
                column: "ComponentId");

            // Until now the next window took its texts and components from the one before it. What the latest one says is what the next
            // would have said, so that is what its series says from here on.
            migrationBuilder.Sql("""
                UPDATE "MaintenanceSeries" AS s SET ("Title", "Message") = (
                    SELECT w."Title", w."Message" FROM "MaintenanceWindows" w WHERE w."SeriesId" = s."Id"
                    ORDER BY w."PlannedFor" DESC, w."Id" DESC LIMIT 1)
                WHERE EXISTS (SELECT 1 FROM "MaintenanceWindows" w WHERE w."SeriesId" = s."Id")
                """);
            migrationBuilder.Sql("""
                INSERT INTO "MaintenanceSeriesComponents" ("SeriesId", "ComponentId")
                SELECT s."Id", c."ComponentId" FROM "MaintenanceSeries" s JOIN "MaintenanceComponents" c ON c."WindowId" = (
                    SELECT w."Id" FROM "MaintenanceWindows" w WHERE w."SeriesId" = s."Id" ORDER BY w."PlannedFor" DESC, w."Id" DESC LIMIT 1)
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "MaintenanceSeriesComponents");

            migrationBuilder.DropColumn(
                name: "DoNotNotify",
                table: "MaintenanceSeries");

            migrationBuilder.DropColumn(
                name: "Message",
                table: "MaintenanceSeries");

            migrationBuilder.DropColumn(
                name: "Title",
                table: "MaintenanceSeries");
        }
    }
}

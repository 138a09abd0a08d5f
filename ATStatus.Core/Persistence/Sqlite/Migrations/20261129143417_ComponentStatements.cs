using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ComponentStatements : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "EndedAt",
                table: "Incidents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsChosen",
                table: "IncidentComponents",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "ComponentStatements",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ComponentId = table.Column<int>(type: "INTEGER", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SourceId = table.Column<int>(type: "INTEGER", nullable: true),
                    Status = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Overrides = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SinceStart = table.Column<bool>(type: "INTEGER", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ReplacedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    From = table.Column<DateTime>(type: "TEXT", nullable: false),
                    To = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Author = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ComponentStatements", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ComponentStatements_Components_ComponentId",
                        column: x => x.ComponentId,
                        principalTable: "Components",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ComponentStatements_ComponentId_To",
                table: "ComponentStatements",
                columns: new[] { "ComponentId", "To" });

            migrationBuilder.CreateIndex(
                name: "IX_ComponentStatements_Source_SourceId",
                table: "ComponentStatements",
                columns: new[] { "Source", "SourceId" });

            foreach (var statement in ComponentStatementsData.Statements)
                migrationBuilder.Sql(statement);

            migrationBuilder.DropTable(
                name: "ComponentOverlays");

            migrationBuilder.DropTable(
                name: "ComponentStatusChanges");

            // Not DropColumn: that copies the table and drops it, with what belongs to it.
            migrationBuilder.Sql("ALTER TABLE \"Components\" DROP COLUMN \"OwnStatus\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OwnStatus",
                table: "Components",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "ComponentOverlays",
                columns: table => new
                {
                    ComponentId = table.Column<int>(type: "INTEGER", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SourceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Status = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ComponentOverlays", x => new { x.ComponentId, x.Source, x.SourceId });
                    table.ForeignKey(
                        name: "FK_ComponentOverlays_Components_ComponentId",
                        column: x => x.ComponentId,
                        principalTable: "Components",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ComponentStatusChanges",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ComponentId = table.Column<int>(type: "INTEGER", nullable: false),
                    Status = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ComponentStatusChanges", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ComponentStatusChanges_Components_ComponentId",
                        column: x => x.ComponentId,
                        principalTable: "Components",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ComponentOverlays_Source_SourceId",
                table: "ComponentOverlays",
                columns: new[] { "Source", "SourceId" });

            migrationBuilder.CreateIndex(
                name: "IX_ComponentStatusChanges_ComponentId_At",
                table: "ComponentStatusChanges",
                columns: new[] { "ComponentId", "At" });

            foreach (var statement in ComponentStatementsData.StatementsBack)
                migrationBuilder.Sql(statement);

            migrationBuilder.DropTable(
                name: "ComponentStatements");

            migrationBuilder.Sql("ALTER TABLE \"Incidents\" DROP COLUMN \"EndedAt\"");
            migrationBuilder.Sql("ALTER TABLE \"IncidentComponents\" DROP COLUMN \"IsChosen\"");
        }
    }
}

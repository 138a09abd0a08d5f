using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
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
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsChosen",
                table: "IncidentComponents",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "ComponentStatements",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    ComponentId = table.Column<int>(type: "int", nullable: false),
                    Source = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    SourceId = table.Column<int>(type: "int", nullable: true),
                    Status = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    Overrides = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    SinceStart = table.Column<bool>(type: "bit", nullable: false),
                    SavedAt = table.Column<DateTime>(type: "datetime2", nullable: false),
                    ReplacedAt = table.Column<DateTime>(type: "datetime2", nullable: true),
                    From = table.Column<DateTime>(type: "datetime2", nullable: false),
                    To = table.Column<DateTime>(type: "datetime2", nullable: true),
                    Author = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true)
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

            // One migration is one batch, which is compiled as a whole: what names a column that it adds or drops waits in a string.
            foreach (var statement in ComponentStatementsData.Statements)
                migrationBuilder.Sql($"EXEC(N'{statement.Replace("'", "''", StringComparison.Ordinal)}')");

            migrationBuilder.DropTable(
                name: "ComponentOverlays");

            migrationBuilder.DropTable(
                name: "ComponentStatusChanges");

            migrationBuilder.DropColumn(
                name: "OwnStatus",
                table: "Components");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "OwnStatus",
                table: "Components",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "ComponentOverlays",
                columns: table => new
                {
                    ComponentId = table.Column<int>(type: "int", nullable: false),
                    Source = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    SourceId = table.Column<int>(type: "int", nullable: false),
                    Status = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false)
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
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    At = table.Column<DateTime>(type: "datetime2", nullable: false),
                    ComponentId = table.Column<int>(type: "int", nullable: false),
                    Status = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false)
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

            // One migration is one batch, which is compiled as a whole: what names a column that it adds or drops waits in a string.
            foreach (var statement in ComponentStatementsData.StatementsBack)
                migrationBuilder.Sql($"EXEC(N'{statement.Replace("'", "''", StringComparison.Ordinal)}')");

            migrationBuilder.DropTable(
                name: "ComponentStatements");

            migrationBuilder.DropColumn(
                name: "EndedAt",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "IsChosen",
                table: "IncidentComponents");
        }
    }
}

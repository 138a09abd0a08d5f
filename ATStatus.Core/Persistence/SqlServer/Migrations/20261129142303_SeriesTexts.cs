using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
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
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Message",
                table: "MaintenanceSeries",
                type: "nvarchar(max)",
                maxLength: 10000,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Title",
                table: "MaintenanceSeries",
                type: "nvarchar(200)",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "MaintenanceSeriesComponents",
                columns: table => new
                {
                    SeriesId = table.Column<int>(type: "int", nullable: false),
                    ComponentId = table.Column<int>(type: "int", nullable: false)
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
            // In a batch of its own: one that also adds the columns is refused, since they are not there yet when it is compiled.
            migrationBuilder.Sql("""
                EXEC(N'UPDATE s SET [Title] = l.[Title], [Message] = l.[Message]
                FROM [MaintenanceSeries] s CROSS APPLY (
                    SELECT TOP (1) w.[Title], w.[Message] FROM [MaintenanceWindows] w WHERE w.[SeriesId] = s.[Id]
                    ORDER BY w.[PlannedFor] DESC, w.[Id] DESC) l;')
                """);
            migrationBuilder.Sql("""
                EXEC(N'INSERT INTO [MaintenanceSeriesComponents] ([SeriesId], [ComponentId])
                SELECT s.[Id], c.[ComponentId] FROM [MaintenanceSeries] s
                CROSS APPLY (
                    SELECT TOP (1) w.[Id] FROM [MaintenanceWindows] w WHERE w.[SeriesId] = s.[Id]
                    ORDER BY w.[PlannedFor] DESC, w.[Id] DESC) l
                JOIN [MaintenanceComponents] c ON c.[WindowId] = l.[Id];')
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

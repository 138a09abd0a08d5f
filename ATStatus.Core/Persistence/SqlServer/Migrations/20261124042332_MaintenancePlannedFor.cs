using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class MaintenancePlannedFor : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "PlannedFor",
                table: "MaintenanceWindows",
                type: "datetime2",
                nullable: true);

            // Until now a window's start was the time it stood for, unless somebody had moved it, which nobody wrote down.
            // In a batch of its own: one that also adds the column is refused, since it is not there yet when that is compiled.
            migrationBuilder.Sql("EXEC(N'UPDATE [MaintenanceWindows] SET [PlannedFor] = [Start] WHERE [SeriesId] IS NOT NULL;')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "PlannedFor",
                table: "MaintenanceWindows");
        }
    }
}

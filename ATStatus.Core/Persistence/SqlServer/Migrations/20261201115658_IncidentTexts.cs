using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class IncidentTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Postmortem",
                table: "Incidents",
                type: "nvarchar(max)",
                maxLength: 20000,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "IncidentDefaultTexts",
                columns: table => new
                {
                    Id = table.Column<int>(type: "int", nullable: false),
                    Investigating = table.Column<string>(type: "nvarchar(max)", maxLength: 10000, nullable: true),
                    Identified = table.Column<string>(type: "nvarchar(max)", maxLength: 10000, nullable: true),
                    Monitoring = table.Column<string>(type: "nvarchar(max)", maxLength: 10000, nullable: true),
                    Resolved = table.Column<string>(type: "nvarchar(max)", maxLength: 10000, nullable: true),
                    Version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_IncidentDefaultTexts", x => x.Id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "IncidentDefaultTexts");

            migrationBuilder.DropColumn(
                name: "Postmortem",
                table: "Incidents");
        }
    }
}

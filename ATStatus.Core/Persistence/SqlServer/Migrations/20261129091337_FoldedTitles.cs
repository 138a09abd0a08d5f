using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class FoldedTitles : Migration
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
                type: "nvarchar(660)",
                maxLength: 660,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

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
            migrationBuilder.DropIndex(
                name: "IX_Events_Id_TitleFolded",
                table: "Events");

            migrationBuilder.DropIndex(
                name: "IX_Events_Unfolded",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "TitleFolded",
                table: "Events");

            migrationBuilder.CreateIndex(
                name: "IX_Events_Id_Title",
                table: "Events",
                columns: new[] { "Id", "Title" });
        }
    }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Roles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var statement in AccountsData.AddMissingRoles)
                migrationBuilder.Sql(statement);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(AccountsData.RemoveUnusedRoles);
        }
    }
}

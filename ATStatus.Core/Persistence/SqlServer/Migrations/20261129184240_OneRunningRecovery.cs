using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class OneRunningRecovery : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Two at once were kept out until now; if two run all the same, the first goes on and the others end as called off.
            migrationBuilder.Sql("""
                UPDATE "Recoveries" SET "FinishedAt" = "RequestedAt", "IsCancelled" = 1
                WHERE "FinishedAt" IS NULL AND EXISTS (
                    SELECT 1 FROM "Recoveries" r
                    WHERE r."NotificationId" = "Recoveries"."NotificationId" AND r."FinishedAt" IS NULL AND r."Id" < "Recoveries"."Id")
                """);

            migrationBuilder.CreateIndex(
                name: "IX_Recoveries_Running",
                table: "Recoveries",
                column: "NotificationId",
                unique: true,
                filter: "\"FinishedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Recoveries_Running",
                table: "Recoveries");
        }
    }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class LogIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Events_Id_Title",
                table: "Events",
                columns: new[] { "Id", "Title" });

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Failing",
                table: "Deliveries",
                columns: new[] { "Id", "LastFailure", "LastStatusCode", "State", "NotificationId", "EventType", "IsTest", "CreatedAt", "EventId" },
                filter: "\"LastFailure\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_NotArrived",
                table: "Deliveries",
                columns: new[] { "State", "Id", "NotificationId", "EventType", "LastStatusCode", "IsTest", "CreatedAt", "EventId" },
                filter: "\"State\" IN ('Failed', 'Skipped')");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Tests",
                table: "Deliveries",
                columns: new[] { "Id", "State", "NotificationId", "EventType", "CreatedAt" },
                filter: "\"IsTest\" = 1");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Events_Id_Title",
                table: "Events");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Failing",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_NotArrived",
                table: "Deliveries");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Tests",
                table: "Deliveries");
        }
    }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class OrderIndex : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries",
                columns: new[] { "NotificationId", "Subject", "EventId" },
                filter: "\"SettledAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_NotificationId_Subject_EventId",
                table: "Deliveries",
                columns: new[] { "NotificationId", "Subject", "EventId" },
                filter: "\"State\" IN ('Pending', 'Sending', 'Retrying')");
        }
    }
}

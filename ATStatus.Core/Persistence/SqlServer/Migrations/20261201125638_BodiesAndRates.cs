using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ATStatus.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class BodiesAndRates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Body",
                table: "Notifications",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "Documented");

            migrationBuilder.AddColumn<int>(
                name: "RateLimit",
                table: "Notifications",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RatePer",
                table: "Notifications",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "Second");

            migrationBuilder.AddColumn<string>(
                name: "TemplateBody",
                table: "Notifications",
                type: "nvarchar(max)",
                maxLength: 16384,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RateNextAt",
                table: "NotificationHealth",
                type: "datetime2",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Body",
                table: "Deliveries",
                type: "nvarchar(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "CarrierId",
                table: "Deliveries",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "DeliveryBodies",
                columns: table => new
                {
                    DeliveryId = table.Column<long>(type: "bigint", nullable: false),
                    Content = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DeliveryBodies", x => x.DeliveryId);
                    table.ForeignKey(
                        name: "FK_DeliveryBodies_Deliveries_DeliveryId",
                        column: x => x.DeliveryId,
                        principalTable: "Deliveries",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DeliveryBodies");

            migrationBuilder.DropColumn(
                name: "Body",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "RateLimit",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "RatePer",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "TemplateBody",
                table: "Notifications");

            migrationBuilder.DropColumn(
                name: "RateNextAt",
                table: "NotificationHealth");

            migrationBuilder.DropColumn(
                name: "Body",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "CarrierId",
                table: "Deliveries");
        }
    }
}

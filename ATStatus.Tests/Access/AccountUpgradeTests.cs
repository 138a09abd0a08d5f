using System.Net;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>A database of the version before there were users, roles and sessions.</summary>
public sealed class AccountUpgradeTests
{
    /// <summary>The last migration of that version.</summary>
    private const string Before = "AdditionalEvents";

    [Fact]
    public async Task Its_administrator_signs_in_as_before_and_is_an_Admin()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            var file = Path.Combine(folder.CreateSubdirectory("data").FullName, "atstatus.db");
            await using (var db = new SqliteAtStatusDbContext(
                new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite($"Data Source={file};Pooling=false").Options))
            {
                await db.GetService<IMigrator>().MigrateAsync(Before, TestContext.Current.CancellationToken);
                var id = Guid.NewGuid();
                var hash = new PasswordHasher<User>().HashPassword(new User(), ConsoleApp.AdminPassword);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO AspNetUsers (Id, UserName, NormalizedUserName, Email, NormalizedEmail, EmailConfirmed, PasswordHash, SecurityStamp, ConcurrencyStamp, PhoneNumberConfirmed,
                        TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
                    VALUES ({id}, {ConsoleApp.AdminEmail}, 'ADMIN@EXAMPLE.COM', {ConsoleApp.AdminEmail}, 'ADMIN@EXAMPLE.COM', 1, {hash}, 'stamp', 'stamp', 0, 0, 0, 0);
                    INSERT INTO AspNetRoles (Id, Name, NormalizedName, ConcurrencyStamp) VALUES ({id}, 'Administrator', 'ADMINISTRATOR', NULL);
                    INSERT INTO AspNetUserRoles (UserId, RoleId) VALUES ({id}, {id});
                    """,
                    TestContext.Current.CancellationToken);
            }
            await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName, FirstAccount = false, MigratedDatabase = false });
            using var browser = await app.SignedInAsync();
            using var jobs = await browser.GetAsync("hangfire", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, jobs.StatusCode);
            var account = Assert.Single(await app.Services.GetRequiredService<AccountQueries>().ListAsync(TestContext.Current.CancellationToken));
            Assert.Equal((Roles.Admin, true, false), (account.Role, account.IsOn, account.HasSecondFactor));
            // Its role is the one it had, and those that nobody had are there for who comes.
            await using var after = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
            Assert.Equal(Roles.All.Order(), (await after.Roles.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken)).Select(r => r.Name).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

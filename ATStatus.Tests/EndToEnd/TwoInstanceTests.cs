using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Admin.Hosting.Verbs;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Two consoles on one database. Each provider runs all of it.</summary>
public abstract class TwoInstanceContract
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract SharedDatabase NewDatabase();

    [Fact]
    public async Task Two_that_start_together_without_a_database_are_both_up_with_one_account_and_one_key()
    {
        await using var shared = NewDatabase();
        var consoles = await Task.WhenAll(shared.StartAsync(), shared.StartAsync());
        await using var first = consoles[0];
        await using var second = consoles[1];

        await ReadyAsync(first);
        await ReadyAsync(second);
        await using (var db = shared.OpenContext())
        {
            Assert.Empty(await db.Database.GetPendingMigrationsAsync(Stop));
            Assert.Equal(1, await db.Users.CountAsync(Stop));
            Assert.Equal(1, await db.UserRoles.CountAsync(Stop));
            Assert.Equal(1, await db.DataProtectionKeys.CountAsync(Stop));
            Assert.Equal(1, await db.DatabaseIdentities.CountAsync(Stop));
        }
        // Each opens what the other has encrypted, and lets the account in.
        Assert.Equal("first", Protector(second).Unprotect(Protector(first).Protect("first")));
        Assert.Equal("second", Protector(first).Unprotect(Protector(second).Protect("second")));
        using var atFirst = await first.SignedInAsync();
        using var atSecond = await second.SignedInAsync();
    }

    [Fact]
    public async Task Two_that_start_together_on_an_older_database_migrate_it_once()
    {
        await using var shared = NewDatabase();
        await shared.MigrateAsync("CancelledFoldedAndIdentity");
        var consoles = await Task.WhenAll(shared.StartAsync(), shared.StartAsync());
        await using var first = consoles[0];
        await using var second = consoles[1];

        await ReadyAsync(first);
        await ReadyAsync(second);
        await using (var db = shared.OpenContext())
            Assert.Empty(await db.Database.GetPendingMigrationsAsync(Stop));
        Assert.Single(consoles.SelectMany(c => c.Logs), line => line.Contains("Bringing the database to this version", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_set_ups_on_two_instances_at_once_one_makes_the_account()
    {
        await using var shared = NewDatabase();
        await using var first = await shared.StartAsync(firstAccount: false);
        await using var second = await shared.StartAsync(firstAccount: false);
        // The same address too: its owner has the key of the account that is to be made.
        var accounts = new[] { first, second }.Select(c => c.Services.GetRequiredService<FirstAccount>()).ToList();
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => accounts[i % 2].CreateAsync(i % 3 == 0 ? $"u{i}@example.com" : "same@example.com", "a long enough password", Stop))));

        Assert.Single(results, r => r.UserId is not null);
        Assert.All(results, r => Assert.Empty(r.Errors));
        await using var db = shared.OpenContext();
        Assert.Equal(1, await db.Users.CountAsync(Stop));
    }

    [Fact]
    public async Task Of_one_that_is_killed_nothing_is_lost_while_the_other_goes_on()
    {
        const int Count = 100;
        await using var shared = NewDatabase();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(TimeSpan.FromMilliseconds(500)));
        await using (var app = await shared.OpenAsync())
        {
            var page = await app.SampleDataAsync();
            await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
            for (var i = 0; i < Count; i++)
                await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
        }

        string[] settings = ["--Webhooks:Timeout=00:00:02", "--Webhooks:RetryBaseDelay=00:00:01"];
        var started = await Task.WhenAll(shared.StartProcessAsync(settings), shared.StartProcessAsync(settings));
        using var killed = started[0];
        using var stays = started[1];
        await receiver.WaitForAsync(10, TimeSpan.FromMinutes(1));
        await killed.KillAsync();

        // What was in flight there is sent again when its lease has run out.
        await Eventually.TrueAsync(
            async () =>
            {
                await using var db = shared.OpenContext();
                return !await db.Deliveries.AnyAsync(d => d.State != DeliveryState.Delivered, Stop);
            },
            TimeSpan.FromMinutes(4));
        Assert.True(stays.IsRunning);
        await using var after = await shared.OpenAsync();
        var saved = (await after.DeliveriesAsync()).ToDictionary(d => d.RequestId.ToString(), d => d.Event!.Payload);
        Assert.Equal(Count, saved.Count);
        Assert.Equal(saved.Keys.Order(), receiver.Requests.Select(r => r.Header("X-Request-ID")!).Distinct().Order());
        Assert.All(receiver.Requests, r => Assert.Equal(saved[r.Header("X-Request-ID")!], r.Body));
    }

    private static IDataProtector Protector(ConsoleApp console) => console.Services.GetDataProtector("two instances");

    private protected static Task ReadyAsync(ConsoleApp console) => Eventually.TrueAsync(async () =>
    {
        using var client = console.CreateClient();
        return await (await client.GetAsync("healthz/ready", Stop)).Content.ReadAsStringAsync(Stop) == "Healthy";
    });
}

/// <summary>Two consoles on one SQLite file, which only tests allow.</summary>
public sealed class SqliteTwoInstanceTests : TwoInstanceContract
{
    private protected override SharedDatabase NewDatabase() => SharedDatabase.Sqlite();
}

/// <summary>Two consoles on one SQL Server.</summary>
public sealed class SqlServerTwoInstanceTests : TwoInstanceContract
{
    private protected override SharedDatabase NewDatabase() => SharedDatabase.SqlServer();

    [Fact]
    public async Task What_is_saved_before_and_after_an_outage_arrives()
    {
        await using var shared = NewDatabase();
        var direct = new SqlConnectionStringBuilder(shared.Options.ConnectionString);
        var server = Server(direct.DataSource);
        await using var line = FaultyTcpProxy.To(server);
        var through = new SqlConnectionStringBuilder(direct.ConnectionString)
        {
            DataSource = $"127.0.0.1,{line.Address.Port}",
            TrustServerCertificate = true,
            ConnectTimeout = 5,
        };
        await using var console = await shared.StartAsync(connectionString: through.ConnectionString);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await console.Services.GetRequiredService<SampleData>().LoadAsync(Stop);
        var page = (await console.Services.GetRequiredService<StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0].Id;
        await console.Services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(receiver.Url.AbsoluteUri), new([EventType.ComponentCreated])), Stop);

        await AddAsync(console, page, "Before");
        await receiver.WaitForAsync(1, TimeSpan.FromMinutes(1));
        line.Cut();
        await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(console, page, "During"));
        line.Restore(server);
        await ReadyAsync(console);
        await AddAsync(console, page, "After");
        await receiver.WaitForAsync(2, TimeSpan.FromMinutes(1));

        await Eventually.TrueAsync(async () =>
        {
            await using var db = shared.OpenContext();
            return await db.Deliveries.CountAsync(d => d.State == DeliveryState.Delivered, Stop) == await db.Deliveries.CountAsync(Stop);
        });
        await using var after = shared.OpenContext();
        var titles = await after.Events.Where(e => e.Type == EventType.ComponentCreated).Select(e => e.Title).ToListAsync(Stop);
        Assert.Equal(["After", "Before"], titles.Order());
    }

    [Fact]
    public async Task A_start_waits_for_another_and_is_refused_when_that_takes_too_long()
    {
        await using var shared = NewDatabase();
        await shared.MigrateAsync("Initial");
        var (connection, patience) = (shared.Options.ConnectionString, TimeSpan.FromSeconds(1));
        var first = await SqlServerStartLock.TakeAsync(connection, patience, Stop);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => SqlServerStartLock.TakeAsync(connection, patience, Stop));
        Assert.Contains("Another instance is starting", refused.Message, StringComparison.Ordinal);

        var waiting = SqlServerStartLock.TakeAsync(connection, TimeSpan.FromMinutes(1), Stop);
        await first.DisposeAsync();
        await using var second = await waiting;
    }

    [Fact]
    public async Task An_account_that_may_make_no_tables_is_refused_until_the_administrator_s_script_has_run()
    {
        await using var shared = NewDatabase();
        var login = $"atstatus_test_{Guid.NewGuid():N}";
        var password = $"Aa1!{Guid.NewGuid():N}";
        // All but the tables of the jobs is there.
        await shared.MigrateAsync(null);
        await RunAsync(shared, $"CREATE LOGIN [{login}] WITH PASSWORD = '{password}'");
        try
        {
            await RunAsync(
                shared,
                $"CREATE USER [{login}] FOR LOGIN [{login}]; ALTER ROLE db_datareader ADD MEMBER [{login}]; ALTER ROLE db_datawriter ADD MEMBER [{login}];");
            var its = new SqlConnectionStringBuilder(shared.Options.ConnectionString) { IntegratedSecurity = false, UserID = login, Password = password };
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => shared.StartAsync(connectionString: its.ConnectionString));
            Assert.Contains("--database-script", refused.Message, StringComparison.Ordinal);

            await RunAsync(shared, $"{DatabaseScriptVerb.Script().ReplaceLineEndings("\n")}\n".Split("\nGO\n", StringSplitOptions.RemoveEmptyEntries));
            await using var console = await shared.StartAsync(connectionString: its.ConnectionString);
            await ReadyAsync(console);
        }
        finally
        {
            SqlConnection.ClearAllPools();
            await RunAsync(shared, $"DROP USER IF EXISTS [{login}]; DROP LOGIN [{login}];");
        }
    }

    /// <summary>Runs each as a batch, one after the other on one connection, as sqlcmd does.</summary>
    private static async Task RunAsync(SharedDatabase shared, params string[] batches)
    {
        await using var db = shared.OpenContext();
        await db.Database.OpenConnectionAsync(Stop);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandTimeout = 120;
        foreach (var batch in batches)
        {
#pragma warning disable CA2100 // The statements are those of these tests.
            command.CommandText = batch;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    private static Task<int> AddAsync(ConsoleApp console, int page, string name) =>
        console.Services.GetRequiredService<ComponentService>().CreateAsync(new ComponentInput(page, name, ComponentStatus.Operational), Stop);

    private static Uri Server(string dataSource)
    {
        var name = dataSource.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? dataSource[4..] : dataSource;
        var parts = name.Split(',');
        return new Uri($"tcp://{(parts[0] is "." or "(local)" ? "localhost" : parts[0].Trim())}:{(parts.Length > 1 ? parts[1].Trim() : "1433")}");
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ATStatus.Tests.Persistence;

/// <summary>What the console knows of a database that cannot be written, and what it says.</summary>
public sealed class DatabaseWritabilityTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_look_writes_its_row_and_readiness_believes_it_for_twenty_seconds()
    {
        await using var app = await CoreApp.StartAsync();
        var writability = app.Get<DatabaseWritability>();
        Assert.False(writability.IsReady);
        await writability.LookAsync();
        Assert.True(writability.IsReady);
        var first = await RowAsync(app);

        app.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(writability.IsReady);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(writability.IsReady);
        Assert.Equal(first, await RowAsync(app));
        await writability.LookAsync();
        Assert.True(writability.IsReady);
        Assert.NotEqual(first, await RowAsync(app));
    }

    [Fact]
    public async Task A_database_that_another_program_locks_refuses_saves_in_words_at_once_and_goes_on_after_that()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        var writability = app.Get<DatabaseWritability>();
        await using var other = new SqliteConnection(app.Get<DatabaseOptions>().ConnectionString);
        await other.OpenAsync(Stop);
        await ExecuteAsync(other, "BEGIN IMMEDIATE");
        await writability.LookAsync();
        Assert.Equal(DatabaseFault.Locked, writability.Trouble?.Fault);

        var refused = await Assert.ThrowsAsync<DatabaseNotWritableException>(() => SaveAsync(app, "During"));
        Assert.StartsWith("The database is locked by another program. Nothing was saved.", refused.Message, StringComparison.Ordinal);
        await ExecuteAsync(other, "ROLLBACK");
        await writability.LookAsync();

        await SaveAsync(app, "After");
        await using var db = app.Open();
        Assert.Equal(["After"], await db.Components.Where(c => c.Name == "During" || c.Name == "After").Select(c => c.Name).ToListAsync(Stop));
    }

    [Fact]
    public async Task A_long_write_of_its_own_is_not_another_programs_lock_and_is_not_refused_half_way()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var writability = app.Get<DatabaseWritability>();
        await writability.LookAsync();
        await using (var db = app.Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Stop);
            await writability.LookAsync();
            Assert.True(writability.IsReady);
            Assert.True(writability.Explains(new SqliteException("busy", 5)));
            Assert.True(writability.IsWritable);

            // Even if it is lost for another reason.
            writability.Explains(new SqliteException("full", 13));
            await db.StatusPages.Where(p => p.Id == page.Id).ExecuteUpdateAsync(row => row.SetProperty(p => p.Name, "Long"), Stop);
            (await db.StatusPages.SingleAsync(p => p.Id == page.Id, Stop)).Description = "written";
            await db.SaveChangesAsync(Stop);
            await transaction.CommitAsync(Stop);
        }
        await Eventually.TrueAsync(async () =>
        {
            await writability.LookAsync();
            return writability.IsWritable;
        });
        await using (var db = app.Open())
        {
            Assert.Equal("Long", (await db.StatusPages.SingleAsync(p => p.Id == page.Id, Stop)).Name);
            // One that is undone by its disposal holds nothing any more.
            await (await db.Database.BeginTransactionAsync(Stop)).DisposeAsync();
        }
        await Eventually.TrueAsync(() =>
        {
            writability.Explains(new SqliteException("busy", 5));
            return !writability.IsWritable;
        });
    }

    [Fact]
    public async Task Whoever_waits_for_a_turn_at_writing_is_told_when_the_database_is_lost()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.ReadOnly);
        await using var app = await CoreApp.StartAsync(more: fault.AddTo);
        await app.SampleDataAsync();
        Task<int> waiting;
        using (await app.Get<SqliteWriteLock>().EnterAsync(Stop))
        {
            waiting = SaveAsync(app, "Waits");
            fault.IsArmed = true;
            await app.Get<DatabaseWritability>().LookAsync();
            // While the other still has its turn.
            await Assert.ThrowsAsync<DatabaseNotWritableException>(() => waiting);
        }
        fault.IsArmed = false;
        await app.Get<DatabaseWritability>().LookAsync();
        await SaveAsync(app, "Goes");
    }

    [Fact]
    public async Task A_save_that_finds_the_disk_full_says_so_itself()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.Full);
        await using var app = await CoreApp.StartAsync(more: fault.AddTo);
        fault.IsArmed = true;
        var text = new string('x', 400);
        var refused = await Assert.ThrowsAsync<DatabaseNotWritableException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
                await app.Get<StatusPageService>().CreateAsync(new StatusPageInput($"Page {i}", $"page-{i}") { Description = text }, Stop);
        });
        Assert.Equal(DatabaseFault.Full, refused.Fault);
    }

    [Fact]
    public async Task It_logs_one_line_a_minute_and_one_when_it_is_over()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.ReadOnly);
        using var logs = new CapturedLogs();
        await using var app = await CoreApp.StartAsync(more: services =>
        {
            fault.AddTo(services);
            services.AddSingleton<ILoggerProvider>(logs);
        });
        var writability = app.Get<DatabaseWritability>();
        writability.Watch();
        fault.IsArmed = true;
        await writability.LookAsync();
        // Five minutes.
        for (var i = 0; i < 60; i++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(5));
            await writability.LookAsync();
        }
        Assert.InRange(Lines("The database is read-only. Nothing is saved or sent since "), 5, 6);
        fault.IsArmed = false;
        await Eventually.TrueAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            return writability.IsWritable;
        });
        Assert.Equal(1, Lines("The database can be written again."));

        int Lines(string text) => logs.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Small_writes_that_succeed_on_a_full_disk_do_not_make_it_spin()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.Full);
        await using var app = await CoreApp.StartAsync(more: fault.AddTo);
        var writability = app.Get<DatabaseWritability>();
        await writability.LookAsync();
        fault.IsArmed = true;
        // Its own row fits, so each look opens; what is saved then closes it again.
        for (var i = 0; i < 6; i++)
        {
            Assert.True(writability.Explains(new SqliteException("full", 13)));
            await Eventually.TrueAsync(() =>
            {
                if (i > 0)
                    app.Time.Advance(TimeSpan.FromMilliseconds(250));
                return writability.IsWritable;
            });
        }
        var before = app.Now;
        writability.Explains(new SqliteException("full", 13));
        await Eventually.TrueAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(250));
            return writability.IsWritable;
        });
        Assert.True(app.Now - before >= TimeSpan.FromSeconds(8), $"It looked again after {app.Now - before}.");
    }

    [Theory]
    [InlineData(13, 13, DatabaseFault.Full)]
    [InlineData(8, 8, DatabaseFault.ReadOnly)]
    [InlineData(8, 1032, DatabaseFault.Replaced)]
    [InlineData(5, 5, DatabaseFault.Locked)]
    [InlineData(5, 517, null)]
    [InlineData(10, 778, DatabaseFault.DiskError)]
    [InlineData(14, 14, DatabaseFault.Unreachable)]
    [InlineData(26, 26, DatabaseFault.Unreachable)]
    [InlineData(19, 2067, null)]
    [InlineData(1, 1, null)]
    public void Only_what_concerns_the_whole_database_counts_as_its_fault(int code, int extended, DatabaseFault? fault) =>
        Assert.Equal(fault, DatabaseFaults.Of(new DbUpdateException("x", new SqliteException("x", code, extended))));

    private static Task<int> SaveAsync(CoreApp app, string name) =>
        app.Get<ComponentService>().CreateAsync(new ComponentInput(1, name, ComponentStatus.Operational), Stop);

    private static async Task<long> RowAsync(CoreApp app)
    {
        await using var db = app.Open();
        return await db.Checkpoints.Where(b => b.Name == "Written").Select(b => b.Value).SingleAsync(Stop);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Stop);
    }
}

using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Notifications;

/// <summary>
/// A deleted notification is gone for everyone at once, however long its history is; that is detached from it batch by batch.
/// </summary>
public sealed class NotificationRemovalTests : IAsyncLifetime
{
    private const string Skipped = "atstatus.deliveries.settled{atstatus.delivery.state=skipped}";
    private const string Nowhere = "http://127.0.0.1:9/hook";
    private const int Batch = 2;

    private readonly WrittenRows _written = new();
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private int _id;
    private int _raised;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private NotificationService Notifications => _app.Get<NotificationService>();

    private NotificationRemoval Removal => _app.Get<NotificationRemoval>();

    public async ValueTask InitializeAsync()
    {
        _app = await StartAsync();
        _page = await _app.SampleDataAsync();
        _id = await _app.NotificationAsync(new Uri(Nowhere));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_short_history_is_detached_and_the_row_removed_at_once_and_what_waited_counts_as_skipped()
    {
        using var metrics = new MeterReader(_app.Services);
        await RaiseAsync(3);
        await Notifications.DeleteAsync(_id, Stop);

        Assert.Equal(3, metrics.Sum(Skipped));
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Equal(
            ((int?)null, DeliveryState.Skipped, SkipCause.NotificationDeleted, _app.Now),
            (d.NotificationId, d.State, d.SkipCause, d.SettledAt)));
        Assert.False(await IsStoredAsync());
        Assert.False(await Removal.StepAsync(Stop));
    }

    [Fact]
    public async Task With_a_long_history_it_is_gone_for_everyone_at_once()
    {
        Removal.BatchSize = Batch;
        var alerting = await Notifications.CreateAsync(Input("Alerting").WithSubscription(s => s with { AlertNotificationId = _id }), Stop);
        await RaiseAsync(5);
        await Notifications.DeleteAsync(_id, Stop);

        Assert.True(await IsStoredAsync());
        var queries = _app.Get<NotificationQueries>();
        Assert.Null(await queries.FindAsync(_id, Stop));
        Assert.Equal(["Alerting"], (await queries.ListAsync(Stop)).Select(n => n.Name));
        Assert.Null((await queries.FindAsync(alerting, Stop))!.Subscription.AlertNotificationId);
        await Assert.ThrowsAsync<NotFoundException>(() => Notifications.SetEnabledAsync(_id, true, Stop));
        await Assert.ThrowsAsync<NotFoundException>(() => Notifications.DeleteAsync(_id, Stop));
        var before = (await _app.DeliveriesAsync()).Count;
        await RaiseAsync(1);
        Assert.Equal(alerting, Assert.Single((await _app.DeliveriesAsync()).Skip(before)).NotificationId);

        // What is still waiting for it is skipped by its job too.
        var waiting = (await _app.DeliveriesAsync()).Last(d => d.NotificationId == _id && d.State == DeliveryState.Pending).Id;
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(waiting)).Kind);
        Assert.Equal(SkipCause.NotificationDeleted, (await FindAsync(waiting)).SkipCause);
    }

    [Fact]
    public async Task A_long_history_is_detached_in_batches_and_a_start_goes_on_where_it_stopped()
    {
        using (var metrics = new MeterReader(_app.Services))
        {
            Removal.BatchSize = Batch;
            await RaiseAsync(5);
            await CountHoursAsync(7);
            await Notifications.DeleteAsync(_id, Stop);
            Assert.Equal(Batch, metrics.Sum(Skipped));
        }
        await _app.DisposeAsync();

        _app = await StartAsync();
        Removal.BatchSize = Batch;
        _written.Most = 0;
        using var rest = new MeterReader(_app.Services);
        var steps = 0;
        while (await Removal.StepAsync(Stop))
            steps++;

        Assert.Equal(3, rest.Sum(Skipped));
        Assert.InRange(steps, 4, 12);
        Assert.Equal(Batch, _written.Most);
        Assert.False(await IsStoredAsync());
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Equal(((int?)null, DeliveryState.Skipped), (d.NotificationId, d.State)));
        await using var db = _app.Open();
        Assert.Equal((0, 0), (await db.HourlyAttemptCounts.CountAsync(Stop), await db.NotificationHealth.CountAsync(Stop)));
    }

    [Theory]
    [InlineData(200, DeliveryState.Delivered)]
    [InlineData(503, DeliveryState.Skipped)]
    public async Task What_is_being_sent_is_finished(int status, DeliveryState state)
    {
        await RaiseAsync(2);
        var store = _app.Get<DeliveryStore>();
        var claim = Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync((await _app.DeliveriesAsync())[0].Id, null)).Claim;
        await Notifications.DeleteAsync(_id, Stop);
        Assert.Equal(DeliveryState.Sending, (await FindAsync(claim.DeliveryId)).State);

        var failure = status == 200 ? (FailureKind?)null : FailureKind.HttpStatus;
        await store.RecordAsync(
            claim, new SendResult { StartedAt = _app.Now, Duration = TimeSpan.Zero, StatusCode = status, Failure = failure });
        if (failure is not null)
        {
            // Instead of a further attempt.
            _app.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(claim.DeliveryId)).Kind);
        }
        var delivery = await FindAsync(claim.DeliveryId);
        Assert.Equal((state, (int?)null, 1), (delivery.State, delivery.NotificationId, delivery.Attempts.Count));
    }

    [Fact]
    public async Task A_recovery_that_is_under_way_ends_and_its_circuit_counts_as_closed()
    {
        Removal.BatchSize = Batch;
        await RaiseAsync(5);
        await using (var db = _app.Open())
        {
            db.Recoveries.Add(new RecoveryRun { NotificationId = _id, RequestedBy = "Ada", RequestedAt = _app.Now, Since = _app.Now });
            var health = await db.NotificationHealth.SingleAsync(Stop);
            (health.OpenedAt, health.NextProbeAt) = (_app.Now, _app.Now);
            await db.SaveChangesAsync(Stop);
        }
        await Notifications.DeleteAsync(_id, Stop);
        await using (var db = _app.Open())
        {
            var run = Assert.Single(await db.Recoveries.ToListAsync(Stop));
            Assert.Equal((_app.Now, true), (run.FinishedAt, run.IsCancelled));
            Assert.Null((await db.NotificationHealth.SingleAsync(Stop)).OpenedAt);
        }
    }

    [Fact]
    public async Task What_waits_is_found_without_reading_the_history()
    {
        await using (var db = _app.Open())
        {
            // Its values stand in front as the shell's own commands.
            var lines = Statement(db).Split('\n').ToLookup(line => line.StartsWith(".param set ", StringComparison.Ordinal));
            await db.Database.OpenConnectionAsync(Stop);
            await using var command = (SqliteCommand)db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // It is Entity Framework's statement.
            command.CommandText = $"EXPLAIN QUERY PLAN {string.Join('\n', lines[false])}";
#pragma warning restore CA2100
            foreach (var value in lines[true].Select(line => line.Trim().Split(' ')))
                command.Parameters.AddWithValue(value[2], value[3]);
            var plan = new List<string>();
            await using (var rows = await command.ExecuteReaderAsync(Stop))
            {
                while (await rows.ReadAsync(Stop))
                    plan.Add(rows.GetString(3));
            }
            Assert.Contains("IX_Deliveries_NotificationId_Subject_EventId", Assert.Single(plan), StringComparison.Ordinal);
        }
        await using (var db = new SqlServerAtStatusDbContext(
            new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none").Options))
        {
            // What the index is filtered by, as a constant, and its columns in their order.
            Assert.Contains("[SettledAt] IS NULL", Statement(db), StringComparison.Ordinal);
            Assert.EndsWith("ORDER BY [d].[Subject], [d].[EventId], [d].[Id]", Statement(db), StringComparison.Ordinal);
        }

        string Statement(AtStatusDbContext db) => NotificationRemoval.NextWaiting(db, _id).Take(1_000).ToQueryString();
    }

    private Task<CoreApp> StartAsync() => CoreApp.StartAsync(
        _database, options => options.SendsPerNotification = 100,
        services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(_written)), keepDatabase: true);

    private static NotificationInput Input(string name) => new("webhook", name, new(Nowhere), new([.. EventTypes.All]));

    /// <summary>So many events, one after another.</summary>
    private async Task RaiseAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _app.Get<ComponentService>().SetStatusAsync(
                _page.Components[0].Id, _raised++ % 2 == 0 ? ComponentStatus.Degraded : ComponentStatus.Operational,
                cancellationToken: Stop);
        }
    }

    private async Task CountHoursAsync(int hours)
    {
        await using var db = _app.Open();
        db.HourlyAttemptCounts.AddRange(Enumerable.Range(0, hours).Select(
            i => new HourlyAttemptCount { NotificationId = _id, Hour = _app.Now.Date.AddHours(i), Bucket = 1, Count = 1 }));
        await db.SaveChangesAsync(Stop);
    }

    private async Task<Delivery> FindAsync(long id) => (await _app.DeliveriesAsync()).Single(d => d.Id == id);

    private async Task<bool> IsStoredAsync()
    {
        await using var db = _app.Open();
        return await db.Notifications.IgnoreQueryFilters().AnyAsync(n => n.Id == _id, Stop);
    }

    /// <summary>The most rows that one statement has written.</summary>
    private sealed class WrittenRows : DbCommandInterceptor
    {
        public int Most { get; set; }

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            Most = Math.Max(Most, result);
            return ValueTask.FromResult(result);
        }
    }
}

using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Deliveries.Store;

/// <summary>The store remembers rows and health instead of reading them each time. Nobody may be able to tell.</summary>
public sealed class StoreMemoryTests : IAsyncLifetime
{
    private readonly Transactions _transactions = new();
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private LoopbackReceiver _receiver = null!;
    private int _notification;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(
            configure: options => (options.SendsPerNotification, options.Workers) = (50, 200),
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(builder => builder.AddInterceptors(_transactions)));
        _page = await _app.SampleDataAsync();
        _receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        _notification = await _app.NotificationAsync(_receiver.Url, events: EventType.ComponentCreated);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task What_was_settled_since_it_was_saved_is_not_sent_and_fails_no_other()
    {
        var ids = await SaveAsync(10);
        await using (var db = _app.Open())
        {
            DateTime? now = _app.Now;
            await db.Deliveries.Where(d => d.Id == ids[3]).ExecuteUpdateAsync(row => row
                .SetProperty(d => d.State, DeliveryState.Skipped).SetProperty(d => d.SettledAt, now).SetProperty(d => d.DueAt, (DateTime?)null)
                .SetProperty(d => d.Version, d => d.Version + 1));
        }
        var outcomes = await Task.WhenAll(ids.Select(_app.RunJobAsync));
        Assert.Equal(DeliveryOutcomeKind.Nothing, outcomes[3].Kind);
        Assert.Equal("Already skipped.", outcomes[3].Note);
        Assert.Equal(9, outcomes.Count(o => o.Kind == DeliveryOutcomeKind.Delivered));
        Assert.Equal(9, _receiver.Requests.Count);
    }

    [Fact]
    public async Task What_was_written_since_it_was_saved_is_sent_as_it_is_now()
    {
        var id = (await SaveAsync(1))[0];
        await using (var db = _app.Open())
        {
            HoldReason? hold = HoldReason.Capacity;
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.Hold, hold).SetProperty(d => d.Version, d => d.Version + 1));
        }
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
        var delivery = Assert.Single(await _app.DeliveriesAsync());
        Assert.Null(delivery.Hold);
        // Saved, held, claimed, recorded.
        Assert.Equal(3, delivery.Version);
        Assert.Single(delivery.Attempts);
    }

    [Fact]
    public async Task What_is_gone_since_it_was_saved_is_no_error()
    {
        var id = (await SaveAsync(1))[0];
        await using (var db = _app.Open())
            await db.Deliveries.ExecuteDeleteAsync();
        var outcome = await _app.RunJobAsync(id);
        Assert.Equal((DeliveryOutcomeKind.Nothing, "There is no such delivery."), (outcome.Kind, outcome.Note));
    }

    [Fact]
    public async Task What_was_saved_before_the_clock_was_set_back_is_due_as_soon_as_its_row_is_mended()
    {
        var id = (await SaveAsync(1))[0];
        _app.Time.AdjustTime(_app.Time.GetUtcNow() - TimeSpan.FromDays(1));
        await ExecuteAsync(db => db.Deliveries.ExecuteUpdateAsync(row => row
            .SetProperty(d => d.DueAt, (DateTime?)_app.Now).SetProperty(d => d.Version, d => d.Version + 1)));
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
    }

    [Fact]
    public async Task One_that_is_remembered_wrongly_lets_its_group_be_written_once_more_and_not_each_by_itself()
    {
        var ids = await SaveAsync(10);
        var rows = await _app.DeliveriesAsync();
        await ExecuteAsync(db => db.Deliveries.Where(d => d.Id == ids[3]).ExecuteUpdateAsync(row => row
            .SetProperty(d => d.Version, d => d.Version + 1)));
        var store = _app.Get<DeliveryStore>();
        Task<ClaimResult>[] claims;
        using (await _app.Get<SqliteWriteLock>().EnterAsync())
        {
            claims = [.. rows.Select(row => store.ClaimFirstAsync(row, null))];
            _transactions.Count = 0;
        }
        Assert.All(await Task.WhenAll(claims), claim => Assert.IsType<ClaimResult.Claimed>(claim));
        Assert.Equal(2, _transactions.Count);
    }

    [Fact]
    public async Task What_others_write_of_a_notification_is_known_to_the_next_claim()
    {
        var ids = await SaveAsync(5);
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(ids[0])).Kind);

        await ExecuteAsync(db => db.NotificationHealth.ExecuteUpdateAsync(row => row
            .SetProperty(h => h.OpenedAt, _app.Now).SetProperty(h => h.NextProbeAt, _app.Now.AddHours(1))));
        Assert.StartsWith("Held (Circuit)", (await _app.RunJobAsync(ids[1])).Note, StringComparison.Ordinal);

        await ExecuteAsync(db => db.NotificationHealth.ExecuteUpdateAsync(row => row
            .SetProperty(h => h.OpenedAt, (DateTime?)null).SetProperty(h => h.NextProbeAt, (DateTime?)null)));
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(ids[2])).Kind);

        await ExecuteAsync(db => db.Notifications.ExecuteUpdateAsync(row => row
            .SetProperty(n => n.Enabled, false).SetProperty(n => n.Version, n => n.Version + 1)));
        Assert.StartsWith("Skipped: The notification was switched off", (await _app.RunJobAsync(ids[3])).Note, StringComparison.Ordinal);

        await ExecuteAsync(db => db.Notifications.Where(n => n.Id == _notification).ExecuteDeleteAsync());
        Assert.StartsWith("Skipped: The notification was deleted", (await _app.RunJobAsync(ids[4])).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_was_not_written_counts_for_nothing()
    {
        var ids = await SaveAsync(3);
        await _app.RunJobAsync(ids[0]);
        var store = _app.Get<DeliveryStore>();
        var lost = Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync(ids[1], null)).Claim;
        store.LetGo(lost);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(ids[1]);
        var late = new SendResult { StartedAt = _app.Time.GetUtcNow(), Duration = TimeSpan.Zero, Failure = FailureKind.Timeout };
        Assert.Null(await store.RecordAsync(lost, late));

        _receiver.Script(ScriptedResponse.Status(500));
        await _app.RunJobAsync(ids[2]);
        await using var db = _app.Open();
        var health = await db.NotificationHealth.SingleAsync();
        Assert.Equal((1, false, 500), (health.ConsecutiveFailures, health.LastTimedOut, health.LastStatusCode));
    }

    [Fact]
    public async Task Whoever_was_told_of_health_keeps_it_as_it_was()
    {
        var signals = new RecordedSignals();
        await using var app = await CoreApp.StartAsync(more: services => services.AddSingleton<IDispatchSignals>(signals));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(_receiver.Url, events: EventType.ComponentStatusChanged);
        foreach (var component in page.Components.Take(2))
            await app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.Degraded);
        foreach (var delivery in await app.DeliveriesAsync())
        {
            await app.RunJobAsync(delivery.Id);
            _receiver.Script(ScriptedResponse.Status(500));
        }
        // It is told after whoever waits for the result.
        await Eventually.TrueAsync(() => Task.FromResult(signals.All.Count == 2));
        Assert.Equal([0, 1], signals.All.Select(h => h.ConsecutiveFailures));
    }

    [Fact]
    public void Only_the_last_saved_are_kept_and_each_event_is_taken_once()
    {
        var saved = new SavedEvents(_app.Get<IDbContextFactory<AtStatusDbContext>>());
        for (var id = 1; id <= 300; id++)
            saved.Add(id, [.. Enumerable.Range(0, 100).Select(n => new Delivery { Id = (id * 100) + n, NotificationName = "Receiver", Kind = "webhook" })]);
        Assert.Null(saved.Take(1));
        Assert.Equal(30_000, saved.Take(300)![0].Id);
        Assert.Null(saved.Take(300));
        Assert.Equal(199, Enumerable.Range(1, 300).Count(id => saved.Take(id) is not null));
        for (var id = 1; id <= 100_000; id++)
            saved.Add(id, []);
        Assert.Null(saved.Take(1));
    }

    private async Task<List<long>> SaveAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {i}", ComponentStatus.Operational));
        return [.. (await _app.DeliveriesAsync()).Select(d => d.Id)];
    }

    private async Task ExecuteAsync(Func<AtStatusDbContext, Task> write)
    {
        await using var db = _app.Open();
        await write(db);
    }

    private sealed class Transactions : DbTransactionInterceptor
    {
        public int Count { get; set; }

        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
            CancellationToken cancellationToken = default)
        {
            Count++;
            return base.TransactionStartingAsync(connection, eventData, result, cancellationToken);
        }
    }

    private sealed class RecordedSignals : IDispatchSignals
    {
        public void FirstAttemptFailed(long deliveryId, RecordedAttempt recorded, FirstAttemptTrace? trace)
        {
        }

        public void EventEnded(long eventId)
        {
        }

        public List<NotificationHealth> All { get; } = [];

        public void Finished(int? notificationId, long deliveryId, bool isHeld)
        {
        }

        public void HealthChanged(NotificationHealth health, Notification notification) => All.Add(health);

        public void NotificationChanged(int notificationId)
        {
        }
    }
}

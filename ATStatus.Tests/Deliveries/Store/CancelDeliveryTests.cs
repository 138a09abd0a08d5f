using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Deliveries.Store;

/// <summary>Cancel delivery, in each state that a delivery can be in.</summary>
public sealed class CancelDeliveryTests : IAsyncLifetime
{
    private const string Settled = "atstatus.deliveries.settled{atstatus.delivery.state=skipped}";
    private static readonly Actor Ada = new("ada@example.com");
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => (options.SendsPerNotification, options.RetryJitter) = (1, 0));
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task One_that_waits_for_its_first_attempt_is_skipped_and_never_sent()
    {
        using var metrics = new MeterReader(_app.Services);
        await using var receiver = LoopbackReceiver.Start();
        var id = await DeliveryToAsync(receiver.Url);

        Assert.False(await CancelAsync(id));

        await AssertCancelledAsync(id, attempts: 0);
        Assert.Equal(new DeliveryOutcome(DeliveryOutcomeKind.Nothing, "Already skipped."), await _app.RunJobAsync(id));
        Assert.Empty(receiver.Requests);
        Assert.Equal(1, metrics.Sum(Settled));
        var counts = await _app.Get<DeliveryQueries>().CountByStateAsync(TimeSpan.FromDays(1), Stop);
        Assert.Equal((DeliveryState.Skipped, 1), (Assert.Single(counts).Key, counts[DeliveryState.Skipped].Count));
        await RefusedAsync(id, "has already been cancelled");
    }

    [Fact]
    public async Task One_that_is_held_is_skipped_and_those_behind_it_go_on()
    {
        await using var receiver = LoopbackReceiver.Start();
        var first = await DeliveryToAsync(receiver.Url);
        await _app.Get<SendingPauseService>().PauseAsync(new Actor("op"), Stop);
        await RaiseAsync(1);
        var held = (await _app.DeliveriesAsync()).Single(d => d.Hold == HoldReason.Paused).Id;

        await CancelAsync(held);

        await AssertCancelledAsync(held, attempts: 0);
        await _app.Get<SendingPauseService>().ResumeAsync(Stop);
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(first)).Kind);
        await RaiseAsync(2);
        await Eventually.TrueAsync(() => Task.FromResult(_app.Enqueued() >= 2));
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(held)).Kind);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task One_in_order_whose_job_waits_for_a_worker_makes_room_for_the_next_at_once()
    {
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Ordered", new("http://127.0.0.1:9/"), new([EventType.ComponentStatusChanged]) { InOrder = true }), Stop);
        await using (var db = _app.Open())
        {
            var component = await db.Components.OrderBy(c => c.Id).FirstAsync(Stop);
            await _app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.Degraded, cancellationToken: Stop);
            await _app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        }
        var rows = await _app.DeliveriesAsync();
        Assert.Equal([null, HoldReason.Order], rows.Select(d => d.Hold));
        Assert.Equal((0, 1), (_app.Enqueued(), _app.Enqueued(QueueNames.Own)));

        await CancelAsync(rows[0].Id);

        await Eventually.TrueAsync(() => Task.FromResult(_app.Enqueued(QueueNames.Own) >= 2));
    }

    [Fact]
    public async Task One_that_waits_for_a_retry_is_skipped_and_its_attempts_stay()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);

        await CancelAsync(id);

        await AssertCancelledAsync(id, attempts: 1);
        _app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(id)).Kind);
        await _app.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        Assert.Single(receiver.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    [InlineData(410)]
    public async Task An_attempt_under_way_finishes_and_its_result_decides(int status)
    {
        using var metrics = new MeterReader(_app.Services);
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(status, "late").After(signal.Task));
        var id = await DeliveryToAsync(receiver.Url);
        var running = _app.RunJobAsync(id);
        await receiver.WaitForAsync(1);

        Assert.True(await CancelAsync(id));

        var meanwhile = (await FindAsync(id))!;
        Assert.Equal((DeliveryState.Sending, "Cancelled by ada@example.com"), (meanwhile.Row.State, meanwhile.CancelReason));
        await RefusedAsync(id, "The attempt under way finishes first");
        signal.SetResult();
        var outcome = await running;
        var row = Assert.Single(await _app.DeliveriesAsync());
        Assert.Equal((status, "late"), (Assert.Single(row.Attempts).StatusCode, row.Attempts[0].ResponseBody));
        Assert.Null(row.CancelReason);
        if (status == 200)
        {
            Assert.Equal((DeliveryState.Delivered, null, null, DeliveryOutcomeKind.Delivered), (row.State, row.Reason, row.SkipCause, outcome.Kind));
            Assert.Equal(0, metrics.Sum(Settled));
        }
        else
        {
            await AssertCancelledAsync(id, attempts: 1);
            Assert.Equal((DeliveryOutcomeKind.Nothing, $"Cancelled after this attempt: http_status {status}"), (outcome.Kind, outcome.Note));
            Assert.Equal(1, metrics.Sum(Settled));
            Assert.Equal(0, metrics.Sum("atstatus.deliveries.settled{atstatus.delivery.state=failed,error.type=http_status}"));
        }
        Assert.Equal(1, metrics.Sum($"atstatus.attempts{{atstatus.attempt.outcome={(status == 200 ? "success" : "http_status")}}}"));
        await using var db = _app.Open();
        // What the receiver said of itself holds all the same.
        Assert.Equal(status != 410, await db.Notifications.Select(n => n.Enabled).SingleAsync(Stop));
        Assert.Equal(0, await db.NotificationHealth.Select(h => h.FailedDeliveries).SingleAsync(Stop));
    }

    [Fact]
    public async Task The_last_attempt_that_fails_ends_as_skipped_too()
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(500).After(signal.Task));
        var id = await DeliveryToAsync(receiver.Url);
        for (var i = 0; i < 2; i++)
        {
            await _app.RunJobAsync(id);
            _app.Time.Advance(TimeSpan.FromHours(1));
        }
        var running = _app.RunJobAsync(id);
        await receiver.WaitForAsync(3);
        await CancelAsync(id);
        signal.SetResult();
        await running;
        await AssertCancelledAsync(id, attempts: 3);
    }

    [Fact]
    public async Task Others_results_of_the_same_moment_are_written_as_they_are()
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500).After(signal.Task));
        for (var i = 0; i < 8; i++)
            await _app.NotificationAsync(receiver.Url, name: $"R{i}", events: EventType.ComponentStatusChanged);
        await RaiseAsync(0);
        var ids = (await _app.DeliveriesAsync()).ConvertAll(d => d.Id);
        var running = ids.ConvertAll(_app.RunJobAsync);
        await receiver.WaitForAsync(8);
        foreach (var id in ids.Where(id => id % 2 == 0))
            await CancelAsync(id);

        signal.SetResult();
        await Task.WhenAll(running);

        var rows = await _app.DeliveriesAsync();
        Assert.All(rows, d => Assert.Equal(d.Id % 2 == 0 ? DeliveryState.Skipped : DeliveryState.Retrying, d.State));
        Assert.All(rows, d => Assert.Single(d.Attempts));
    }

    [Theory]
    [InlineData(200, "has already been delivered")]
    [InlineData(410, "has already failed permanently")]
    public async Task One_that_has_ended_is_refused_and_stays_as_it_is(int status, string words)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(status));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        var before = (await FindAsync(id))!.Row;

        await RefusedAsync(id, words);

        Assert.Equal(before, (await FindAsync(id))!.Row);
        await Assert.ThrowsAsync<NotFoundException>(() => CancelAsync(4711));
        var test = await _app.Get<TestSendService>().SendSavedAsync(1, EventType.IncidentCreated, Stop);
        await RefusedAsync(test.DeliveryId, "A test is sent once");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_operators_at_once_one_is_told_that_the_other_was_faster(bool whileSending)
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500).After(signal.Task));
        var id = await DeliveryToAsync(receiver.Url);
        var running = whileSending ? _app.RunJobAsync(id) : null;
        if (whileSending)
            await receiver.WaitForAsync(1);

        var names = Enumerable.Range(0, 6).Select(i => $"op{i}@example.com").ToArray();
        var cancelled = await Task.WhenAll(names.Select(async name =>
        {
            try
            {
                await _app.Get<RedeliveryService>().CancelAsync(id, new Actor(name), Stop);
                return name;
            }
            catch (IllegalTransitionException)
            {
                return null;
            }
        }));

        var winner = Assert.Single(cancelled.OfType<string>());
        signal.SetResult();
        if (running is not null)
            await running;
        Assert.Equal($"Cancelled by {winner}", Assert.Single(await _app.DeliveriesAsync()).Reason);
    }

    [Fact]
    public async Task Whoever_is_faster_claim_result_or_cancel_the_row_tells_what_happened()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        for (var i = 0; i < 30; i++)
            await _app.NotificationAsync(receiver.Url, name: $"R{i}", events: EventType.ComponentStatusChanged);
        await RaiseAsync(0);
        var ids = (await _app.DeliveriesAsync()).ConvertAll(d => d.Id);

        var cancelled = await Task.WhenAll(ids.Select(async id =>
        {
            var running = Task.Run(() => _app.RunJobAsync(id));
            var wasCancelled = true;
            try
            {
                await Task.Run(() => CancelAsync(id));
            }
            catch (IllegalTransitionException)
            {
                wasCancelled = false;
            }
            await running;
            return wasCancelled;
        }));

        foreach (var (row, wasCancelled) in (await _app.DeliveriesAsync()).Zip(cancelled))
        {
            var arrived = row.Attempts.Any(a => a.Failure is null);
            Assert.Equal(arrived ? DeliveryState.Delivered : wasCancelled ? DeliveryState.Skipped : DeliveryState.Retrying, row.State);
            Assert.Null(row.CancelReason);
            Assert.Equal(row.Attempts.Count, receiver.Requests.Count(r => r.Header("X-Request-ID") == row.RequestId.ToString()));
        }
    }

    [Fact]
    public async Task An_attempt_that_a_crash_cut_off_ends_the_cancelled_delivery()
    {
        using var metrics = new MeterReader(_app.Services);
        var store = _app.Get<DeliveryStore>();
        var id = await DeliveryToAsync(new Uri("http://127.0.0.1:9/"));
        store.LetGo(Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync(id, null)).Claim);
        await CancelAsync(id);
        _app.Time.Advance(TimeSpan.FromMinutes(2));

        await _app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);

        await AssertCancelledAsync(id, attempts: 1);
        Assert.Equal(1, metrics.Sum(Settled));
        Assert.Equal(FailureKind.Cancelled, Assert.Single((await FindAsync(id))!.Attempts).Failure);
    }

    [Fact]
    public async Task A_job_that_finds_a_cancelled_delivery_after_a_crash_sends_nothing()
    {
        var store = _app.Get<DeliveryStore>();
        var id = await DeliveryToAsync(new Uri("http://127.0.0.1:9/"));
        store.LetGo(Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync(id, null)).Claim);
        await CancelAsync(id);
        _app.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(new ClaimResult.Skipped("Cancelled by ada@example.com"), await store.ClaimAsync(id, null));

        await AssertCancelledAsync(id, attempts: 1);
    }

    [Fact]
    public async Task One_whose_claim_is_given_back_unsent_is_skipped_as_if_nobody_had_claimed_it()
    {
        var store = _app.Get<DeliveryStore>();
        var id = await DeliveryToAsync(new Uri("http://127.0.0.1:9/"));
        var claim = Assert.IsType<ClaimResult.Claimed>(await store.ClaimFirstAsync((await _app.DeliveriesAsync())[^1], null)).Claim;
        Assert.True(await CancelAsync(id));

        await store.GiveBackAsync(claim);

        await AssertCancelledAsync(id, attempts: 0);
    }

    [Fact]
    public async Task While_all_sending_is_paused_it_is_cancelled_and_not_sent_after_that()
    {
        await using var receiver = LoopbackReceiver.Start();
        await _app.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        var id = await DeliveryToAsync(receiver.Url);
        Assert.Equal(HoldReason.Paused, (await FindAsync(id))!.Row.Hold);

        await CancelAsync(id);

        await AssertCancelledAsync(id, attempts: 0);
        Assert.Equal(0, (await _app.Get<SendingPauseQueries>().FindAsync(Stop))!.Waiting);
        await _app.Get<SendingPauseService>().ResumeAsync(Stop);
        await _app.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        Assert.Equal(0, _app.Enqueued());
    }

    [Fact]
    public async Task What_waits_behind_it_in_order_follows()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.RetryJitter = 0);
        await rig.App.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Receiver", new(receiver.Url.AbsoluteUri),
            new([EventType.IncidentCreated, EventType.IncidentResolved]) { InOrder = true }));
        var incident = await rig.IncidentAsync("First");
        await receiver.WaitForAsync(1);
        await rig.App.Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"));
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()) is [{ State: DeliveryState.Retrying }, { Hold: HoldReason.Order }]);
        // The row says so before its job does.
        await Eventually.TrueAsync(() => rig.App.Get<Hangfire.JobStorage>().GetMonitoringApi().ScheduledCount() == 1);

        await rig.App.Get<RedeliveryService>().CancelAsync((await rig.App.DeliveriesAsync())[0].Id, Ada, Stop);

        var requests = await receiver.WaitForAsync(2);
        Assert.Equal("incident.resolved", requests[1].Header("X-Webhook-Event"));
        await rig.AllDeliveredAsync(1);
        Assert.Equal(0, rig.App.Get<Hangfire.JobStorage>().GetMonitoringApi().ScheduledCount());
    }

    [Fact]
    public async Task Resending_missed_events_leaves_it_out_and_redeliver_sends_it()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(204));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        await CancelAsync(id);
        var recoveries = _app.Get<RecoveryService>();
        Assert.Equal(0, (await recoveries.CountAsync(new RecoveryRequest(1, DateTime.UnixEpoch), Stop)).Total);
        var outlook = await _app.Get<BulkRedelivery>().LookAsync(BulkKind.Recover, [id], Stop);
        Assert.Equal([KeyValuePair.Create(BulkRefusal.DoNotNotify, 1)], outlook.Refused);

        await _app.Get<RedeliveryService>().RedeliverAsync(id, Stop);

        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
        var row = Assert.Single(await _app.DeliveriesAsync());
        Assert.Equal((DeliveryState.Delivered, null, null), (row.State, row.Reason, row.SkipCause));
        Assert.Equal(receiver.Requests[0].Header("X-Request-ID"), receiver.Requests[1].Header("X-Request-ID"));
        Assert.Equal([AttemptTrigger.Event, AttemptTrigger.Redelivery], row.Attempts.OrderBy(a => a.Number).Select(a => a.Trigger));
    }

    private async Task<long> DeliveryToAsync(Uri url)
    {
        await _app.NotificationAsync(url, events: EventType.ComponentStatusChanged);
        await RaiseAsync(0);
        return (await _app.DeliveriesAsync())[^1].Id;
    }

    private Task RaiseAsync(int component) =>
        _app.Get<ComponentService>().SetStatusAsync(_page.Components[component].Id, ComponentStatus.Degraded, cancellationToken: Stop);

    private Task<bool> CancelAsync(long id) => _app.Get<RedeliveryService>().CancelAsync(id, Ada, Stop);

    private async Task RefusedAsync(long id, string words)
    {
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => CancelAsync(id));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, (await FindAsync(id))!.CancelRefusal);
    }

    private async Task AssertCancelledAsync(long id, int attempts)
    {
        await using var db = _app.Open();
        var row = await db.Deliveries.AsNoTracking().Include(d => d.Attempts).SingleAsync(d => d.Id == id, Stop);
        Assert.Equal(
            (DeliveryState.Skipped, SkipCause.Cancelled, "Cancelled by ada@example.com", null, null),
            (row.State, row.SkipCause, row.Reason, row.DueAt, row.Hold));
        Assert.Equal((attempts, attempts), (row.Attempts.Count, row.AttemptCount));
        Assert.NotNull(row.SettledAt);
    }

    private Task<DeliveryDetail?> FindAsync(long id) => _app.Get<DeliveryQueries>().FindAsync(id, Stop);
}

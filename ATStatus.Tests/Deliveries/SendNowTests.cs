using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Deliveries;

/// <summary>Send now: what waits goes at once; what cannot be hurried says why and is left as it is.</summary>
public sealed class SendNowTests : IAsyncLifetime
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => (options.CircuitFailures, options.SendsPerNotification) = (2, 1));
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_retry_that_waits_is_due_and_has_a_job_at_once()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        Assert.Null((await FindAsync(id)).SendNowRefusal);
        Assert.Equal(0, _app.Enqueued(QueueNames.Retries));

        await SendNowAsync(id);

        Assert.Equal(1, _app.Enqueued(QueueNames.Retries));
        Assert.Equal(_app.Now, (await FindAsync(id)).Row.DueAt);
        await RefusedAsync(id, "in the queue already");
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
        await RefusedAsync(id, "Redeliver begins a new round");
        Assert.Equal(1, _app.Enqueued(QueueNames.Retries));
        var requests = receiver.Requests;
        Assert.Equal(requests[0].Header("X-Request-ID"), requests[1].Header("X-Request-ID"));
        Assert.Equal([AttemptTrigger.Event, AttemptTrigger.Retry], (await FindAsync(id)).Attempts.OrderBy(a => a.Number).Select(a => a.Trigger));
    }

    [Fact]
    public async Task What_is_being_sent_or_in_the_queue_is_left_alone()
    {
        var id = await DeliveryToAsync(new Uri("http://127.0.0.1:9/"));
        await RefusedAsync(id, "in the queue already");
        Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync(id, null));
        await RefusedAsync(id, "being sent right now");
        Assert.Equal("This delivery is being sent right now.", (await FindAsync(id)).SendNowRefusal);
        await Assert.ThrowsAsync<NotFoundException>(() => SendNowAsync(4711));
        Assert.Equal(1, _app.Enqueued() + _app.Enqueued(QueueNames.Retries));
    }

    [Fact]
    public async Task One_whose_notification_is_off_or_deleted_is_not_sent()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        await _app.Get<NotificationService>().SetEnabledAsync(1, false);
        await RefusedAsync(id, "switched off");
        await _app.Get<NotificationService>().DeleteAsync(1);
        await RefusedAsync(id, "does not wait any more");
    }

    [Fact]
    public async Task A_test_and_what_waits_for_its_turn_are_refused_in_words()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await DeliveryToAsync(receiver.Url);
        await RaiseAsync(1);
        var held = (await _app.DeliveriesAsync())[^1];
        Assert.True(await _app.Get<DeliveryStore>().HoldFirstAsync(held, HoldReason.Capacity));
        await RefusedAsync(held.Id, "Waits its turn");
        Assert.Equal(HoldReason.Capacity, (await FindAsync(held.Id)).Row.Hold);
        var test = await _app.Get<TestSendService>().SendSavedAsync(1, EventType.IncidentCreated);
        await RefusedAsync(test.DeliveryId, "A test is sent once");
    }

    [Fact]
    public async Task Of_an_open_circuit_it_is_the_probe()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        var first = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(first);
        await RaiseAsync(1);
        var second = (await _app.DeliveriesAsync())[^1].Id;
        await _app.RunJobAsync(second);
        Assert.NotNull((await HealthAsync()).OpenedAt);
        await RaiseAsync(2);
        var third = (await _app.DeliveriesAsync())[^1].Id;
        var held = await FindAsync(third);
        Assert.Equal((HoldReason.Circuit, (await HealthAsync()).NextProbeAt), (held.Row.Hold, held.ProbeAt));
        // Without it the claim holds what is due.
        _app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(third)).Kind);

        await SendNowAsync(third);

        Assert.Null((await FindAsync(third)).Row.Hold);
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(third)).Kind);
        Assert.Null((await HealthAsync()).OpenedAt);
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task It_probes_no_other_circuit()
    {
        int[] ids = [await _app.NotificationAsync(Nowhere, events: EventType.ComponentStatusChanged), await _app.NotificationAsync(Nowhere, events: EventType.ComponentStatusChanged)];
        var later = _app.Now.AddHours(1);
        await using var db = _app.Open();
        await db.NotificationHealth.ExecuteUpdateAsync(row => row.SetProperty(h => h.OpenedAt, _app.Now).SetProperty(h => h.NextProbeAt, later));
        await RaiseAsync(0);

        await SendNowAsync((await _app.DeliveriesAsync()).Single(d => d.NotificationId == ids[1]).Id);

        Assert.Equal(
            [(ids[0], later), (ids[1], _app.Now)],
            (await db.NotificationHealth.AsNoTracking().OrderBy(h => h.NotificationId).ToListAsync()).Select(h => (h.NotificationId, h.NextProbeAt!.Value)));
    }

    [Fact]
    public async Task Of_two_who_press_it_at_once_one_is_told_that_it_is_under_way()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await SendNowAsync(id);
                return true;
            }
            catch (IllegalTransitionException)
            {
                return false;
            }
        }));
        Assert.Single(answers, sent => sent);
        Assert.Equal(1, _app.Enqueued(QueueNames.Retries));
    }

    private async Task<long> DeliveryToAsync(Uri url)
    {
        await _app.NotificationAsync(url, events: EventType.ComponentStatusChanged);
        await RaiseAsync(0);
        return (await _app.DeliveriesAsync())[^1].Id;
    }

    private Task RaiseAsync(int component) =>
        _app.Get<ComponentService>().SetStatusAsync(_page.Components[component].Id, ComponentStatus.Degraded);

    private Task SendNowAsync(long id) => _app.Get<RedeliveryService>().SendNowAsync(id);

    private async Task RefusedAsync(long id, string words)
    {
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => SendNowAsync(id));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, (await FindAsync(id)).SendNowRefusal);
    }

    private async Task<DeliveryDetail> FindAsync(long id) => (await _app.Get<DeliveryQueries>().FindAsync(id))!;

    private async Task<NotificationHealth> HealthAsync()
    {
        await using var db = _app.Open();
        return await db.NotificationHealth.AsNoTracking().SingleAsync();
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Dispatch;

/// <summary>
/// One notification never holds up another: how many sends it may have, its circuit, its order, and what becomes of what waits.
/// Real workers and a real receiver; the clock is fake where a wait is what is tested.
/// </summary>
public sealed class DispatcherTests
{
    [Fact]
    public async Task No_more_sends_to_one_notification_than_allowed_are_under_way_at_once_and_all_arrive()
    {
        var answers = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answers.Task));
        await using var rig = await DispatchRig.StartAsync(o => (o.SendsPerNotification, o.Timeout) = (3, TimeSpan.FromMinutes(2)));
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(14);
        await receiver.WaitForAsync(3);
        // What has waited for a second leaves its event's job.
        await Eventually.TrueAsync(async () =>
        {
            rig.Advance(TimeSpan.FromMilliseconds(300));
            return (await rig.App.DeliveriesAsync()).Count(d => d.Hold == HoldReason.Capacity) == 11;
        });

        var held = (await rig.App.DeliveriesAsync()).Where(d => d.Hold == HoldReason.Capacity);
        Assert.NotEmpty(held);
        Assert.All(held, d => Assert.Equal(0, d.AttemptCount));
        answers.SetResult();
        await rig.AllDeliveredAsync(14);
        Assert.Equal(3, receiver.MostAtOnce);
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.Null(d.Hold));
    }

    [Fact]
    public async Task A_notification_that_hangs_has_its_few_sends_and_another_does_not_wait()
    {
        await using var hanging = LoopbackReceiver.Start(ScriptedResponse.Stall());
        await using var healthy = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => (o.SendsPerNotification, o.Workers, o.Timeout) = (4, 8, TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 6; i++)
            await rig.App.NotificationAsync(hanging.Url, name: $"Hanging {i}", events: EventType.ComponentCreated);
        await rig.RaiseAsync(20);
        await rig.App.NotificationAsync(healthy.Url, name: "Healthy", events: EventType.ComponentStatusChanged);
        await rig.App.Get<ComponentService>().SetStatusAsync(rig.Page.Components[0].Id, ComponentStatus.Degraded);

        // Far sooner than the two minutes after which the first of the others gives up: each second those that hang give their places back.
        for (var seconds = 0; healthy.Requests.Count == 0; seconds++)
        {
            Assert.True(seconds < 12, "The healthy one waits for those that hang.");
            rig.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(300);
        }
        Assert.True(hanging.Requests.Count <= 6 * 4, "More sends are in flight than are allowed.");
    }

    [Fact]
    public async Task A_circuit_opens_holds_without_using_attempts_probes_with_one_and_drains()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503));
        await using var rig = await DispatchRig.StartAsync(o => (o.CircuitFailures, o.SendsPerNotification, o.MaxAttempts) = (5, 2, 2));
        var id = await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(30);

        await rig.HealthAsync(id, h => h.IsOpen);
        await rig.IdleAsync();
        var atOpening = receiver.Requests.Count;
        // Those under way when it opened may have ended after it.
        Assert.InRange(atOpening, 5, 6);
        var waiting = (await rig.App.DeliveriesAsync()).Where(d => d.AttemptCount == 0).ToList();
        Assert.Equal(30 - atOpening, waiting.Count);
        Assert.All(waiting, d => Assert.NotNull(d.Hold));
        Assert.Equal(0, rig.App.Enqueued());

        // Nothing until the probe's time, then one; the next wait is twice as long.
        rig.Advance(TimeSpan.FromSeconds(29));
        await rig.IdleAsync();
        Assert.Equal(atOpening, receiver.Requests.Count);
        rig.Advance(TimeSpan.FromSeconds(2));
        await receiver.WaitForAsync(atOpening + 1);
        await rig.HealthAsync(id, h => h.FailedProbes == 1);
        await rig.IdleAsync();
        Assert.Equal(atOpening + 1, receiver.Requests.Count);
        rig.Advance(TimeSpan.FromSeconds(45));
        await rig.IdleAsync();
        Assert.Equal(atOpening + 1, receiver.Requests.Count);

        // It answers again: one probe, then the rest at its pace, ten in the first second.
        receiver.Script(ScriptedResponse.Status(200));
        rig.Advance(TimeSpan.FromSeconds(20));
        await rig.HealthAsync(id, h => !h.IsOpen);
        await rig.IdleAsync();
        var afterClosing = receiver.Requests.Count;
        rig.Advance(TimeSpan.FromMilliseconds(500));
        await rig.IdleAsync();
        Assert.InRange(receiver.Requests.Count - afterClosing, 1, 7);
        for (var i = 0; i < 100 && (await rig.App.DeliveriesAsync()).Any(d => !d.State.IsSettled()); i++)
        {
            rig.Advance(TimeSpan.FromMilliseconds(250));
            await rig.IdleAsync();
        }
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.True(d.State.IsSettled(), $"{d.Id} {d.State} {d.Hold} {d.DueAt:O}"));
        rig.Advance(TimeSpan.FromSeconds(1));
        await rig.HealthAsync(id, h => h.DrainingSince is null);
    }

    [Fact]
    public async Task In_order_a_later_event_of_the_same_incident_waits_and_others_do_not()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.RetryJitter = 0);
        await rig.App.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Receiver", new(receiver.Url.AbsoluteUri),
            new([EventType.IncidentCreated, EventType.IncidentResolved]) { InOrder = true }));
        var first = await rig.IncidentAsync("First");
        await receiver.WaitForAsync(1);
        await rig.App.Get<IncidentService>().PostUpdateAsync(
            first, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"));
        await rig.IncidentAsync("Second");

        await receiver.WaitForAsync(2);
        await rig.IdleAsync();
        Assert.Equal(["First", "Second"], receiver.Requests.Select(TitleOf));
        Assert.Contains(await rig.App.DeliveriesAsync(), d => d.Hold == HoldReason.Order && d.AttemptCount == 0);

        rig.Advance(TimeSpan.FromSeconds(61));
        var requests = await receiver.WaitForAsync(4, TimeSpan.FromSeconds(20));
        Assert.Equal(["incident.created", "incident.created", "incident.resolved"], requests.Where(r => TitleOf(r) == "First").Select(r => r.Header("X-Webhook-Event")));
        await rig.AllDeliveredAsync(3);
    }

    [Fact]
    public async Task After_five_days_and_ten_failed_deliveries_without_a_success_it_is_switched_off_and_what_waits_is_skipped()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync(configure: o => (o.MaxAttempts, o.CircuitFailures) = (1, 0));
        var page = await app.SampleDataAsync();
        var id = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 11; i++)
        {
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational));
            if (i == 10)
                app.Time.Advance(TimeSpan.FromDays(5));
            await app.RunJobAsync((await app.DeliveriesAsync())[^1].Id);
            Assert.Equal(i < 10, await EnabledAsync(app, id));
        }
        var row = Assert.Single(await app.Get<NotificationQueries>().ListAsync());
        Assert.Contains("No success since 2026-01-14 12:00 UTC, and 11 deliveries failed.", row.DisabledReason, StringComparison.Ordinal);

        // Switched on again it begins anew: one more failure is not the twelfth.
        await app.Get<NotificationService>().SetEnabledAsync(id, true);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part 11", ComponentStatus.Operational));
        await app.RunJobAsync((await app.DeliveriesAsync())[^1].Id);
        Assert.True(await EnabledAsync(app, id));
    }

    [Fact]
    public async Task What_waits_for_a_notification_that_is_switched_off_is_skipped_with_the_reason()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync(configure: o => o.SendsPerNotification = 1);
        var page = await app.SampleDataAsync();
        var id = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 5; i++)
        {
            if (i == 1)
                await app.Get<SendingPauseService>().PauseAsync(new Actor("op"));
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational));
        }
        await app.Get<NotificationService>().SetEnabledAsync(id, false);
        await Eventually.TrueAsync(async () => (await app.DeliveriesAsync()).Count(d => d.State == DeliveryState.Skipped) == 4);
        Assert.All(
            (await app.DeliveriesAsync()).Where(d => d.State == DeliveryState.Skipped),
            d => Assert.Equal((SkipCause.NotificationOff, "The notification was switched off: By hand."), (d.SkipCause, d.Reason)));
    }

    [Fact]
    public async Task What_was_held_when_the_process_ended_is_taken_up_by_the_next()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var before = await CoreApp.StartAsync(database, o => o.SendsPerNotification = 2, keepDatabase: true))
        {
            var page = await before.SampleDataAsync();
            await before.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
            for (var i = 0; i < 9; i++)
                await before.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational));
            Assert.Equal(9, before.Enqueued());
            foreach (var row in (await before.DeliveriesAsync()).Take(5))
                Assert.True(await before.Get<DeliveryStore>().HoldFirstAsync(row, HoldReason.Capacity));
        }
        await using var rig = await DispatchRig.StartAsync(o => o.SendsPerNotification = 2, database);
        await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, CancellationToken.None);
        await rig.AllDeliveredAsync(9);
    }

    [Fact]
    public async Task A_long_queue_to_a_dead_endpoint_is_neither_in_the_job_storage_nor_in_memory()
    {
        using var closed = LoopbackReceiver.RefusingPort(out var port);
        await using var rig = await DispatchRig.StartAsync(o => o.CircuitFailures = 5);
        await rig.App.NotificationAsync(new Uri($"http://127.0.0.1:{port}/hook"), events: EventType.ComponentCreated);
        await using (var db = rig.App.Open())
        {
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            var notification = await db.Notifications.AsNoTracking().SingleAsync();
            var storedEvent = new StoredEvent { Type = EventType.ComponentCreated, OccurredAt = rig.App.Now, StatusPageId = 1, Title = "x", Payload = "{}"u8.ToArray() };
            db.Events.Add(storedEvent);
            for (var i = 0; i < 20_000; i++)
                db.Deliveries.Add(Delivery.For(storedEvent, notification, rig.App.Now, HoldReason.Capacity));
            await db.SaveChangesAsync();
        }
        await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, CancellationToken.None);
        await rig.HealthAsync(1, h => h.IsOpen);
        await rig.IdleAsync();

        var monitoring = rig.App.Get<JobStorage>().GetMonitoringApi();
        Assert.InRange(monitoring.EnqueuedCount(QueueNames.Own) + monitoring.ScheduledCount() + monitoring.ProcessingCount(), 0, 40);
        await using var after = rig.App.Open();
        Assert.InRange(await after.Deliveries.CountAsync(d => d.AttemptCount > 0), 5, 40);

        await using var healthy = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await rig.App.NotificationAsync(healthy.Url, events: EventType.ComponentStatusChanged);
        await rig.App.Get<ComponentService>().SetStatusAsync(rig.Page.Components[0].Id, ComponentStatus.Degraded);
        await healthy.WaitForAsync(1);
    }

    private static string TitleOf(Support.ReceivedRequest request) =>
        System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("data").GetProperty("title").GetString()!;

    private static async Task<bool> EnabledAsync(CoreApp app, int id)
    {
        await using var db = app.Open();
        return await db.Notifications.Where(n => n.Id == id).Select(n => n.Enabled).SingleAsync();
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Recovery;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Dispatch;

/// <summary>
/// Events of one save, and of a page's windows in one turn of the clock, arrive in their order (contract sections 2 and 5) at every receiver that answers
/// in time: real workers, real receivers that answer when they like.
/// </summary>
public sealed class SequenceTests
{
    private const int Times = 12;

    private static readonly Actor Op = new("op");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_of_one_save_arrive_in_their_order_however_fast_the_answers_are()
    {
        await using var receivers = new Receivers(3);
        await using var rig = await DispatchRig.StartAsync(_ => { });
        foreach (var (receiver, i) in receivers.All.Select((r, i) => (r, i)))
            await AddAsync(rig, receiver.Url, $"Receiver {i}", inOrder: i == 2);
        var saves = new Saves(rig);
        for (var i = 0; i < Times; i++)
        {
            var both = rig.Page.Components.Take(2).Select(c => new AffectedComponent(c.Id, ComponentStatus.MajorOutage)).ToArray();
            var incident = await rig.App.Get<IncidentService>().CreateAsync(
                new IncidentInput(rig.Page.Id, $"Incident {i}", IncidentSeverity.Major, IncidentStatus.Investigating, "m", both), Op, Stop);
            await saves.NoteAsync();
            await rig.App.Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Op, Stop);
            await saves.NoteAsync();
            await rig.App.Get<IncidentService>().CreateAsync(
                new IncidentInput(rig.Page.Id, $"Short {i}", IncidentSeverity.Major, IncidentStatus.Resolved, "m", []), Op, Stop);
            await saves.NoteAsync();
        }

        await rig.AllDeliveredAsync(Times * 8 * 3);
        Assert.Equal(Times * 3, saves.Events.Count);
        Assert.Equal(Times * 8, saves.Events.Sum(save => save.Length));
        await saves.AssertInOrderAsync(receivers);
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.Equal((1, (HoldReason?)null), (d.AttemptCount, d.Hold)));
    }

    [Fact]
    public async Task A_page_that_is_deleted_has_its_components_deleted_in_its_order()
    {
        await using var receivers = new Receivers(3);
        await using var rig = await DispatchRig.StartAsync(o => o.SendsPerNotification = 2);
        foreach (var receiver in receivers.All)
            await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentDeleted);
        var saves = new Saves(rig);
        for (var i = 0; i < 6; i++)
        {
            var page = await rig.App.Get<StatusPageService>().CreateAsync(new StatusPageInput($"Page {i}", $"page-{i}"), Stop);
            for (var c = 0; c < 5; c++)
                await rig.App.Get<ComponentService>().CreateAsync(new ComponentInput(page, $"Part {i}.{c}", ComponentStatus.Operational), Stop);
            await saves.PassOverAsync();
            await rig.App.Get<StatusPageService>().DeleteAsync(page, $"Page {i}", cancellationToken: Stop);
            await saves.NoteAsync();
        }

        await rig.AllDeliveredAsync(6 * 5 * 3);
        Assert.All(saves.Events, save => Assert.Equal(5, save.Length));
        await saves.AssertInOrderAsync(receivers);
    }

    [Fact]
    public async Task Windows_that_were_missed_start_before_they_complete_and_agree_on_their_component()
    {
        await using var receivers = new Receivers(3);
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var clock = ActivatorUtilities.CreateInstance<MaintenanceClock>(rig.App.Services);
        foreach (var receiver in receivers.All)
            await rig.App.NotificationAsync(receiver.Url, events: [EventType.MaintenanceStarted, EventType.MaintenanceCompleted, EventType.ComponentStatusChanged]);
        var turns = new Saves(rig);
        for (var i = 0; i < Times; i++)
        {
            var component = await rig.App.Get<ComponentService>().CreateAsync(new ComponentInput(rig.Page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
            var starts = rig.App.Now.AddHours(1);
            await rig.App.Get<MaintenanceService>().ScheduleAsync(
                new MaintenanceInput(rig.Page.Id, $"Window {i}", "m", [component], starts, starts.AddHours(1)), Stop);
            await rig.App.Get<MaintenanceService>().ScheduleAsync(
                new MaintenanceInput(rig.Page.Id, $"Other window {i}", "m", [component], starts, starts.AddHours(2)), Stop);
            rig.App.Time.Advance(TimeSpan.FromHours(5));
            await turns.PassOverAsync();
            await clock.TickAsync(Stop);
            await turns.NoteAsync();
            // Before the clock moves on, or these would be seen to hang.
            await rig.AllDeliveredAsync((i + 1) * 6 * 3);
        }

        Assert.All(turns.Events, turn => Assert.Equal(6, turn.Length));
        await turns.AssertInOrderAsync(receivers);
    }

    [Fact]
    public async Task A_slow_receiver_gets_the_next_after_a_second_and_delays_nobody()
    {
        var answers = new TaskCompletionSource();
        await using var slow = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answers.Task));
        await using var healthy = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.Timeout = TimeSpan.FromMinutes(2));
        await rig.App.NotificationAsync(slow.Url, name: "Slow");
        await rig.App.NotificationAsync(healthy.Url, name: "Healthy");
        var affected = rig.Page.Components.Take(2).Select(c => new AffectedComponent(c.Id, ComponentStatus.Degraded)).ToArray();
        await rig.App.Get<IncidentService>().CreateAsync(
            new IncidentInput(rig.Page.Id, "Outage", IncidentSeverity.Minor, IncidentStatus.Investigating, "m", affected), Op, Stop);

        await slow.WaitForAsync(1);
        // Another save has nothing to wait for.
        await rig.IncidentAsync("Independent");
        await slow.WaitForAsync(2);
        await healthy.WaitForAsync(2);
        rig.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal((0, 2, 2), (rig.App.Enqueued(), slow.Requests.Count, healthy.Requests.Count));
        // The slow one has had its second: the next events of the save follow, and what goes to it is held.
        rig.Advance(TimeSpan.FromMilliseconds(200));
        await healthy.WaitForAsync(4);
        Assert.Equal(2, (await rig.App.DeliveriesAsync()).Count(d => d is { State: DeliveryState.Sending, EventType: EventType.IncidentCreated }));

        answers.SetResult();
        await rig.AllDeliveredAsync(8);
        Assert.Equal(["incident.created", "incident.created", "component.status_changed", "component.status_changed"], Types(slow));
    }

    [Fact]
    public async Task A_failed_attempt_lets_the_next_go_and_its_retry_comes_later()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.RetryJitter = 0);
        await rig.App.NotificationAsync(receiver.Url);
        await ShortAsync(rig.App, "Short");
        await receiver.WaitForAsync(2);
        Assert.Equal(["incident.created", "incident.resolved"], Types(receiver));
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()) is [{ State: DeliveryState.Retrying }, { State: DeliveryState.Delivered }]);
        rig.Advance(TimeSpan.FromSeconds(61));
        await rig.AllDeliveredAsync(2);
    }

    [Fact]
    public async Task What_waited_when_the_process_ended_is_taken_up_by_the_next()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var before = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            await before.SampleDataAsync();
            await before.NotificationAsync(receiver.Url);
            await ShortAsync(before, "Short");
            Assert.Equal([null, null], (await before.DeliveriesAsync()).Select(d => d.Hold));
            Assert.Equal(1, before.Enqueued());
        }
        await using var rig = await DispatchRig.StartAsync(_ => { }, database);
        await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        await Eventually.TrueAsync(async () =>
        {
            await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
            return (await rig.App.DeliveriesAsync()).All(d => d.State == DeliveryState.Delivered);
        });
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_first_one_that_is_cancelled_holds_up_nothing()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await ShortAsync(app, "Short");
        var first = (await app.DeliveriesAsync())[0].Id;
        await app.Get<RedeliveryService>().CancelAsync(first, Op, Stop);
        // Its event's job finds nothing to send.
        var eventId = (await app.DeliveriesAsync())[0].EventId;
        Assert.Equal(new EventOutcome("1 left to others", IsInterrupted: false), await app.RunEventAsync(eventId));
        app.Get<IDispatchSignals>().EventEnded(eventId);
        await Eventually.TrueAsync(() => app.Enqueued() == 2);
    }

    [Fact]
    public async Task Many_that_wait_are_no_reason_to_hold_an_independent_save()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await ShortAsync(app, "Short");
        await ShortAsync(app, "Another");
        Assert.All(await app.DeliveriesAsync(), d => Assert.Null(d.Hold));
        Assert.Equal(2, app.Enqueued());
    }

    [Fact]
    public async Task Resent_the_events_of_each_subject_arrive_one_after_another_in_the_order_in_which_they_happened()
    {
        await using var receivers = new Receivers(2, fails: 3);
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var ids = new List<int>();
        foreach (var (receiver, i) in receivers.All.Select((r, i) => (r, i)))
            ids.Add(await AddAsync(rig, receiver.Url, $"Receiver {i}", inOrder: i == 1));
        foreach (var id in ids)
            await rig.App.Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        const int incidents = 6;
        for (var i = 0; i < incidents; i++)
        {
            var incident = await rig.IncidentAsync($"Incident {i}");
            for (var version = 0; version < 3; version++)
            {
                await rig.App.Get<IncidentService>().PostUpdateAsync(
                    incident, version, new IncidentUpdateInput(version == 2 ? IncidentStatus.Resolved : null, $"Update {version}."), Op, Stop);
            }
        }
        foreach (var id in ids)
            await rig.App.Get<NotificationService>().SetEnabledAsync(id, true, Stop);

        foreach (var id in ids)
            await rig.App.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, rig.App.Now.AddHours(-1)), Op, Stop);
        await RecoverySteps.RunToEndAsync(rig.App, TimeSpan.FromSeconds(60));
        // What failed is tried again in its time; the clock stands still while anything is under way.
        await Eventually.TrueAsync(async () =>
        {
            await rig.IdleAsync();
            rig.Advance(TimeSpan.FromSeconds(70));
            return (await rig.App.DeliveriesAsync()).All(d => d.State == DeliveryState.Delivered);
        });

        for (var i = 0; i < 2; i++)
        {
            var deliveries = (await rig.App.DeliveriesAsync()).Where(d => d.NotificationId == ids[i]).ToList();
            Assert.Equal(incidents * 4, deliveries.Count);
            // The first time each came: where order is not asked for a retry comes when it is due.
            var first = receivers.All[i].Requests.Select(r => r.Header("X-Request-ID")!).Distinct().ToList();
            foreach (var subject in deliveries.GroupBy(d => d.Subject))
            {
                string[] saved = [.. subject.OrderBy(d => d.EventId).Select(d => d.RequestId.ToString())];
                Assert.Equal(saved, first.Where(saved.Contains));
            }
        }
        // One subject does not wait for another.
        Assert.True(receivers.All[0].MostAtOnce > 1);
    }

    [Fact]
    public async Task Resent_where_order_is_not_asked_for_the_next_waits_for_the_first_attempt_before_it_and_not_for_its_retries()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        var incident = await app.Get<IncidentService>().CreateAsync(
            new IncidentInput(1, "Outage", IncidentSeverity.Minor, IncidentStatus.Investigating, "m", []), Op, Stop);
        await app.Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Op, Stop);
        var rows = await app.DeliveriesAsync();
        Assert.Equal(2, rows.Count);
        await using (var db = app.Open())
            await DeliveryRequeue.RequeueHeldAsync(db.Deliveries, app.Now, Stop);

        app.Get<IDispatchSignals>().NotificationChanged(notification);
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) > 0);
        Assert.Equal([rows[0].Id], app.Get<JobHandOver>().Live().Keys);

        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await app.RunJobAsync(rows[0].Id)).Kind);
        await Eventually.TrueAsync(() => app.Get<JobHandOver>().Live().ContainsKey(rows[1].Id));
    }

    private static Task<int> AddAsync(DispatchRig rig, Uri url, string name, bool inOrder) => rig.App.Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(url.AbsoluteUri), new(EventTypes.All) { InOrder = inOrder }), Stop);

    private static Task<int> ShortAsync(CoreApp app, string title) => app.Get<IncidentService>().CreateAsync(
        new IncidentInput(1, title, IncidentSeverity.Minor, IncidentStatus.Resolved, "m", []), Op, Stop);

    private static IEnumerable<string?> Types(LoopbackReceiver receiver) => receiver.Requests.Select(r => r.Header("X-Webhook-Event"));

    /// <summary>Receivers that answer at once or up to 300 ms later, as it happens.</summary>
    private sealed class Receivers : IAsyncDisposable
    {
        public Receivers(int count, int fails = 0)
        {
            var random = new Random(13);
            for (var i = 0; i < count; i++)
            {
                All.Add(LoopbackReceiver.Start([.. Enumerable.Range(0, 1_000).Select(n =>
                    ScriptedResponse.Status(n < fails ? 500 : 200).After(TimeSpan.FromMilliseconds(random.Next(0, 300))))]));
            }
        }

        public List<LoopbackReceiver> All { get; } = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var receiver in All)
                await receiver.DisposeAsync();
        }
    }

    /// <summary>The events of each save, or of each turn of the clock, in the order in which they were saved.</summary>
    private sealed class Saves(DispatchRig rig)
    {
        private long _last;

        public List<long[]> Events { get; } = [];

        public async Task NoteAsync() => Events.Add(await NextAsync());

        public async Task PassOverAsync() => await NextAsync();

        public async Task AssertInOrderAsync(Receivers receivers)
        {
            var events = (await rig.App.DeliveriesAsync()).ToDictionary(d => d.RequestId.ToString(), d => d.EventId);
            foreach (var receiver in receivers.All)
            {
                var came = receiver.Requests.Select(r => events[r.Header("X-Request-ID")!]).ToList();
                Assert.All(Events, save => Assert.Equal(save, came.Where(save.Contains)));
            }
        }

        private async Task<long[]> NextAsync()
        {
            await using var db = rig.App.Open();
            var events = await db.Events.Where(e => e.Id > _last).OrderBy(e => e.Id).Select(e => e.Id).ToArrayAsync(Stop);
            _last = events.LastOrDefault(_last);
            return events;
        }
    }
}

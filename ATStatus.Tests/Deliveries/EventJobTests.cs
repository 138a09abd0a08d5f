using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Deliveries;

/// <summary>One Hangfire job for each saved event: what it sends, what leaves it, and what a person does to it in the dashboard.</summary>
public sealed class EventJobTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_of_many_notifications_is_one_job_that_says_what_came_of_it()
    {
        await using var good = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var bad = LoopbackReceiver.Start(ScriptedResponse.Status(503));
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        for (var i = 0; i < 120; i++)
            await rig.App.NotificationAsync(good.Url, name: $"Good {i}", events: EventType.ComponentCreated);
        await rig.App.NotificationAsync(bad.Url, name: "Bad", events: EventType.ComponentCreated);
        await rig.App.NotificationAsync(gone.Url, name: "Gone", events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);

        await rig.AllDeliveredAsync(120);
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.SucceededListCount() == 1);
        var job = Assert.Single(jobs.SucceededJobs(0, 10)).Value;
        Assert.Equal(((await rig.App.DeliveriesAsync())[0].EventId, "120 delivered, 1 retrying, 1 failed"), (job.Job.Args[0], Unquoted(job.Result as string)));
        // What failed has a job of its own: one for its next attempt, one that shows that there is none.
        await Eventually.TrueAsync(() => jobs.ScheduledCount() == 1 && jobs.FailedCount() == 1);
        Assert.Equal("Retry attempt 2 of 3: http_status 503", (await StateAsync(rig, Assert.Single(jobs.ScheduledJobs(0, 10)).Key)).Reason);
        Assert.Equal(122, good.Requests.Count + bad.Requests.Count + gone.Requests.Count);
        Assert.All(good.Requests.GroupBy(r => r.Header("X-Request-ID")), g => Assert.Single(g));
        // A redelivery takes the failed job away.
        var failed = (await rig.App.DeliveriesAsync()).Single(d => d.State == DeliveryState.Failed);
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()).Single(d => d.Id == failed.Id).JobId == jobs.FailedJobs(0, 10).Single().Key);
    }

    [Fact]
    public async Task The_events_of_a_save_follow_one_another_and_an_independent_one_does_not_wait()
    {
        var answer = new TaskCompletionSource();
        await using var waiting = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task), ScriptedResponse.Status(200));
        await using var quick = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.Timeout = TimeSpan.FromMinutes(2));
        await rig.App.NotificationAsync(waiting.Url, name: "Waiting", events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await rig.App.NotificationAsync(quick.Url, name: "Quick", events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await ShortAsync(rig.App);
        await waiting.WaitForAsync(1);
        await quick.WaitForAsync(1);
        var events = (await rig.App.DeliveriesAsync()).Select(d => d.Event!).DistinctBy(e => e.Id).ToList();
        Assert.Equal([events[0].Id, events[0].Id], events.Select(e => e.SaveId));
        Assert.Equal(1, rig.Processing());
        Assert.Single(quick.Requests);
        answer.SetResult();
        await rig.AllDeliveredAsync(4);
    }

    [Fact]
    public async Task What_the_job_has_not_claimed_is_skipped_when_a_person_deletes_it_and_what_is_in_flight_ends()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(
            ScriptedResponse.Status(200).After(answer.Task), ScriptedResponse.Status(500).After(answer.Task), ScriptedResponse.Status(200).After(answer.Task));
        await using var rig = await DispatchRig.StartAsync(o => (o.Workers, o.Timeout) = (2, TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 5; i++)
            await rig.App.NotificationAsync(receiver.Url, name: $"Receiver {i}", events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await receiver.WaitForAsync(2);
        var job = Assert.Single(rig.App.Get<JobStorage>().GetMonitoringApi().ProcessingJobs(0, 10)).Key;

        Assert.True(rig.App.Get<IBackgroundJobClient>().Delete(job));
        answer.SetResult();

        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()).All(d => d.State.IsSettled()));
        var rows = await rig.App.DeliveriesAsync();
        Assert.Equal((1, 4), (rows.Count(d => d.State == DeliveryState.Delivered), rows.Count(d => d.State == DeliveryState.Skipped)));
        Assert.All(rows.Where(d => d.State == DeliveryState.Skipped), d => Assert.Equal((SkipCause.Cancelled, "Cancelled in the dashboard"), (d.SkipCause, d.Reason)));
        Assert.Equal(2, rows.Sum(d => d.AttemptCount));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Deleted_it_leaves_alone_what_is_held_or_has_a_job_of_its_own_and_the_engine_s_own_deletion_changes_nothing()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        foreach (var name in new[] { "Held", "Plain" })
            await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: name, events: EventType.ComponentCreated);
        await app.Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Ordered", new("http://127.0.0.1:9/"), new([EventType.ComponentCreated]) { InOrder = true }), Stop);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var rows = await app.DeliveriesAsync();
        Assert.True(await app.Get<DeliveryStore>().HoldFirstAsync(rows[0], HoldReason.Capacity));
        var job = JobOf(app, rows[0].EventId);

        Assert.True(app.Get<IBackgroundJobClient>().ChangeState(job, new WithdrawnState()));
        Assert.All(await app.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Pending, d.State));
        app.Get<JobHandOver>().HandOverEvent(rows[0].EventId);
        Assert.True(app.Get<IBackgroundJobClient>().Delete(JobOf(app, rows[0].EventId)));

        Assert.Equal(
            [("Held", DeliveryState.Pending, HoldReason.Capacity), ("Plain", DeliveryState.Skipped, null), ("Ordered", DeliveryState.Pending, (HoldReason?)null)],
            (await app.DeliveriesAsync()).Select(d => (d.NotificationName, d.State, d.Hold)));
    }

    [Fact]
    public async Task Deleted_it_makes_way_for_the_next_event_of_its_save()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await ShortAsync(app);
        var rows = await app.DeliveriesAsync();
        Assert.Equal([rows[0].EventId], app.Get<JobHandOver>().LiveEvents().Keys);

        Assert.True(app.Get<IBackgroundJobClient>().Delete(JobOf(app, rows[0].EventId)));

        await Eventually.TrueAsync(() => app.Get<JobHandOver>().LiveEvents().Keys.SequenceEqual([rows[1].EventId]));
        Assert.Equal([DeliveryState.Skipped, DeliveryState.Pending], (await app.DeliveriesAsync()).Select(d => d.State));
    }

    [Fact]
    public async Task An_event_that_has_nothing_for_a_job_of_its_own_is_passed_over()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Ordered", new("http://127.0.0.1:9/"), new([EventType.IncidentCreated]) { InOrder = true }), Stop);
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.IncidentResolved);
        await ShortAsync(app);
        var rows = await app.DeliveriesAsync();
        Assert.Equal([true, false], rows.Select(d => d.IsOwn));
        Assert.Equal([rows[1].EventId], app.Get<JobHandOver>().LiveEvents().Keys);
    }

    [Fact]
    public async Task Requeued_it_begins_no_new_round_for_what_was_delivered_skipped_or_waits()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        DeliveryState[] states = [DeliveryState.Delivered, DeliveryState.Skipped, DeliveryState.Retrying, DeliveryState.Failed];
        foreach (var state in states)
            await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: $"{state}", events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var rows = await app.DeliveriesAsync();
        await using (var db = app.Open())
        {
            for (var i = 0; i < states.Length; i++)
            {
                var (id, state) = (rows[i].Id, states[i]);
                await db.Deliveries.Where(d => d.Id == id).ExecuteUpdateAsync(row => row.SetProperty(d => d.State, state).SetProperty(d => d.AttemptCount, 1), Stop);
            }
        }

        Assert.True(await app.Get<EventCancellation>().RequeueAsync(rows[0].EventId));
        Assert.Equal(
            [(DeliveryState.Delivered, false), (DeliveryState.Skipped, false), (DeliveryState.Retrying, false), (DeliveryState.Pending, true)],
            (await app.DeliveriesAsync()).Select(d => (d.State, d.IsRedelivery)));
        Assert.False(await app.Get<EventCancellation>().RequeueAsync(rows[0].EventId));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("refused")]
    [InlineData("one attempt")]
    public async Task What_ends_for_good_in_it_has_a_failed_job_of_its_own_that_can_be_requeued(string how)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(how == "gone" ? 410 : 500), ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var open = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            await open.SampleDataAsync();
            await open.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        }
        await using var rig = await DispatchRig.StartAsync(
            o => (o.MaxAttempts, o.AllowedNetworks) = (how == "one attempt" ? 1 : 3, how == "refused" ? [] : o.AllowedNetworks), database);
        await rig.RaiseAsync(1);
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.FailedCount() == 1 && jobs.SucceededListCount() == 1);
        Assert.Equal("1 failed", Unquoted(jobs.SucceededJobs(0, 1)[0].Value.Result as string));
        var (job, failed) = jobs.FailedJobs(0, 1).Single();
        Assert.Equal((typeof(DeliveryJob), (await rig.App.DeliveriesAsync())[0].Id), (failed.Job.Type, failed.Job.Args[0]));
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync())[0].JobId == job);

        if (how == "gone")
            await rig.App.Get<NotificationService>().SetEnabledAsync(1, true, Stop);
        Assert.True(rig.App.Get<IBackgroundJobClient>().Requeue(job));
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync())[0] is { State: DeliveryState.Delivered or DeliveryState.Failed, AttemptCount: 2 });
        Assert.Equal(how == "refused" ? 0 : 2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Requeued_it_sends_what_is_pending_begins_a_new_round_for_what_failed_and_otherwise_says_that_nothing_is_left()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.MaxAttempts = 1);
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.SucceededListCount() == 1);
        var job = jobs.SucceededJobs(0, 1).Single().Key;

        Assert.True(rig.App.Get<IBackgroundJobClient>().Requeue(job));
        await rig.AllDeliveredAsync(1);
        Assert.Equal([AttemptTrigger.Event, AttemptTrigger.Redelivery], (await rig.App.DeliveriesAsync())[0].Attempts.Select(a => a.Trigger));

        await Eventually.TrueAsync(async () => (await StateAsync(rig, job)).Name == SucceededState.StateName);
        rig.App.Get<IBackgroundJobClient>().Requeue(job);
        await Eventually.TrueAsync(async () => (await StateAsync(rig, job)) is { Name: "Deleted", Reason: "nothing left to send" });
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Paused_switched_off_and_deleted_since_they_were_saved_they_leave_the_job_with_the_reason()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var off = await app.NotificationAsync(receiver.Url, name: "Off", events: EventType.ComponentCreated);
        var deleted = await app.NotificationAsync(receiver.Url, name: "Deleted", events: EventType.ComponentCreated);
        await app.NotificationAsync(receiver.Url, name: "On", events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var eventId = (await app.DeliveriesAsync())[0].EventId;
        await app.Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        await app.Get<SendingPauseService>().PauseAsync(new Actor("op"), Stop);

        Assert.Equal(new EventOutcome("2 held, 1 skipped", IsInterrupted: false), await app.RunEventAsync(eventId));
        Assert.Equal([null, HoldReason.Paused, HoldReason.Paused], (await app.DeliveriesAsync()).Select(d => d.Hold));
        Assert.All(await app.DeliveriesAsync(), d => Assert.Equal(0, d.AttemptCount));
        await app.Get<NotificationService>().DeleteAsync(deleted, Stop);
        await app.Get<SendingPauseService>().ResumeAsync(Stop);
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 1);
        Assert.Equal(new EventOutcome("nothing left to send", IsInterrupted: false), await app.RunEventAsync(eventId));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Once_a_delivery_of_a_save_is_held_those_of_its_later_events_are_held_behind_it()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Held", events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Other", events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await ShortAsync(app);
        var rows = await app.DeliveriesAsync();
        Assert.True(await app.Get<DeliveryStore>().HoldFirstAsync(rows[0], HoldReason.Capacity));
        Assert.Equal([HoldReason.Capacity, null, HoldReason.Order, null], (await app.DeliveriesAsync()).Select(d => d.Hold));
        Assert.Equal([true, false, true, false], (await app.DeliveriesAsync()).Select(d => d.IsOwn));
        Assert.False(await app.Get<DeliveryStore>().HoldFirstAsync(rows[0], HoldReason.Capacity));
    }

    [Fact]
    public async Task In_order_the_first_of_a_subject_has_a_job_of_its_own_and_the_next_is_held_until_it_is_settled()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ordered", new(receiver.Url.AbsoluteUri), new([EventType.ComponentStatusChanged]) { InOrder = true }), Stop);
        foreach (var status in new[] { ComponentStatus.Degraded, ComponentStatus.MajorOutage })
            await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, status, cancellationToken: Stop);
        await app.Get<ComponentService>().SetStatusAsync(page.Components[1].Id, ComponentStatus.Degraded, cancellationToken: Stop);
        var rows = await app.DeliveriesAsync();
        Assert.Equal([(true, null), (true, HoldReason.Order), (true, (HoldReason?)null)], rows.Select(d => (d.IsOwn, d.Hold)));
        Assert.Equal((0, 2), (app.Enqueued(), app.Enqueued(QueueNames.Own)));
        Assert.Equal(new EventOutcome("nothing left to send", IsInterrupted: false), await app.RunEventAsync(rows[0].EventId));
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await app.RunJobAsync(rows[0].Id)).Kind);
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 3);
    }

    [Fact]
    public async Task What_a_crash_has_left_is_the_first_event_of_each_save_and_a_live_job_covers_its_save()
    {
        await using var app = await CoreApp.StartAsync();
        await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.IncidentCreated, EventType.IncidentResolved]);
        await ShortAsync(app);
        await ShortAsync(app);
        var rows = await app.DeliveriesAsync();
        Assert.Equal([rows[0].EventId, rows[2].EventId], app.Get<JobHandOver>().LiveEvents().Keys.Order());
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        Assert.Equal(2, app.Enqueued());

        // The first save's job is lost; nothing is left of its first event.
        app.Get<IBackgroundJobClient>().ChangeState(JobOf(app, rows[0].EventId), new WithdrawnState());
        await Eventually.TrueAsync(() => app.Get<JobHandOver>().LiveEvents().GetValueOrDefault(rows[1].EventId) is not null);
        app.Get<IBackgroundJobClient>().ChangeState(JobOf(app, rows[1].EventId), new WithdrawnState());
        await Eventually.TrueAsync(() => !app.Get<JobHandOver>().LiveEvents().ContainsKey(rows[1].EventId));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        Assert.Equal([rows[0].EventId, rows[2].EventId], app.Get<JobHandOver>().LiveEvents().Keys.Order());
    }

    [Fact]
    public async Task A_job_that_is_said_to_live_for_more_than_two_minutes_is_asked_for()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var eventId = (await app.DeliveriesAsync())[0].EventId;
        var storage = app.Get<JobStorage>();
        var job = JobOf(app, eventId);
        app.Get<IBackgroundJobClient>().ChangeState(job, new WithdrawnState());
        // A change of state that failed for good leaves its member behind.
        using (var connection = storage.GetConnection())
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.AddToSet(QueueNames.LiveEvents, QueueNames.LiveJob(eventId, job));
            transaction.Commit();
        }
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);
        Assert.Equal(0, app.Enqueued());
        app.Time.Advance(TimeSpan.FromMinutes(2));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);
        Assert.Equal(1, app.Enqueued());
    }

    [Fact]
    public async Task What_joins_a_save_whose_earlier_events_have_ended_is_begun_at_once()
    {
        await using var app = await CoreApp.StartAsync();
        var chains = new EventChains(app.Get<JobHandOver>());
        chains.Commit(saveId: 1, [1, 2]);
        chains.Ended(1);
        chains.Ended(2);
        Assert.Equal([1, 2], app.Get<JobHandOver>().LiveEvents().Keys.Order());

        chains.Commit(saveId: 1, [3, 4]);

        Assert.Equal([1, 2, 3], app.Get<JobHandOver>().LiveEvents().Keys.Order());
    }

    [Fact]
    public async Task An_event_that_is_being_handed_over_is_not_taken_for_the_delivery_of_its_number_nor_that_for_the_event()
    {
        await using var app = await CoreApp.StartAsync();
        var jobs = app.Get<JobHandOver>();
        using (jobs.ReserveEvents([7]))
        using (jobs.Reserve([8]))
        {
            Assert.Equal([7], jobs.LiveEvents().Keys);
            Assert.Equal([8], jobs.Live().Keys);
        }
        Assert.Empty(jobs.LiveEvents());
        Assert.Empty(jobs.Live());
    }

    [Fact]
    public async Task A_stop_lets_what_is_in_flight_end_and_puts_the_job_back()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var rig = await DispatchRig.StartAsync(o => (o.Workers, o.Timeout) = (2, TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 5; i++)
            await rig.App.NotificationAsync(receiver.Url, name: $"Receiver {i}", events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await receiver.WaitForAsync(2);

        rig.App.Get<EventRuns>().Stop();
        answer.SetResult();

        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()).Count(d => d.State == DeliveryState.Delivered) == 2);
        Assert.Equal(3, (await rig.App.DeliveriesAsync()).Count(d => d is { State: DeliveryState.Pending, AttemptCount: 0, Hold: null }));
        Assert.Equal(2, receiver.Requests.Count);
        await rig.App.Get<EventRuns>().WaitAsync(Stop);
        Assert.True(rig.App.Get<JobHandOver>().LiveEvents().ContainsKey((await rig.App.DeliveriesAsync())[0].EventId));
    }

    private static string JobOf(CoreApp app, long eventId) => app.Get<JobHandOver>().LiveEvents()[eventId]!;

    private static string? Unquoted(string? json) => json?.Trim('"');

    private static Task<Hangfire.Storage.StateData> StateAsync(DispatchRig rig, string job)
    {
        using var connection = rig.App.Get<JobStorage>().GetConnection();
        return Task.FromResult(connection.GetStateData(job));
    }

    private static Task<int> ShortAsync(CoreApp app) => app.Get<IncidentService>().CreateAsync(
        new IncidentInput(1, "Short", IncidentSeverity.Minor, IncidentStatus.Resolved, "m", []), new Actor("op"), Stop);
}

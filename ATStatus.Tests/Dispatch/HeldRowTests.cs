using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Dispatch;

/// <summary>Rows that are held, and deliveries with a job of their own: who lets them in, when, and what a person's buttons do to them.</summary>
public sealed class HeldRowTests
{
    private static readonly Actor Op = new("op");

    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HoldReason.Capacity)]
    [InlineData(HoldReason.Circuit)]
    [InlineData(HoldReason.Order)]
    [InlineData(HoldReason.SlowEndpoints)]
    [InlineData(HoldReason.Paused)]
    public async Task Whatever_held_a_row_when_the_process_died_a_start_ends_it(HoldReason held)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var before = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            var page = await before.SampleDataAsync();
            await before.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
            for (var i = 0; i < 3; i++)
                await before.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
            HoldReason? hold = held;
            await using var db = before.Open();
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.Hold, hold).SetProperty(d => d.IsOwn, true), Stop);
        }
        await using var rig = await DispatchRig.StartAsync(_ => { }, database);
        await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        await rig.AllDeliveredAsync(3);
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.Null(d.Hold));
    }

    [Fact]
    public async Task What_goes_to_slow_notifications_is_let_in_at_once_as_own_jobs_within_the_cap_and_half_of_their_workers()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var rig = await DispatchRig.StartAsync(o => (o.Workers, o.Timeout) = (10, TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 3; i++)
            await rig.App.NotificationAsync(receiver.Url, name: $"Slow {i}", events: EventType.ComponentCreated);
        await using (var db = rig.App.Open())
            await db.NotificationHealth.ExecuteUpdateAsync(row => row.SetProperty(h => h.LastTimedOut, true), Stop);
        await rig.RaiseAsync(6);

        // Ten workers for own jobs: five of them for slow ones.
        await receiver.WaitForAsync(5);
        for (var looks = 0; looks < 3; looks++)
        {
            rig.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(100, Stop);
        }
        var rows = await rig.App.DeliveriesAsync();
        Assert.All(rows, d => Assert.True(d.IsOwn));
        Assert.Equal((5, 5, 13), (receiver.MostAtOnce, rows.Count(d => d.State == DeliveryState.Sending), rows.Count(d => d.Hold is not null)));
        Assert.All(rows.Where(d => d.State == DeliveryState.Sending).GroupBy(d => d.NotificationId), g => Assert.InRange(g.Count(), 1, 4));
        answer.SetResult();
        await Eventually.TrueAsync(async () =>
        {
            rig.Advance(TimeSpan.FromMilliseconds(250));
            return (await rig.App.DeliveriesAsync()).All(d => d.State == DeliveryState.Delivered);
        });
    }

    [Fact]
    public async Task In_order_what_follows_in_a_save_waits_for_the_first_attempt_before_it_though_it_is_about_something_else()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await OrderedAsync(app, receiver.Url, EventType.IncidentCreated, EventType.ComponentStatusChanged);
        await app.Get<IncidentService>().CreateAsync(
            new IncidentInput(page.Id, "Outage", IncidentSeverity.Major, IncidentStatus.Investigating, "m", [new(page.Components[0].Id, ComponentStatus.MajorOutage)]), Op, Stop);
        var rows = await app.DeliveriesAsync();
        Assert.Equal([null, HoldReason.Order], rows.Select(d => d.Hold));
        Assert.NotEqual(rows[0].Subject, rows[1].Subject);
        Assert.Equal((0, 1), (app.Enqueued(), app.Enqueued(QueueNames.Own)));

        // Recorded is enough: it is about another subject, so it need not be settled.
        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await app.RunJobAsync(rows[0].Id)).Kind);
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 2);
    }

    [Fact]
    public async Task In_order_the_next_is_handed_over_at_once_by_whoever_recorded_the_one_before_also_on_an_instance_that_saved_neither()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using var first = await CoreApp.StartAsync(database, keepDatabase: true);
        await using var second = await CoreApp.StartAsync(database, more: services => services.AddSingleton(new InstanceOptions(SingleInstance: false)));
        var page = await first.SampleDataAsync();
        await OrderedAsync(first, receiver.Url, EventType.ComponentStatusChanged);
        foreach (var status in new[] { ComponentStatus.Degraded, ComponentStatus.MajorOutage })
            await first.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, status, cancellationToken: Stop);
        var rows = await first.DeliveriesAsync();
        Assert.Equal([null, HoldReason.Order], rows.Select(d => d.Hold));

        // Nobody there looks by the clock: the clock stands.
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await second.RunJobAsync(rows[0].Id)).Kind);
        await Eventually.TrueAsync(() => second.Enqueued(QueueNames.Own) == 1);
    }

    [Fact]
    public async Task A_delivery_whose_own_job_is_said_to_live_is_asked_for_after_two_minutes()
    {
        await using var app = await CoreApp.StartAsync(configure: o => o.RetryJitter = 0);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(Nowhere, events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var id = (await app.DeliveriesAsync())[0].Id;
        await app.RunJobAsync(id);
        var storage = app.Get<JobStorage>();
        var job = app.Get<IBackgroundJobClient>().Create(DeliveryJob.For(id), new DeletedState());
        // A change of state that failed for good leaves its member behind.
        using (var connection = storage.GetConnection())
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.AddToSet(QueueNames.LiveJobs, QueueNames.LiveJob(id, job));
            transaction.Commit();
        }
        app.Time.Advance(TimeSpan.FromMinutes(2));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);
        Assert.Equal(0, app.Enqueued(QueueNames.Retries));
        app.Time.Advance(TimeSpan.FromMinutes(1.5));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);
        Assert.Equal(1, app.Enqueued(QueueNames.Retries));
        Assert.DoesNotContain(job, app.Get<JobHandOver>().Live().Values);
    }

    [Fact]
    public async Task Enqueue_now_in_the_dashboard_tries_a_scheduled_delivery_without_waiting_for_its_time()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.ScheduledCount() == 1);
        // As the dashboard's button does. The clock stands, so its time does not come.
        Assert.True(rig.App.Get<IBackgroundJobClient>().ChangeState(
            jobs.ScheduledJobs(0, 1)[0].Key, new EnqueuedState { Reason = "Triggered via Dashboard UI" }, ScheduledState.StateName));
        await rig.AllDeliveredAsync(1);
        Assert.Equal(2, receiver.Requests.Count);
    }

    /// <summary>Nobody tells a queue when another's send has ended: its place, or its circuit, is free some time after that.</summary>
    [Theory]
    [InlineData(HoldReason.Capacity)]
    [InlineData(HoldReason.Circuit)]
    public async Task What_the_claim_of_its_own_job_holds_is_let_in_again_by_the_clock(HoldReason why)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync(configure: o => o.SendsPerNotification = 1);
        var page = await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 2; i++)
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
        var rows = await app.DeliveriesAsync();
        await app.RunJobAsync(rows[0].Id);
        if (why == HoldReason.Capacity)
        {
            Assert.Null(app.Get<ConcurrencyLimiter>().TryTakeOwn(deliveryId: 4711, notification, isSlow: false, isProbe: false));
        }
        else
        {
            await OpenCircuitsAsync(app, TimeSpan.FromMinutes(1));
        }

        Assert.StartsWith($"Held ({why})", (await app.RunJobAsync(rows[1].Id)).Note, StringComparison.Ordinal);

        Assert.Equal(0, app.Enqueued(QueueNames.Own));
        app.Get<ConcurrencyLimiter>().LeaveOwn(4711);
        app.Get<DeliveryDispatcher>().Tick();
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 1);
    }

    [Fact]
    public async Task While_a_probe_is_under_way_none_of_those_behind_it_gets_a_job()
    {
        await using var app = await CoreApp.StartAsync();
        var rows = await BehindAnOpenCircuitAsync(app, count: 3);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        app.Get<DeliveryDispatcher>().Tick();
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 1);

        for (var looks = 0; looks < 3; looks++)
            app.Get<DeliveryDispatcher>().Tick();

        Assert.Equal([rows[0].Id], app.Get<JobHandOver>().Live().Keys);
    }

    [Fact]
    public async Task What_is_saved_does_not_overtake_what_was_held_in_the_database_before()
    {
        await using var app = await CoreApp.StartAsync();
        var rows = await BehindAnOpenCircuitAsync(app, count: 3);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(1, "Later", ComponentStatus.Operational), Stop);
        Assert.Equal(HoldReason.Circuit, (await app.DeliveriesAsync())[^1].Hold);

        app.Time.Advance(TimeSpan.FromMinutes(2));
        app.Get<DeliveryDispatcher>().Tick();

        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 1);
        Assert.Equal([rows[0].Id], app.Get<JobHandOver>().Live().Keys);
    }

    [Fact]
    public async Task Of_a_round_that_a_person_asked_for_the_first_attempt_alone_passes_an_open_circuit()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var id = (await app.DeliveriesAsync())[0].Id;
        await app.RunJobAsync(id);
        await OpenCircuitsAsync(app, TimeSpan.FromHours(1));

        await app.Get<RedeliveryService>().RedeliverAsync(id, Stop);
        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await app.RunJobAsync(id)).Kind);
        app.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.StartsWith("Held (Circuit)", (await app.RunJobAsync(id)).Note, StringComparison.Ordinal);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_retry_whose_job_was_lost_goes_out_at_its_time_and_not_at_the_next_look()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync(configure: o => o.CircuitFailures = 0);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        foreach (var (part, until) in new[] { ("Due", TimeSpan.Zero), ("Due later", TimeSpan.FromSeconds(20)) })
        {
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, part, ComponentStatus.Operational), Stop);
            var id = (await app.DeliveriesAsync())[^1].Id;
            await app.RunJobAsync(id);
            await using var db = app.Open();
            DateTime? at = app.Now + until;
            await db.Deliveries.Where(d => d.Id == id).ExecuteUpdateAsync(row => row.SetProperty(d => d.DueAt, at), Stop);
        }

        await app.Get<Sweeper>().StartAsync(Stop);

        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Retries) == 1);
        for (var seconds = 0; app.Enqueued(QueueNames.Retries) < 2; seconds++)
        {
            Assert.True(seconds < 40, "It waits for the next look, a minute after the first.");
            app.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, Stop);
        }
        await app.Get<Sweeper>().StopAsync(Stop);
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    [InlineData("Deleted")]
    public async Task The_deletion_of_a_job_that_has_ended_says_nothing_about_a_later_round(string state)
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(Nowhere, events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        var id = (await app.DeliveriesAsync())[0].Id;
        var jobs = app.Get<IBackgroundJobClient>();
        var job = jobs.Create(DeliveryJob.For(id), state switch
        {
            "Succeeded" => new SucceededState(null, 0, 0),
            "Failed" => new FailedState(new DeliveryFailedException("http_status 500")),
            _ => new WithdrawnState(),
        });

        Assert.True(jobs.Delete(job));

        Assert.Equal(DeliveryState.Pending, (await app.DeliveriesAsync())[0].State);
    }

    /// <summary>Deliveries that were held before this process knew of them; the probe's time comes in a minute.</summary>
    private static async Task<List<Delivery>> BehindAnOpenCircuitAsync(CoreApp app, int count)
    {
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(Nowhere, events: EventType.ComponentCreated);
        for (var i = 0; i < count; i++)
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
        await OpenCircuitsAsync(app, TimeSpan.FromMinutes(1));
        HoldReason? hold = HoldReason.Circuit;
        await using (var db = app.Open())
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.Hold, hold).SetProperty(d => d.IsOwn, true), Stop);
        await app.Get<DeliveryDispatcher>().LookAsync(Stop);
        Assert.Equal(0, app.Enqueued(QueueNames.Own));
        return await app.DeliveriesAsync();
    }

    private static async Task OpenCircuitsAsync(CoreApp app, TimeSpan untilProbe)
    {
        await using var db = app.Open();
        await db.NotificationHealth.ExecuteUpdateAsync(
            row => row.SetProperty(h => h.OpenedAt, app.Now).SetProperty(h => h.NextProbeAt, app.Now + untilProbe), Stop);
    }

    private static Task<int> OrderedAsync(CoreApp app, Uri url, params EventType[] events) => app.Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", "Ordered", new(url.AbsoluteUri), new(events) { InOrder = true }), Stop);
}

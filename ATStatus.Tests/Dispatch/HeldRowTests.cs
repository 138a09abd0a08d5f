using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
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

    private static Task<int> OrderedAsync(CoreApp app, Uri url, params EventType[] events) => app.Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", "Ordered", new(url.AbsoluteUri), new(events) { InOrder = true }), Stop);
}

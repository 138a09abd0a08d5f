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
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Dispatch;

/// <summary>The switch that pauses all sending: nothing but tests goes out, nothing is lost, and nothing is repeated or turned round.</summary>
public sealed class SendingPauseTests
{
    private static readonly Actor Ada = new("ada@example.com");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_while_paused_waits_and_arrives_once_in_order_after_that()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.SendsPerNotification = 1);
        var id = await rig.App.NotificationAsync(receiver.Url);
        var components = rig.App.Get<ComponentService>();
        await rig.RaiseAsync(1);
        await rig.AllDeliveredAsync(1);

        var pausedAt = rig.App.Now;
        await rig.App.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        await rig.App.Get<SendingPauseService>().PauseAsync(new Actor("late@example.com"), Stop);
        for (var i = 0; i < 6; i++)
            await components.CreateAsync(new ComponentInput(rig.Page.Id, $"Meanwhile {i}", ComponentStatus.Operational), Stop);
        await LookAroundAsync(rig);
        Assert.Single(receiver.Requests);
        var rows = await rig.App.DeliveriesAsync();
        Assert.All(rows.Skip(1), d => Assert.Equal((DeliveryState.Pending, HoldReason.Paused, 0), (d.State, d.Hold, d.AttemptCount)));
        Assert.Equal(new PausedSending(pausedAt, Ada.Name, 6), await rig.App.Get<SendingPauseQueries>().FindAsync(Stop));

        // A test goes out all the same.
        var test = await rig.App.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.Null(test.Result.Failure);
        Assert.Equal(2, receiver.Requests.Count);

        await rig.App.Get<SendingPauseService>().ResumeAsync(Stop);
        await rig.AllDeliveredAsync(8);
        Assert.Equal(rows.Skip(1).Select(d => d.RequestId.ToString()), receiver.Requests.Skip(2).Select(r => r.Header("X-Request-ID")));
        Assert.Null(await rig.App.Get<SendingPauseQueries>().FindAsync(Stop));
        await components.CreateAsync(new ComponentInput(rig.Page.Id, "Afterwards", ComponentStatus.Operational), Stop);
        await rig.AllDeliveredAsync(9);
    }

    [Fact]
    public async Task Sends_under_way_end_and_jobs_that_exist_already_are_refused_without_using_an_attempt()
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500).After(signal.Task), ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync(configure: o => o.RetryJitter = 0);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 4; i++)
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
        var rows = await app.DeliveriesAsync();
        Assert.Equal(4, app.Enqueued());
        var underWay = app.RunJobAsync(rows[0].Id);
        await receiver.WaitForAsync(1);

        await app.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        foreach (var row in rows.Skip(1))
            Assert.Equal("Held (Paused); no attempt was used", (await app.RunJobAsync(row.Id)).Note);
        signal.SetResult();
        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await underWay).Kind);
        // Its retry falls due, and waits too.
        app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("Held (Paused); no attempt was used", (await app.RunJobAsync(rows[0].Id)).Note);

        Assert.Single(receiver.Requests);
        var held = await app.DeliveriesAsync();
        Assert.All(held, d => Assert.Equal(HoldReason.Paused, d.Hold));
        Assert.Equal([DeliveryState.Retrying, DeliveryState.Pending, DeliveryState.Pending, DeliveryState.Pending], held.Select(d => d.State));
        Assert.Equal([1, 0, 0, 0], held.Select(d => d.AttemptCount));
        await app.Get<SendingPauseService>().ResumeAsync(Stop);
        // The three that wait longest go first; the retry has a queue of its own.
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Retries) == 1);
        Assert.Equal((4, 3), (app.Enqueued(), app.Enqueued(QueueNames.Own)));
    }

    [Fact]
    public async Task It_survives_a_restart_and_no_job_is_made_over_and_over()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var before = await CoreApp.StartAsync(database, o => o.SendsPerNotification = 2, keepDatabase: true))
        {
            var page = await before.SampleDataAsync();
            await before.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
            // Two have jobs, which are gone with the process; two wait for them, and two for the pause.
            for (var i = 0; i < 6; i++)
            {
                if (i == 4)
                    await before.Get<SendingPauseService>().PauseAsync(Ada, Stop);
                await before.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational), Stop);
            }
        }
        await using var rig = await DispatchRig.StartAsync(o => o.SendsPerNotification = 2, database);
        await LookAroundAsync(rig);
        // Not asked for yet in this process, so a claim has found out; then no job is made any more.
        var made = rig.App.Get<JobStorage>().GetMonitoringApi().GetStatistics().Deleted;
        Assert.InRange(made, 0, 6);
        await LookAroundAsync(rig);
        Assert.Equal(made, rig.App.Get<JobStorage>().GetMonitoringApi().GetStatistics().Deleted);
        Assert.Empty(receiver.Requests);
        Assert.Equal(Ada.Name, (await rig.App.Get<SendingPauseQueries>().FindAsync(Stop))!.By);

        await rig.App.Get<SendingPauseService>().ResumeAsync(Stop);
        await rig.AllDeliveredAsync(6);
        Assert.Equal(6, receiver.Requests.Count);
    }

    [Fact]
    public async Task Redeliver_by_hand_waits_too()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.MaxAttempts = 1);
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync())[0].State == DeliveryState.Failed);

        await rig.App.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        await rig.App.Get<RedeliveryService>().RedeliverAsync(1, Stop);
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync())[0].Hold == HoldReason.Paused);
        await LookAroundAsync(rig);
        Assert.Single(receiver.Requests);
        await rig.App.Get<SendingPauseService>().ResumeAsync(Stop);
        await rig.AllDeliveredAsync(1);
    }

    [Fact]
    public async Task In_order_stays_in_order()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        await rig.App.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Receiver", new(receiver.Url.AbsoluteUri),
            new([EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved]) { InOrder = true }), Stop);
        await rig.App.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        var incident = await rig.IncidentAsync("First");
        var incidents = rig.App.Get<IncidentService>();
        await incidents.PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Identified, "Found."), Ada, Stop);
        await incidents.PostUpdateAsync(incident, 1, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Ada, Stop);
        await LookAroundAsync(rig);
        Assert.Empty(receiver.Requests);

        await rig.App.Get<SendingPauseService>().ResumeAsync(Stop);
        await rig.AllDeliveredAsync(3);
        Assert.Equal(["incident.created", "incident.updated", "incident.resolved"], receiver.Requests.Select(r => r.Header("X-Webhook-Event")));
    }

    [Fact]
    public async Task The_time_of_a_pause_does_not_count_as_failing()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync(configure: o => (o.MaxAttempts, o.CircuitFailures) = (1, 0));
        var page = await app.SampleDataAsync();
        var id = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 10; i++)
            await FailAsync($"Part {i}");
        app.Time.Advance(TimeSpan.FromDays(1));
        await app.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        app.Time.Advance(TimeSpan.FromDays(6));
        var during = await app.NotificationAsync(receiver.Url, name: "Made meanwhile", events: EventType.IncidentCreated);
        app.Time.Advance(TimeSpan.FromDays(1));
        await app.Get<SendingPauseService>().ResumeAsync(Stop);

        await using (var db = app.Open())
        {
            var counting = await db.NotificationHealth.ToDictionaryAsync(h => h.NotificationId, h => h.CountingSince, Stop);
            Assert.Equal((app.Now.AddDays(-1), app.Now), (counting[id], counting[during]));
        }
        await FailAsync("One day of failing");
        Assert.True(await EnabledAsync());
        app.Time.Advance(TimeSpan.FromDays(4));
        await FailAsync("Five days of failing");
        Assert.False(await EnabledAsync());

        async Task FailAsync(string name)
        {
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, name, ComponentStatus.Operational), Stop);
            await app.RunJobAsync((await app.DeliveriesAsync())[^1].Id);
        }

        async Task<bool> EnabledAsync() => (await app.Get<NotificationQueries>().FindAsync(id, Stop))!.Enabled;
    }

    [Fact]
    public async Task Another_instance_sees_it_and_does_not_send_back_to_wait_what_was_resumed()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using var first = await CoreApp.StartAsync(database, keepDatabase: true);
        await using var second = await CoreApp.StartAsync(database, more: services => services.AddSingleton(new InstanceOptions(SingleInstance: false)));
        var page = await first.SampleDataAsync();
        await first.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        var watch = ActivatorUtilities.CreateInstance<SendingPauseWatch>(second.Services);
        await second.Get<SendingPauseState>().RefreshAsync(Stop);

        await first.Get<SendingPauseService>().PauseAsync(Ada, Stop);
        Assert.False(second.Get<SendingPauseQueries>().IsPaused);
        await watch.LookAsync(Stop);
        Assert.True(second.Get<SendingPauseQueries>().IsPaused);
        await second.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "There", ComponentStatus.Operational), Stop);
        await second.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "There too", ComponentStatus.Operational), Stop);
        Assert.Equal(0, second.Enqueued());

        await first.Get<SendingPauseService>().ResumeAsync(Stop);
        Assert.True(second.Get<SendingPauseQueries>().IsPaused);
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await second.RunJobAsync(1)).Kind);
        await watch.LookAsync(Stop);
        Assert.False(second.Get<SendingPauseQueries>().IsPaused);
        await Eventually.TrueAsync(() => second.Enqueued(QueueNames.Own) == 1);
    }

    /// <summary>Everybody who looks for something to send looks, more than once, and the dust settles.</summary>
    private static async Task LookAroundAsync(DispatchRig rig)
    {
        for (var i = 0; i < 3; i++)
        {
            await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: i == 0, Stop);
            await rig.IdleAsync();
            rig.Advance(TimeSpan.FromMilliseconds(250));
            await rig.IdleAsync();
        }
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Deliveries;

/// <summary>What is measured of real saves and real sends to a receiver.</summary>
public sealed class DeliveryMetricsTests
{
    private const string Success = "{atstatus.attempt.outcome=success}";
    private const string HttpStatus = "{atstatus.attempt.outcome=http_status}";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_attempts_and_deliveries_are_counted_once_they_are_committed()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Status(503), ScriptedResponse.Status(503));
        await using var app = await CoreApp.StartAsync(configure: o => (o.MaxAttempts, o.RetryJitter) = (2, 0));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.IncidentCreated);
        using var metrics = new MeterReader(app.Services);

        await IncidentAsync(app, page, "First");
        await RunAllAsync(app);
        Assert.Equal(1, metrics.Sum("atstatus.events.recorded{atstatus.event.type=incident.created}"));
        Assert.Equal(1, metrics.Sum($"atstatus.attempts{Success}"));
        Assert.Equal(1, metrics.Sum("atstatus.deliveries.settled{atstatus.delivery.state=delivered}"));

        await IncidentAsync(app, page, "Second");
        await RunAllAsync(app);
        Assert.Equal(1, metrics.Sum($"atstatus.attempts{HttpStatus}"));
        Assert.DoesNotContain(metrics.Series, s => s.Contains("state=failed", StringComparison.Ordinal));
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await RunAllAsync(app);
        Assert.Equal(2, metrics.Sum($"atstatus.attempts{HttpStatus}"));
        Assert.Equal(1, metrics.Sum("atstatus.deliveries.settled{atstatus.delivery.state=failed,error.type=http_status}"));

        // A send's duration is measured by the sender's clock, which stands still here.
        Assert.Equal([0], metrics.Of($"atstatus.send.duration{Success}"));
        Assert.Equal([0, 0], metrics.Of($"atstatus.send.duration{HttpStatus}"));
    }

    [Fact]
    public async Task The_kind_of_failure_is_told_and_skipped_ones_are_counted_wherever_they_are_skipped()
    {
        using var closed = LoopbackReceiver.RefusingPort(out var port);
        await using var app = await CoreApp.StartAsync(configure: o => (o.MaxAttempts, o.SendsPerNotification) = (1, 1));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(new Uri($"http://127.0.0.1:{port}/hook"), events: EventType.IncidentCreated);
        var off = await app.NotificationAsync(new Uri($"http://127.0.0.1:{port}/other"), events: EventType.ComponentCreated);
        using var metrics = new MeterReader(app.Services);

        await IncidentAsync(app, page, "First");
        await RunAllAsync(app);
        Assert.Equal(1, metrics.Sum("atstatus.deliveries.settled{atstatus.delivery.state=failed,error.type=connection}"));
        Assert.Equal(1, metrics.Sum("atstatus.attempts{atstatus.attempt.outcome=connection}"));

        app.Get<WebhookOptions>().RequireHttps = true;
        await ComponentAsync(app, page, "One");
        await RunAllAsync(app);
        Assert.Equal(1, metrics.Sum("atstatus.deliveries.settled{atstatus.delivery.state=failed,error.type=address_refused}"));

        // Skipped by its save, by its claim, and while it waits without a job.
        const string Skipped = "atstatus.deliveries.settled{atstatus.delivery.state=skipped}";
        await IncidentAsync(app, page, "Quiet", doNotNotify: true);
        Assert.Equal(1, metrics.Sum(Skipped));
        await ComponentAsync(app, page, "Two");
        await app.Get<SendingPauseService>().PauseAsync(new Actor("op"), Stop);
        await ComponentAsync(app, page, "Three");
        await app.Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        await Eventually.TrueAsync(() => metrics.Sum(Skipped) == 2);
        await app.Get<SendingPauseService>().ResumeAsync(Stop);
        await RunAllAsync(app);
        Assert.Equal(3, metrics.Sum(Skipped));
        Assert.Equal(3, (await app.DeliveriesAsync()).Count(d => d.State == DeliveryState.Skipped));
    }

    [Fact]
    public async Task An_attempt_that_its_process_did_not_survive_counts_as_cancelled()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"), events: EventType.IncidentCreated);
        await IncidentAsync(app, page, "First");
        var delivery = Assert.Single(await app.DeliveriesAsync());
        app.Get<DeliveryStore>().LetGo(Assert.IsType<ClaimResult.Claimed>(await app.Get<DeliveryStore>().ClaimAsync(delivery.Id, null)).Claim);
        using var metrics = new MeterReader(app.Services);

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.Get<Sweeper>().SweepAsync(firstOfProcess: false, Stop);

        Assert.Equal(1, metrics.Sum("atstatus.attempts{atstatus.attempt.outcome=cancelled}"));
        Assert.DoesNotContain(metrics.Series, s => s.StartsWith("atstatus.deliveries.settled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tests_are_not_counted()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(receiver.Url);
        using var metrics = new MeterReader(app.Services);

        await app.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);

        await receiver.WaitForAsync(1);
        Assert.Empty(metrics.Series);
    }

    [Fact]
    public async Task The_queue_s_age_and_what_waits_are_read_from_the_database_every_few_seconds()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await CoreApp.StartAsync(configure: o => o.SendsPerNotification = 1);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.IncidentCreated);
        using var metrics = new MeterReader(app.Services);
        // Whoever saves or sends makes the instruments; the console makes them at its start.
        _ = app.Get<DeliveryMetrics>();
        Assert.Equal(0, metrics.Observe().Last("atstatus.queue.age{atstatus.hold.reason=none}"));

        await IncidentAsync(app, page, "First");
        app.Time.Advance(TimeSpan.FromSeconds(30));
        await app.Get<SendingPauseService>().PauseAsync(new Actor("op"), Stop);
        await IncidentAsync(app, page, "Second");
        await IncidentAsync(app, page, "Third");
        app.Time.Advance(TimeSpan.FromSeconds(60));

        metrics.Observe();
        Assert.Equal(90, metrics.Last("atstatus.queue.age{atstatus.hold.reason=none}"));
        Assert.Equal(60, metrics.Last("atstatus.queue.age{atstatus.hold.reason=paused}"));
        Assert.Equal(1, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=none}"));
        Assert.Equal(2, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=paused}"));
        // Every reason is there, zeros included, so that no line of a chart begins when things go wrong.
        Assert.Equal(1 + Enum.GetValues<HoldReason>().Length, metrics.Series.Count(s => s.StartsWith("atstatus.deliveries.waiting", StringComparison.Ordinal)));

        await app.Get<SendingPauseService>().ResumeAsync(Stop);
        await RunAllAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(90, metrics.Observe().Last("atstatus.queue.age{atstatus.hold.reason=none}"));
        app.Time.Advance(TimeSpan.FromSeconds(2));
        metrics.Observe();
        Assert.Equal(0, metrics.Last("atstatus.queue.age{atstatus.hold.reason=none}"));
        Assert.Equal(0, metrics.Last("atstatus.queue.age{atstatus.hold.reason=paused}"));
        Assert.Equal(0, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=paused}"));
    }

    [Fact]
    public async Task A_retry_that_waits_for_its_time_is_not_due_and_one_that_is_overdue_has_an_age()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync(configure: o => o.RetryJitter = 0);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.IncidentCreated);
        await IncidentAsync(app, page, "First");
        await RunAllAsync(app);
        using var metrics = new MeterReader(app.Services);

        app.Time.Advance(TimeSpan.FromSeconds(50));
        metrics.Observe();
        Assert.Equal(0, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=none}"));
        Assert.Equal(0, metrics.Last("atstatus.queue.age{atstatus.hold.reason=none}"));
        app.Time.Advance(TimeSpan.FromSeconds(25));
        metrics.Observe();
        Assert.Equal(1, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=none}"));
        Assert.Equal(15, metrics.Last("atstatus.queue.age{atstatus.hold.reason=none}"));
    }

    [Fact]
    public async Task Open_circuits_are_counted_with_what_they_hold_back()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await CoreApp.StartAsync(configure: o => (o.CircuitFailures, o.MaxAttempts) = (1, 1));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.IncidentCreated);
        using var metrics = new MeterReader(app.Services);
        _ = app.Get<DeliveryMetrics>();
        Assert.Equal(0, metrics.Observe().Last("atstatus.circuits.open"));

        await IncidentAsync(app, page, "First");
        await RunAllAsync(app);
        await IncidentAsync(app, page, "Second");
        app.Time.Advance(TimeSpan.FromSeconds(6));

        metrics.Observe();
        Assert.Equal(1, metrics.Last("atstatus.circuits.open"));
        Assert.Equal(1, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=circuit}"));
        Assert.Equal(6, metrics.Last("atstatus.queue.age{atstatus.hold.reason=circuit}"));
    }

    [Fact]
    public async Task Sends_under_way_are_counted_while_they_are()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.IncidentCreated);
        await IncidentAsync(app, page, "First");
        using var metrics = new MeterReader(app.Services);

        var run = app.RunJobAsync((await app.DeliveriesAsync())[0].Id);
        await receiver.WaitForAsync(1);
        Assert.Equal(1, metrics.Observe().Last("atstatus.sends.active"));
        // Being sent it does not wait any more; it is not settled either.
        Assert.Equal(0, metrics.Last("atstatus.deliveries.waiting{atstatus.hold.reason=none}"));
        answer.SetResult();
        await run;
        Assert.Equal(0, metrics.Observe().Last("atstatus.sends.active"));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_leaves_a_gap_and_nothing_else()
    {
        await using var app = await CoreApp.StartAsync();
        _ = app.Get<DeliveryMetrics>();
        using var metrics = new MeterReader(app.Services);
        await using (var db = app.Open())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"NotificationHealth\" RENAME TO \"Elsewhere\"", Stop);

        metrics.Observe();
        Assert.Equal(["atstatus.sends.active"], metrics.Series);

        await using (var db = app.Open())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Elsewhere\" RENAME TO \"NotificationHealth\"", Stop);
        app.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0, metrics.Observe().Last("atstatus.circuits.open"));
    }

    private static Task<int> IncidentAsync(CoreApp app, StatusPage page, string title, bool doNotNotify = false) => app.Get<IncidentService>().CreateAsync(
        new IncidentInput(page.Id, title, IncidentSeverity.Minor, IncidentStatus.Investigating, "m", []) { DoNotNotify = doNotNotify }, new Actor("op"));

    private static Task<int> ComponentAsync(CoreApp app, StatusPage page, string name) =>
        app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, name, ComponentStatus.Operational), Stop);

    /// <summary>Runs what is due until nothing is, as workers would.</summary>
    private static async Task RunAllAsync(CoreApp app)
    {
        for (var ran = true; ran;)
        {
            ran = false;
            foreach (var delivery in (await app.DeliveriesAsync()).Where(d => !d.State.IsSettled() && d.DueAt <= app.Now))
                ran |= (await app.RunJobAsync(delivery.Id)).Kind != DeliveryOutcomeKind.Nothing;
        }
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.Deliveries.Store;

/// <summary>Another notification is alerted, over a real receiver, when one starts to fail or is switched off: once, and never about itself.</summary>
public sealed partial class NotificationAlertTests : IAsyncLifetime
{
    private static readonly EventType[] Changes = [EventType.ComponentStatusChanged];

    private readonly LoopbackReceiver _broken = LoopbackReceiver.Start(ScriptedResponse.Status(500));
    private readonly LoopbackReceiver _pager = LoopbackReceiver.Start(ScriptedResponse.Status(200));
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private int _changes;

    public async ValueTask InitializeAsync() => await RestartAsync(_ => { });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _broken.DisposeAsync();
        await _pager.DisposeAsync();
    }

    [Fact]
    public async Task The_first_delivery_that_is_given_up_is_told_once_and_again_after_a_success()
    {
        await RestartAsync(options => options.CircuitFailures = 0);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var broken = await AddAsync("Broken", _broken.Url, pager);

        await ChangeAndRunAsync(attempts: 2);
        Assert.Empty(_pager.Requests);
        await ChangeAndRunAsync();
        await ChangeAndRunAsync();
        await ChangeAndRunAsync();

        var received = Assert.Single(_pager.Requests);
        Assert.Equal("notification.failing", received.Header("X-Webhook-Event"));
        var failed = (await _app.DeliveriesAsync()).First(d => d.State == DeliveryState.Failed);
        Assert.Equal(
            $$$"""{"event":"notification.failing","timestamp":"…","statusPage":null,"data":{"id":{{{broken}}},"name":"Broken","type":"webhook","reason":"A delivery was given up. All 3 attempts failed.","failure":"http_status","statusCode":500,"lastSuccessAt":null,"deliveryId":{{{failed.Id}}},"event":"component.status_changed","eventId":{{{failed.EventId}}},"url":null}}""",
            SomeTime().Replace(received.Text, "\"timestamp\":\"…\""));
        Assert.True(DocumentVerifier.Verify(received.Body, received.Header("X-Webhook-Signature")!, "s3cret"));
        Assert.Equal(("Pager", true), (await RowAsync("Broken")) is { AlertName: var name, AlertedAt: var at } ? (name, at is not null) : default);

        _broken.Script(ScriptedResponse.Status(200));
        await ChangeAndRunAsync();
        Assert.Null((await RowAsync("Broken")).AlertedAt);
        _broken.Script(ScriptedResponse.Status(500));
        await ChangeAndRunAsync();
        await ChangeAndRunAsync();

        Assert.Equal(2, _pager.Requests.Count);
        Assert.NotEqual(JsonValueKind.Null, JsonDocument.Parse(_pager.Requests[1].Body).RootElement.GetProperty("data").GetProperty("lastSuccessAt").ValueKind);
    }

    [Fact]
    public async Task Another_that_is_chosen_meanwhile_has_been_told_nothing_yet()
    {
        await RestartAsync(options => options.CircuitFailures = 0);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await using var second = LoopbackReceiver.Start();
        var desk = await AddAsync("Desk", second.Url, events: [EventType.IncidentCreated]);
        var broken = await AddAsync("Broken", _broken.Url, pager);
        await ChangeAndRunAsync();
        Assert.Single(_pager.Requests);

        await EditAsync(broken, desk);
        Assert.Null((await RowAsync("Broken")).AlertedAt);
        await ChangeAndRunAsync();
        await ChangeAndRunAsync();

        Assert.Single(_pager.Requests);
        Assert.Equal("notification.failing", Assert.Single(second.Requests).Header("X-Webhook-Event"));
    }

    [Fact]
    public async Task A_circuit_that_opens_is_told_before_anything_is_given_up()
    {
        await RestartAsync(options => (options.CircuitFailures, options.MaxAttempts) = (2, 9));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, pager);

        await ChangeAndRunAsync(attempts: 1);
        await RunAlertsAsync();
        Assert.Empty(_pager.Requests);
        await ChangeAndRunAsync(attempts: 1);
        await ChangeAndRunAsync(attempts: 1);

        Assert.Equal("2 attempts in a row failed. What follows is held back until it answers again.", Reason(Assert.Single(_pager.Requests)));
    }

    [Fact]
    public async Task One_that_is_switched_off_by_the_console_is_told_once_with_the_reason_and_by_hand_not()
    {
        _broken.Script(ScriptedResponse.Status(410));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var broken = await AddAsync("Broken", _broken.Url, pager);

        await ChangeAndRunAsync();
        var received = Assert.Single(_pager.Requests);
        Assert.Equal("notification.switched_off", received.Header("X-Webhook-Event"));
        Assert.Equal("The receiver answered 410 Gone. Nothing is sent to it until somebody switches it on.", Reason(received));
        await ChangeAndRunAsync();
        Assert.Single(_pager.Requests);

        var notifications = _app.Get<NotificationService>();
        await notifications.SetEnabledAsync(broken, true);
        await notifications.SetEnabledAsync(broken, false);
        await RunAlertsAsync();
        Assert.Single(_pager.Requests);
        await notifications.SetEnabledAsync(broken, true);
        await ChangeAndRunAsync();
        Assert.Equal(2, _pager.Requests.Count);
    }

    [Fact]
    public async Task After_it_was_told_of_failing_it_is_still_told_of_the_end()
    {
        await RestartAsync(options => (options.MaxAttempts, options.SwitchOffFailures, options.CircuitFailures) = (1, 2, 0));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, pager);
        await ChangeAndRunAsync();
        _app.Time.Advance(TimeSpan.FromDays(6));
        await ChangeAndRunAsync();
        Assert.Equal(["notification.failing", "notification.switched_off"], _pager.Requests.Select(r => r.Header("X-Webhook-Event")));
    }

    [Fact]
    public async Task Two_that_tell_each_other_do_not_go_on_for_ever()
    {
        await RestartAsync(options => options.MaxAttempts = 1);
        await using var second = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var one = await AddAsync("One", _broken.Url);
        var other = await AddAsync("Other", second.Url, one);
        await EditAsync(one, other);

        for (var i = 0; i < 5; i++)
            await ChangeAndRunAsync();

        var alerts = await AlertsAsync();
        Assert.Equal(["One", "Other"], alerts.Select(a => a.NotificationName).Order());
        Assert.All(alerts, a => Assert.Equal(DeliveryState.Failed, a.State));
    }

    /// <summary>Whoever is alerted fails at nothing but the alert itself, so that it is the alert which would raise another.</summary>
    [Theory]
    [InlineData(500, 0)]
    [InlineData(500, 1)]
    [InlineData(410, 0)]
    public async Task What_comes_of_sending_an_alert_is_told_nobody(int status, int circuitFailures)
    {
        await RestartAsync(options => (options.MaxAttempts, options.CircuitFailures) = (circuitFailures == 0 ? 1 : 2, circuitFailures));
        await using var second = LoopbackReceiver.Start(ScriptedResponse.Status(status));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var desk = await AddAsync("Desk", second.Url, pager, [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, desk);

        await ChangeAndRunAsync();

        Assert.NotEmpty(second.Requests);
        Assert.Equal(status != 410, (await RowAsync("Desk")).Enabled);
        Assert.Equal("Desk", Assert.Single(await AlertsAsync()).NotificationName);
        Assert.Empty(_pager.Requests);
        Assert.Null((await RowAsync("Desk")).AlertedAt);
    }

    [Fact]
    public async Task One_that_could_not_be_alerted_is_told_of_once_it_fails_at_something_else()
    {
        await RestartAsync(options => (options.MaxAttempts, options.CircuitFailures) = (1, 0));
        await using var second = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var desk = await AddAsync("Desk", second.Url, pager, [EventType.ComponentCreated]);
        await AddAsync("Broken", _broken.Url, desk);
        await ChangeAndRunAsync();
        Assert.Empty(_pager.Requests);

        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, "Part", ComponentStatus.Operational));
        await _app.RunJobAsync((await _app.DeliveriesAsync())[^1].Id);
        await RunAlertsAsync();

        Assert.Single(_pager.Requests);
        Assert.NotNull((await RowAsync("Desk")).AlertedAt);
    }

    [Fact]
    public async Task Nobody_chosen_deleted_or_off_loses_nothing_and_breaks_nothing()
    {
        await RestartAsync(options => options.MaxAttempts = 1);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var broken = await AddAsync("Broken", _broken.Url, pager);
        var notifications = _app.Get<NotificationService>();
        await notifications.SetEnabledAsync(pager, false);
        await ChangeAndRunAsync();
        var skipped = Assert.Single(await _app.DeliveriesAsync(), d => d.EventType.IsAlert());
        Assert.Equal((DeliveryState.Skipped, SkipCause.NotificationOff), (skipped.State, skipped.SkipCause));

        var version = (await _app.Get<NotificationQueries>().FindAsync(broken))!.Version;
        await notifications.DeleteAsync(pager);
        var detail = await _app.Get<NotificationQueries>().FindAsync(broken);
        Assert.Equal((null, version + 1), (detail!.Subscription.AlertNotificationId, detail.Version));

        // Pointing at nobody, as where it is deleted at the same moment: there is no foreign key.
        await using (var db = _app.Open())
        {
            await db.Notifications.Where(n => n.Id == broken)
                .ExecuteUpdateAsync(row => row.SetProperty(n => n.AlertNotificationId, 4711).SetProperty(n => n.Version, n => n.Version + 1));
            await db.NotificationHealth.ExecuteUpdateAsync(row => row.SetProperty(h => h.AlertedAt, (DateTime?)null));
        }
        await ChangeAndRunAsync();
        Assert.Single(await _app.DeliveriesAsync(), d => d.EventType.IsAlert());
        Assert.Null((await RowAsync("Broken")).AlertedAt);
    }

    [Fact]
    public async Task While_sending_is_paused_the_alert_waits()
    {
        await RestartAsync(options => options.MaxAttempts = 1);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, pager);
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.Degraded);
        var claim = Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync((await _app.DeliveriesAsync())[0].Id, null)).Claim;
        await _app.Get<SendingPauseService>().PauseAsync(new Actor("op"));

        await _app.Get<DeliveryStore>().RecordAsync(
            claim, new SendResult { StartedAt = _app.Time.GetUtcNow(), Duration = TimeSpan.Zero, Failure = FailureKind.HttpStatus, StatusCode = 500 });

        var alert = Assert.Single(await _app.DeliveriesAsync(), d => d.EventType.IsAlert());
        Assert.Equal((DeliveryState.Pending, HoldReason.Paused), (alert.State, alert.Hold));
        await RunAlertsAsync();
        Assert.Empty(_pager.Requests);
        await _app.Get<SendingPauseService>().ResumeAsync();
        await RunAlertsAsync();
        Assert.Single(_pager.Requests);
    }

    [Fact]
    public async Task Many_that_fail_at_once_tell_once_and_the_alert_gets_a_job_by_itself()
    {
        await RestartAsync(options => (options.MaxAttempts, options.SendsPerNotification, options.CircuitFailures) = (1, 50, 0));
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, pager, [EventType.ComponentCreated]);
        for (var i = 0; i < 30; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {i}", ComponentStatus.Operational));
        var ids = (await _app.DeliveriesAsync()).Select(d => d.Id).ToList();

        await Task.WhenAll(ids.Select(_app.RunJobAsync));

        var alert = Assert.Single(await _app.DeliveriesAsync(), d => d.EventType.IsAlert());
        await Eventually.TrueAsync(() => _app.Get<JobHandOver>().Live().ContainsKey(alert.Id));
        await _app.RunJobAsync(alert.Id);
        Assert.Single(_pager.Requests);
    }

    [Fact]
    public async Task What_was_committed_before_the_process_died_is_told_by_the_next_and_not_again()
    {
        var database = TestDatabase.Sqlite();
        await using (var dying = await CoreApp.StartAsync(database, options => options.MaxAttempts = 1, keepDatabase: true))
        {
            var page = await dying.SampleDataAsync();
            var pager = await dying.NotificationAsync(_pager.Url, events: EventType.IncidentCreated);
            await dying.Get<NotificationService>().CreateAsync(
                new NotificationInput("webhook", "Broken", new(_broken.Url.AbsoluteUri), new(Changes) { AlertNotificationId = pager }));
            await dying.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
            await dying.RunJobAsync(Assert.Single(await dying.DeliveriesAsync()).Id);
        }

        await using var next = await CoreApp.StartAsync(database, options => options.MaxAttempts = 1);
        await next.Get<Sweeper>().SweepAsync(firstOfProcess: true, CancellationToken.None);
        var alert = Assert.Single(await next.DeliveriesAsync(), d => d.EventType.IsAlert());
        await Eventually.TrueAsync(() => next.Get<JobHandOver>().Live().ContainsKey(alert.Id));
        await next.RunJobAsync(alert.Id);
        Assert.Single(_pager.Requests);
        var other = (await next.Get<StatusPageQueries>().ComponentsAsync())[^1];
        await next.Get<ComponentService>().SetStatusAsync(other.Id, ComponentStatus.MajorOutage);
        await next.RunJobAsync((await next.DeliveriesAsync())[^1].Id);
        Assert.Single(await next.DeliveriesAsync(), d => d.EventType.IsAlert());
    }

    [Fact]
    public async Task Two_instances_that_see_the_same_failing_tell_once()
    {
        await RestartAsync(options => options.MaxAttempts = 1);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        var broken = await AddAsync("Broken", _broken.Url, pager);
        await ChangeAndRunAsync();
        // The other instance's group was read before this one's was committed: it still takes itself for the first.
        await using var db = _app.Open();
        var about = await db.Notifications.AsNoTracking().SingleAsync(n => n.Id == broken);
        var delivery = (await _app.DeliveriesAsync()).First(d => d.State == DeliveryState.Failed);
        var late = new NotificationAlerts(db, _app.Now, new ConsoleAddress(null));
        late.Failed(about, NotificationHealth.Fresh(broken, _app.Now), delivery, new SendResult
        {
            StartedAt = _app.Time.GetUtcNow(),
            Duration = TimeSpan.Zero,
            Failure = FailureKind.HttpStatus,
            StatusCode = 500,
        });
        await late.WriteAsync(new HashSet<int>(), () => ValueTask.FromResult(false));
        Assert.Empty(late.Deliveries);
    }

    [Fact]
    public async Task The_events_page_and_the_log_show_an_alert_and_who_got_it()
    {
        await RestartAsync(options => options.MaxAttempts = 1);
        var pager = await AddAsync("Pager", _pager.Url, events: [EventType.IncidentCreated]);
        await AddAsync("Bystander", new Uri("http://127.0.0.1:9/"), events: [EventType.IncidentCreated]);
        await AddAsync("Broken", _broken.Url, pager);
        await ChangeAndRunAsync();
        var alert = Assert.Single(await _app.DeliveriesAsync(), d => d.EventType.IsAlert());

        var detail = await _app.Get<EventQueries>().FindAsync(alert.EventId);
        var recipient = Assert.Single(detail!.Notifications);
        Assert.Equal(("Pager", RecipientOutcome.Delivered), (recipient.Name, recipient.Results[0].Outcome));
        var row = (await _app.Get<DeliveryQueries>().PageAsync(new DeliveryFilter(pager), null, null, 10)).Rows.Single();
        Assert.Equal((EventType.NotificationFailing, "Broken"), (row.Event, row.Title));
    }

    private async Task RestartAsync(Action<WebhookOptions> configure)
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = await CoreApp.StartAsync(configure: configure);
        _page = await _app.SampleDataAsync();
    }

    private Task<int> AddAsync(string name, Uri url, int? alert = null, EventType[]? events = null) => _app.Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(url.AbsoluteUri, "s3cret"), new(events ?? Changes) { AlertNotificationId = alert }));

    private async Task EditAsync(int id, int alert)
    {
        var saved = await _app.Get<NotificationQueries>().FindAsync(id);
        await _app.Get<NotificationService>().UpdateAsync(id, saved!.Version, new NotificationInput(
            "webhook", saved.Name, new(saved.Url), new(saved.Subscription.Events) { AlertNotificationId = alert }));
    }

    /// <summary>One more event; its delivery is tried as often as it may be, or as told, and what waits for its time is tried at its time.</summary>
    private async Task ChangeAndRunAsync(int attempts = 9)
    {
        await _app.Get<ComponentService>().SetStatusAsync(
            _page.Components[0].Id, ++_changes % 2 == 1 ? ComponentStatus.Degraded : ComponentStatus.Operational);
        var eventId = (await _app.DeliveriesAsync()).Where(d => !d.EventType.IsAlert()).Max(d => d.EventId);
        for (var i = 0; i < attempts; i++)
        {
            var due = (await _app.DeliveriesAsync()).Where(d => d.EventId == eventId && !d.State.IsSettled()).ToList();
            if (due.Count == 0)
                break;
            if (due.Max(d => d.DueAt) is { } at && at > _app.Now)
                _app.Time.Advance(at - _app.Now);
            foreach (var delivery in due)
                await _app.RunJobAsync(delivery.Id);
        }
        await RunAlertsAsync();
    }

    /// <summary>Tries every alert that waits, and what that raises, as often as it may be; two that raise each other end here.</summary>
    private async Task RunAlertsAsync()
    {
        for (var rounds = 0; ; rounds++)
        {
            Assert.True(rounds < 20, "Alerts raise alerts.");
            var ran = false;
            foreach (var alert in (await AlertsAsync()).Where(alert => !alert.State.IsSettled() && alert.DueAt <= _app.Now))
                ran |= (await _app.RunJobAsync(alert.Id)).Kind != DeliveryOutcomeKind.Nothing;
            if (!ran)
                return;
        }
    }

    private async Task<List<Delivery>> AlertsAsync() => (await _app.DeliveriesAsync()).FindAll(d => d.EventType.IsAlert());

    private async Task<NotificationRow> RowAsync(string name) => (await _app.Get<NotificationQueries>().ListAsync()).Single(r => r.Name == name);

    private static string Reason(ReceivedRequest request) =>
        JsonDocument.Parse(request.Body).RootElement.GetProperty("data").GetProperty("reason").GetString()!;

    [GeneratedRegex("\"timestamp\":\"[^\"]+\"")]
    private static partial Regex SomeTime();
}

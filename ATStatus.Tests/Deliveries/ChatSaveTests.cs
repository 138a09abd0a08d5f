using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Deliveries;

/// <summary>One save is one message in a chat, and one request each at a webhook.</summary>
public sealed class ChatSaveTests : IAsyncLifetime
{
    private static readonly EventType[] Subscribed =
        [EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved, EventType.ComponentStatusChanged];

    private readonly StandInServices _services = new();
    private readonly LoopbackReceiver _webhook = LoopbackReceiver.Start();
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: _services.Register);
        _page = await _app.SampleDataAsync();
        while (_page.Components.Count < 5)
        {
            await _app.Get<ComponentService>().CreateAsync(new(_page.Id, $"Part {_page.Components.Count}", ComponentStatus.Operational), Stop);
            await using var db = _app.Open();
            _page.Components.Clear();
            _page.Components.AddRange(db.Components.Where(c => c.StatusPageId == _page.Id).OrderBy(c => c.Id));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _services.DisposeAsync();
        await _webhook.DisposeAsync();
    }

    [Theory]
    [InlineData("discord")]
    [InlineData("slack")]
    [InlineData("teams")]
    public async Task A_save_that_touches_five_components_is_one_message_that_tells_them_all(string kind)
    {
        var chat = await AddAsync(kind);
        await _app.NotificationAsync(_webhook.Url, name: "Hook", events: Subscribed);
        var incident = await IncidentAsync();

        var rows = (await _app.DeliveriesAsync()).Where(d => d.NotificationId == chat).ToList();
        Assert.Equal(6, rows.Count);
        var carrier = rows[0];
        Assert.Equal((EventType.IncidentCreated, DeliveryState.Pending, null), (carrier.EventType, carrier.State, carrier.CarrierId));
        Assert.All(rows.Skip(1), d => Assert.Equal(
            (DeliveryState.Skipped, SkipCause.Carried, $"Sent with #{carrier.Id}", carrier.Id), (d.State, d.SkipCause, d.Reason, d.CarrierId)));
        Assert.Equal(6, (await _app.DeliveriesAsync()).Count(d => d is { Kind: "webhook", State: DeliveryState.Pending }));

        await _app.RunEventAsync(carrier.EventId);
        await ReportAsync(chat, incident, RecipientOutcome.Delivered);
        await _app.Get<RedeliveryService>().RedeliverAsync(carrier.Id, Stop);
        await ReportAsync(chat, incident, RecipientOutcome.Waiting);
        await _app.RunJobAsync(carrier.Id);

        Assert.Equal(2, _services.Receiver.Requests.Count);
        Assert.Equal(_services.Receiver.Requests[0].Body, _services.Receiver.Requests[1].Body);
        var text = _services.Receiver.Requests[0].Text;
        Assert.Contains("Everything is down", text, StringComparison.Ordinal);
        Assert.Contains("Component changes", text, StringComparison.Ordinal);
        Assert.All(_page.Components.Take(5), c => Assert.Contains(c.Name, text, StringComparison.Ordinal));
        // The log shows what was sent, and where the others went.
        var shown = (await _app.Get<DeliveryQueries>().FindAsync(carrier.Id, Stop))!;
        Assert.Equal(text, await _app.Get<SentMessages>().RenderAsync(shown, Stop));
        Assert.Equal(carrier.Id, (await _app.Get<DeliveryQueries>().FindAsync(rows[3].Id, Stop))!.CarrierId);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => _app.Get<RedeliveryService>().RedeliverAsync(rows[3].Id, Stop));
        Assert.Contains($"#{carrier.Id}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_that_is_entered_as_resolved_has_one_delivery_under_way_in_a_chat_and_none_skipped()
    {
        await AddAsync("slack");
        var id = await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "It was down", IncidentSeverity.Major, IncidentStatus.Resolved, "It is over.", []), new Actor("op"), Stop);
        Assert.Equal(2, (await _app.DeliveriesAsync()).Count);
        Assert.Equal(new DeliveryProgress(0, 1, 0, 0, 0, 0), await _app.Get<EventQueries>().ProgressAsync(EventGroup.Incidents, id, Stop));
    }

    [Fact]
    public async Task The_first_that_matches_carries_and_what_is_alone_carries_nothing()
    {
        var chat = await AddAsync("slack", EventType.ComponentStatusChanged);
        await AddAsync("discord", EventType.IncidentCreated);
        await IncidentAsync();
        var rows = await _app.DeliveriesAsync();
        Assert.Equal(5, rows.Count(d => d.NotificationId == chat));
        Assert.Equal(4, rows.Count(d => d.NotificationId == chat && d.SkipCause == SkipCause.Carried));
        Assert.Null(rows.Single(d => d.Kind == "discord").Body);

        foreach (var row in rows.Where(d => d.State == DeliveryState.Pending))
            await _app.RunEventAsync(row.EventId);
        Assert.Equal(2, _services.Receiver.Requests.Count);
    }

    [Fact]
    public async Task What_is_not_sent_is_skipped_for_its_own_reason_and_carried_by_nothing()
    {
        var chat = await AddAsync("slack");
        await _app.Get<NotificationService>().SetEnabledAsync(chat, false, Stop);
        await IncidentAsync();
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Equal((SkipCause.NotificationOff, null), (d.SkipCause, d.CarrierId)));
    }

    [Fact]
    public async Task In_order_a_later_message_about_one_of_its_components_waits_for_the_whole_message()
    {
        var chat = await _app.Get<NotificationService>().CreateAsync(
            new("slack", "Chat", new(StandInServices.SlackUrl), new(Subscribed) { InOrder = true }), Stop);
        await IncidentAsync();
        // Another subject than the message's first event, and one that it tells.
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[4].Id, ComponentStatus.Operational, cancellationToken: Stop);

        var rows = (await _app.DeliveriesAsync()).Where(d => d.NotificationId == chat && d.SkipCause is null).ToList();
        Assert.Equal([null, HoldReason.Order], rows.Select(d => d.Hold));
        Assert.All(rows, d => Assert.Equal(Delivery.ChannelSubject, d.Subject));
    }

    [Fact]
    public async Task Resending_what_was_missed_leaves_out_what_went_with_another()
    {
        var chat = await AddAsync("slack");
        await IncidentAsync();
        var rows = (await _app.DeliveriesAsync()).Where(d => d.NotificationId == chat).ToList();
        var outlook = await _app.Get<BulkRedelivery>().LookAsync(BulkKind.Recover, [.. rows.Skip(1).Select(d => d.Id)], Stop);
        Assert.Empty(outlook.Possible);
        Assert.Equal(5, outlook.Refused[BulkRefusal.Carried]);
    }

    private async Task ReportAsync(int chat, int incident, RecipientOutcome expected)
    {
        var queries = _app.Get<EventQueries>();
        var report = await queries.ReportAsync(EventGroup.Incidents, incident, cancellationToken: Stop);
        Assert.Equal(expected, Assert.Single(report.Notifications, n => n.NotificationId == chat).Results[0].Outcome);
        foreach (var row in (await _app.DeliveriesAsync()).Where(d => d.NotificationId == chat))
        {
            var told = (await queries.FindAsync(row.EventId, Stop))!.Notifications.Single(n => n.NotificationId == chat).Results.Single();
            Assert.Equal(expected, told.Outcome);
        }
    }

    private Task<int> AddAsync(string kind, params EventType[] events) => _app.Get<NotificationService>().CreateAsync(
        new(kind, $"Chat {kind}", new(StandInServices.UrlOf(kind)), new(events.Length == 0 ? Subscribed : events)), Stop);

    private Task<int> IncidentAsync() => _app.Get<IncidentService>().CreateAsync(
        new(_page.Id, "Everything is down", IncidentSeverity.Critical, IncidentStatus.Investigating, "We look.",
            [.. _page.Components.Take(5).Select(c => new AffectedComponent(c.Id, ComponentStatus.MajorOutage))]), new Actor("op"), Stop);
}

using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.DeliveryLog;

/// <summary>Who received an event, and a subject's events: every way it can have gone, over a real receiver and a real database.</summary>
public sealed class EventQueryTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Every_notification_is_accounted_for()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"));
        await AddAsync("b delivered", receiver.Url);
        await AddAsync("a failed", gone.Url);
        await AddAsync("c waiting", new Uri("http://127.0.0.1:9/"));
        var off = await AddAsync("d off", receiver.Url);
        await _app.Get<NotificationService>().SetEnabledAsync(off, false);
        var deleted = await AddAsync("e deleted", receiver.Url);
        await AddAsync("f event", receiver.Url, EventType.ComponentCreated);
        await AddAsync("g page", receiver.Url, page: other);
        var leftAndDeleted = await AddAsync("h left out, then deleted", receiver.Url, EventType.ComponentCreated);
        var incident = await IncidentAsync();
        foreach (var delivery in (await _app.DeliveriesAsync()).Where(d => d.NotificationName[0] is 'a' or 'b'))
            await _app.RunJobAsync(delivery.Id);
        await _app.Get<NotificationService>().DeleteAsync(deleted);
        await _app.Get<NotificationService>().DeleteAsync(leftAndDeleted);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync("i later", receiver.Url);

        var detail = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;

        Assert.Equal(
            [
                ("a failed", RecipientOutcome.Failed), ("b delivered", RecipientOutcome.Delivered), ("c waiting", RecipientOutcome.Waiting), ("d off", RecipientOutcome.Skipped), ("e deleted", RecipientOutcome.Skipped),
                ("f event", RecipientOutcome.NotSubscribed), ("g page", RecipientOutcome.NotSubscribed), ("h left out, then deleted", RecipientOutcome.NotSubscribed), ("i later", RecipientOutcome.AddedLater),
            ],
            detail.Notifications.Select(n => (n.Name, Assert.Single(n.Results).Outcome)));
        var recipients = detail.Notifications.ToDictionary(n => n.Name[0], n => n);
        var failed = recipients['a'].Results[0].Delivery!;
        Assert.Equal((410, DeliveryState.Failed), (failed.LastStatusCode, failed.State));
        Assert.Contains("switched off: By hand.", recipients['d'].Results[0].Delivery!.Reason, StringComparison.Ordinal);
        Assert.Equal((ExclusionReason.Event, ExclusionReason.Page), (recipients['f'].Results[0].Why, recipients['g'].Results[0].Why));
        Assert.Null(recipients['e'].NotificationId);
        Assert.Null(recipients['h'].NotificationId);
        Assert.Equal(_app.Now, recipients['i'].CreatedAt);
        Assert.Equal((EventType.IncidentCreated, "API errors", incident, "Main Status"), (detail.Row.Type, detail.Row.Title, detail.SubjectId, detail.StatusPageName));
        Assert.Equal(receiver.Requests[0].Body, detail.Payload);
    }

    [Fact]
    public async Task What_is_pruned_or_older_than_the_record_is_told_as_not_known()
    {
        await AddAsync("Receiver", new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        await using (var db = _app.Open())
            await db.Deliveries.ExecuteDeleteAsync();
        var detail = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;
        Assert.Equal(RecipientOutcome.Unknown, Assert.Single(detail.Notifications).Results[0].Outcome);
        Assert.Null(await _app.Get<EventQueries>().FindAsync(4711));
    }

    [Fact]
    public async Task A_subjects_events_stand_in_their_order_beside_each_notification()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await AddAsync("All", receiver.Url);
        await AddAsync("Resolved only", receiver.Url, EventType.IncidentResolved);
        var incident = await IncidentAsync(_page.Components[0].Id);
        await IncidentAsync();
        await UpdateAsync(incident, IncidentStatus.Identified);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync("Later", receiver.Url);
        await UpdateAsync(incident, IncidentStatus.Resolved);
        await _app.Get<TestSendService>().SendSavedAsync(1, EventType.IncidentCreated);

        var about = await _app.Get<EventQueries>().ReportAsync(EventGroup.Incidents, incident);

        Assert.Equal([EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved], about.Events.Select(e => e.Type));
        Assert.Equal(["All", "Later", "Resolved only"], about.Notifications.Select(n => n.Name));
        Assert.Equal([RecipientOutcome.Waiting, RecipientOutcome.Waiting, RecipientOutcome.Waiting], OutcomesOf(about, "All"));
        Assert.Equal([RecipientOutcome.AddedLater, RecipientOutcome.AddedLater, RecipientOutcome.Waiting], OutcomesOf(about, "Later"));
        Assert.Equal(
            [RecipientOutcome.NotSubscribed, RecipientOutcome.NotSubscribed, RecipientOutcome.Waiting], OutcomesOf(about, "Resolved only"));
        Assert.True(about is { HasEarlier: false, HasLater: false });

        // A component of the same number is another subject.
        var component = await _app.Get<EventQueries>().ReportAsync(EventGroup.Components, _page.Components[0].Id);
        Assert.All(component.Events, e => Assert.Equal(EventType.ComponentStatusChanged, e.Type));
        Assert.Empty((await _app.Get<EventQueries>().ReportAsync(EventGroup.Maintenance, incident)).Events);
    }

    [Fact]
    public async Task Of_many_events_the_latest_are_shown_and_the_earlier_ones_are_asked_for()
    {
        var component = _page.Components[0].Id;
        for (var i = 0; i < EventQueries.PageSize + 5; i++)
            await _app.Get<ComponentService>().SetStatusAsync(component, i % 2 == 0 ? ComponentStatus.Degraded : ComponentStatus.Operational);
        var queries = _app.Get<EventQueries>();

        var latest = await queries.ReportAsync(EventGroup.Components, component);
        Assert.Equal(EventQueries.PageSize, latest.Events.Count);
        Assert.True(latest is { HasEarlier: true, HasLater: false });
        var earlier = await queries.ReportAsync(EventGroup.Components, component, latest.Events[0].Id);
        Assert.Equal(5, earlier.Events.Count);
        Assert.True(earlier is { HasEarlier: false, HasLater: true });
        Assert.Equal(Enumerable.Range(1, EventQueries.PageSize + 5).Select(i => (long)i), earlier.Events.Concat(latest.Events).Select(e => e.Id));
    }

    [Fact]
    public async Task Two_deleted_notifications_of_one_name_are_two()
    {
        var first = await AddAsync("Twin", new Uri("http://127.0.0.1:9/1"));
        var second = await AddAsync("Twin", new Uri("http://127.0.0.1:9/2"), EventType.IncidentResolved);
        var incident = await IncidentAsync();
        await _app.Get<NotificationService>().DeleteAsync(first);
        await UpdateAsync(incident, IncidentStatus.Resolved);
        await _app.Get<NotificationService>().DeleteAsync(second);

        var about = await _app.Get<EventQueries>().ReportAsync(EventGroup.Incidents, incident);

        Assert.Equal(["Twin", "Twin"], about.Notifications.Select(n => n.Name));
        Assert.Equal(2, about.Notifications.Select(n => n.Key).Distinct().Count());
        Assert.Equal(
            [RecipientOutcome.Skipped, RecipientOutcome.Skipped, RecipientOutcome.NotSubscribed, RecipientOutcome.Unknown], about.Notifications.SelectMany(n => n.Results.Select(t => t.Outcome)).OrderBy(t => t));
    }

    [Fact]
    public async Task A_test_is_told_to_the_one_that_was_tested()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var tested = await AddAsync("Tested", receiver.Url);
        await AddAsync("Other", receiver.Url);
        await _app.Get<TestSendService>().SendSavedAsync(tested, EventType.IncidentCreated);

        var detail = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;

        Assert.True(detail.IsTest);
        var only = Assert.Single(detail.Notifications);
        Assert.Equal((tested, "Tested", RecipientOutcome.Delivered), (only.NotificationId, only.Name, only.Results[0].Outcome));
    }

    private static IEnumerable<RecipientOutcome> OutcomesOf(RecipientReport about, string name) => about.Notifications.Single(n => n.Name == name).Results.Select(t => t.Outcome);

    private Task<int> AddAsync(string name, Uri url, EventType? type = null, int? page = null) => _app.Get<NotificationService>().CreateAsync(
        new NotificationInput(
            "webhook", name, new(url.AbsoluteUri),
            new(type is { } only ? [only] : [.. EventTypes.All]) { StatusPageIds = page is { } id ? [id] : null }));

    private Task<int> IncidentAsync(params int[] components) => _app.Get<IncidentService>().CreateAsync(
        new IncidentInput(_page.Id, "API errors", IncidentSeverity.Major, IncidentStatus.Investigating, "m", [.. components.Select(c => new AffectedComponent(c))]), new Actor("op"));

    private async Task UpdateAsync(int incident, IncidentStatus status)
    {
        var version = (await _app.Get<IncidentQueries>().FindAsync(incident))!.Version;
        await _app.Get<IncidentService>().PostUpdateAsync(incident, version, new IncidentUpdateInput(status, "m"), new Actor("op"));
    }

    private async Task<long> OnlyEventAsync()
    {
        await using var db = _app.Open();
        return await db.Events.Select(e => e.Id).SingleAsync();
    }
}

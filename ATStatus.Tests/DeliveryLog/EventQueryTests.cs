using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.DeliveryLog;

/// <summary>Who was told of an event and about a subject: every way it can have gone, over a real receiver and a real database.</summary>
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

        var happened = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;

        Assert.Equal(
            [
                ("a failed", Told.Failed), ("b delivered", Told.Delivered), ("c waiting", Told.Waiting), ("d off", Told.Skipped), ("e deleted", Told.Skipped),
                ("f event", Told.ExclusionReason), ("g page", Told.ExclusionReason), ("h left out, then deleted", Told.ExclusionReason), ("i later", Told.MadeLater),
            ],
            happened.Notifications.Select(n => (n.Name, Assert.Single(n.Tellings).Told)));
        var told = happened.Notifications.ToDictionary(n => n.Name[0], n => n);
        Assert.Equal((410, DeliveryState.Failed), (told['a'].Tellings[0].Delivery!.LastStatusCode, told['a'].Tellings[0].Delivery!.State));
        Assert.Contains("switched off: By hand.", told['d'].Tellings[0].Delivery!.Reason, StringComparison.Ordinal);
        Assert.Equal((ExclusionReason.Event, ExclusionReason.Page), (told['f'].Tellings[0].Why, told['g'].Tellings[0].Why));
        Assert.Null(told['e'].NotificationId);
        Assert.Null(told['h'].NotificationId);
        Assert.Equal(_app.Now, told['i'].CreatedAt);
        Assert.Equal((EventType.IncidentCreated, "API errors", incident, "Main Status"), (happened.Row.Type, happened.Row.Title, happened.SubjectId, happened.StatusPageName));
        Assert.Equal(receiver.Requests[0].Body, happened.Payload);
    }

    [Fact]
    public async Task What_is_pruned_or_older_than_the_record_is_told_as_not_known()
    {
        await AddAsync("Receiver", new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        await using (var db = _app.Open())
            await db.Deliveries.ExecuteDeleteAsync();
        var happened = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;
        Assert.Equal(Told.Unknown, Assert.Single(happened.Notifications).Tellings[0].Told);
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

        var about = await _app.Get<EventQueries>().ToldAboutAsync(EventGroup.Incidents, incident);

        Assert.Equal([EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved], about.Events.Select(e => e.Type));
        Assert.Equal(["All", "Later", "Resolved only"], about.Notifications.Select(n => n.Name));
        Assert.Equal([Told.Waiting, Told.Waiting, Told.Waiting], TellingsOf(about, "All"));
        Assert.Equal([Told.MadeLater, Told.MadeLater, Told.Waiting], TellingsOf(about, "Later"));
        Assert.Equal([Told.ExclusionReason, Told.ExclusionReason, Told.Waiting], TellingsOf(about, "Resolved only"));
        Assert.True(about is { HasEarlier: false, HasLater: false });

        // A component of the same number is another subject.
        var component = await _app.Get<EventQueries>().ToldAboutAsync(EventGroup.Components, _page.Components[0].Id);
        Assert.All(component.Events, e => Assert.Equal(EventType.ComponentStatusChanged, e.Type));
        Assert.Empty((await _app.Get<EventQueries>().ToldAboutAsync(EventGroup.Maintenance, incident)).Events);
    }

    [Fact]
    public async Task Of_many_events_the_latest_are_shown_and_the_earlier_ones_are_asked_for()
    {
        var component = _page.Components[0].Id;
        for (var i = 0; i < EventQueries.PageSize + 5; i++)
            await _app.Get<ComponentService>().SetStatusAsync(component, i % 2 == 0 ? ComponentStatus.Degraded : ComponentStatus.Operational);
        var queries = _app.Get<EventQueries>();

        var latest = await queries.ToldAboutAsync(EventGroup.Components, component);
        Assert.Equal(EventQueries.PageSize, latest.Events.Count);
        Assert.True(latest is { HasEarlier: true, HasLater: false });
        var earlier = await queries.ToldAboutAsync(EventGroup.Components, component, latest.Events[0].Id);
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

        var about = await _app.Get<EventQueries>().ToldAboutAsync(EventGroup.Incidents, incident);

        Assert.Equal(["Twin", "Twin"], about.Notifications.Select(n => n.Name));
        Assert.Equal(2, about.Notifications.Select(n => n.Key).Distinct().Count());
        Assert.Equal(
            [Told.Skipped, Told.Skipped, Told.ExclusionReason, Told.Unknown], about.Notifications.SelectMany(n => n.Tellings.Select(t => t.Told)).OrderBy(t => t));
    }

    [Fact]
    public async Task A_test_is_told_to_the_one_that_was_tested()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var tested = await AddAsync("Tested", receiver.Url);
        await AddAsync("Other", receiver.Url);
        await _app.Get<TestSendService>().SendSavedAsync(tested, EventType.IncidentCreated);

        var happened = (await _app.Get<EventQueries>().FindAsync(await OnlyEventAsync()))!;

        Assert.True(happened.IsTest);
        var only = Assert.Single(happened.Notifications);
        Assert.Equal((tested, "Tested", Told.Delivered), (only.NotificationId, only.Name, only.Tellings[0].Told));
    }

    private static IEnumerable<Told> TellingsOf(ToldAbout about, string name) => about.Notifications.Single(n => n.Name == name).Tellings.Select(t => t.Told);

    private Task<int> AddAsync(string name, Uri url, EventType? type = null, int? page = null) => _app.Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, url.AbsoluteUri, null, false, type is { } only ? [only] : [.. EventTypes.All], page is null, page is { } id ? [id] : []));

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

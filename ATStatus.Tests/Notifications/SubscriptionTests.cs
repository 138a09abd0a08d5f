using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.Notifications;

/// <summary>Only some components, only from a severity upwards: who receives it, over real receivers, and who does not and why.</summary>
public sealed class SubscriptionTests : IAsyncLifetime
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Only_what_concerns_a_chosen_component_arrives_and_the_rest_says_why_it_does_not()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await AddAsync("API only", receiver.Url, components: [Part(0)]);
        await IncidentAsync("On the other", Part(1));
        await IncidentAsync("On both", Part(0), Part(1));
        await IncidentAsync("On none");
        await _app.Get<ComponentService>().SetStatusAsync(Part(0), ComponentStatus.Degraded);
        await _app.Get<ComponentService>().SetStatusAsync(Part(1), ComponentStatus.Degraded);

        await RunAllAsync();

        Assert.Equal(["incident.created On both", $"component.status_changed {_page.Components[0].Name}"], receiver.Requests.Select(Heard));
        Assert.Equal(
            [("On the other", ExclusionReason.Component), ("On none", ExclusionReason.Component), (_page.Components[1].Name, ExclusionReason.Component)],
            await ExcludedAsync(id));
    }

    [Fact]
    public async Task Only_incidents_from_a_severity_upwards_arrive_and_what_has_none_is_not_asked()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await AddAsync("Major", receiver.Url, least: IncidentSeverity.Major);
        foreach (var severity in IncidentSeverities.All)
            await IncidentAsync(severity.ToString(), severity);
        await _app.Get<ComponentService>().SetStatusAsync(Part(0), ComponentStatus.Degraded);

        await RunAllAsync();

        Assert.Equal(
            ["incident.created Major", "incident.created Critical", $"component.status_changed {_page.Components[0].Name}"], receiver.Requests.Select(Heard));
        Assert.Equal([("None", ExclusionReason.Severity), ("Minor", ExclusionReason.Severity)], await ExcludedAsync(id));
    }

    [Fact]
    public async Task Who_was_sent_the_beginning_is_sent_the_end_though_it_became_milder_and_left_the_component()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await AddAsync("Critical on the first", receiver.Url, [Part(0)], IncidentSeverity.Critical);
        var incident = await IncidentAsync("Outage", IncidentSeverity.Critical, Part(0), Part(1));
        await ChangeAsync(incident, IncidentSeverity.Minor, Part(1));
        await ResolveAsync(incident);
        var other = await IncidentAsync("Never critical", IncidentSeverity.Major, Part(0));
        await ResolveAsync(other);

        await RunAllAsync();

        Assert.Equal(["incident.created Outage", "incident.updated Outage", "incident.resolved Outage"], receiver.Requests.Select(Heard));
    }

    [Fact]
    public async Task An_incident_that_becomes_severe_enough_is_told_from_then_on()
    {
        var id = await AddAsync("Critical", Nowhere, least: IncidentSeverity.Critical);
        var incident = await IncidentAsync("Grows", IncidentSeverity.Minor, Part(0));
        await ChangeAsync(incident, IncidentSeverity.Critical, Part(0));
        await ChangeAsync(incident, IncidentSeverity.Major, Part(0));

        Assert.Equal([EventType.IncidentUpdated, EventType.IncidentUpdated], (await _app.DeliveriesAsync()).Select(d => d.EventType));
        Assert.Equal([("Grows", ExclusionReason.Severity)], await ExcludedAsync(id));
    }

    [Fact]
    public async Task Created_as_resolved_within_one_save_is_judged_as_one()
    {
        await AddAsync("Critical", Nowhere, least: IncidentSeverity.Critical);
        await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "Over", IncidentSeverity.Critical, IncidentStatus.Resolved, "It was short.", []), new Actor("op"));
        Assert.Equal([EventType.IncidentCreated, EventType.IncidentResolved], (await _app.DeliveriesAsync()).Select(d => d.EventType));
    }

    [Fact]
    public async Task Maintenance_is_told_to_its_components_whatever_the_severity_asked_for()
    {
        await AddAsync("First", Nowhere, [Part(0)], IncidentSeverity.Critical);
        await AddAsync("Second", Nowhere, [Part(1)]);
        await _app.Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(_page.Id, "Upgrade", "We upgrade.", [Part(0)], _app.Now.AddHours(1), _app.Now.AddHours(2)));
        Assert.Equal(["First"], (await _app.DeliveriesAsync()).Select(d => d.NotificationName));
    }

    [Fact]
    public async Task A_preview_counts_as_the_save_does()
    {
        await AddAsync("Second", Nowhere, [Part(1)]);
        await AddAsync("Critical", Nowhere, least: IncidentSeverity.Critical);
        await AddAsync("Minor on the first", Nowhere, [Part(0)], IncidentSeverity.Minor);
        var planned = await _app.Get<IncidentService>().PreviewCreateAsync(Input("Down", IncidentSeverity.Major, Part(0)), new Actor("op"));
        Assert.Equal(["Minor on the first"], Assert.Single(planned).Recipients.Select(r => r.Name));
    }

    [Fact]
    public async Task The_events_page_tells_the_reason()
    {
        await AddAsync("Second", Nowhere, [Part(1)]);
        await IncidentAsync("Down", Part(0));
        await using var db = _app.Open();
        var detail = await _app.Get<EventQueries>().FindAsync((await db.Events.SingleAsync()).Id);
        var result = Assert.Single(Assert.Single(detail!.Notifications).Results);
        Assert.Equal((RecipientOutcome.NotSubscribed, ExclusionReason.Component), (result.Outcome, result.Why));
    }

    [Fact]
    public async Task One_whose_last_component_is_deleted_hears_of_its_end_and_then_of_nothing()
    {
        var id = await AddAsync("First", Nowhere, [Part(0)]);
        var both = await AddAsync("Both", Nowhere, [Part(0), Part(1)]);
        // Known by heart before, so that the change must be noticed.
        await IncidentAsync("Before", Part(0));
        Assert.Contains("First", Assert.Single(await _app.Get<ComponentService>().DescribeContentAsync([Part(0)])), StringComparison.Ordinal);

        await _app.Get<ComponentService>().DeleteAsync(Part(0));
        Assert.Equal(
            ["First", "Both"],
            (await _app.DeliveriesAsync()).Where(d => d.EventType == EventType.ComponentDeleted).Select(d => d.NotificationName));
        await IncidentAsync("After", Part(1));
        await IncidentAsync("On none");

        Assert.Equal(["Both"], (await _app.DeliveriesAsync()).Where(d => d.Event!.Title == "After").Select(d => d.NotificationName));
        Assert.DoesNotContain(await _app.DeliveriesAsync(), d => d.Event!.Title == "On none");
        var detail = await _app.Get<NotificationQueries>().FindAsync(id);
        Assert.Empty(detail!.Subscription.ComponentIds!);
        Assert.Equal([Part(1)], (await _app.Get<NotificationQueries>().FindAsync(both))!.Subscription.ComponentIds!);
    }

    [Fact]
    public async Task A_page_takes_its_components_out_of_notifications_and_they_do_not_become_all()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"));
        var elsewhere = await _app.Get<ComponentService>().CreateAsync(new ComponentInput(other, "Elsewhere", ComponentStatus.Operational));
        var id = await AddAsync("First", Nowhere, [Part(0)]);
        await AddAsync("Both", Nowhere, [Part(0), elsewhere]);
        Assert.Contains((await _app.Get<StatusPageService>().DescribeContentAsync(_page.Id)), words => words.Contains("1 notification", StringComparison.Ordinal));

        await _app.Get<StatusPageService>().DeleteAsync(_page.Id, _page.Name);

        Assert.Equal(2, (await _app.DeliveriesAsync()).Count(d => d.EventType == EventType.ComponentDeleted));
        Assert.Equal((false, 0), await LimitsAsync(id));
        await _app.Get<ComponentService>().SetStatusAsync(elsewhere, ComponentStatus.Degraded);
        Assert.Equal("Both", (await _app.DeliveriesAsync())[^1].NotificationName);
    }

    [Fact]
    public async Task An_edit_between_two_events_holds_for_the_second()
    {
        await using var old = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var renewed = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await AddAsync("Edited", old.Url, [Part(0)]);
        await IncidentAsync("One", Part(0));
        await RunAllAsync();
        Assert.Equal(["incident.created One"], old.Requests.Select(Heard));

        await EditAsync(id, renewed.Url, [EventType.IncidentCreated, EventType.IncidentResolved], [Part(1)], null);
        await IncidentAsync("On the first", Part(0));
        var second = await IncidentAsync("On the second", Part(1));
        await _app.Get<ComponentService>().SetStatusAsync(Part(1), ComponentStatus.Degraded);
        await RunAllAsync();
        Assert.Equal(["incident.created On the second"], renewed.Requests.Select(Heard));

        await EditAsync(id, renewed.Url, [EventType.IncidentResolved], null, IncidentSeverity.Critical);
        await ResolveAsync(second);
        await ResolveAsync(await IncidentAsync("Not severe enough"));
        await RunAllAsync();
        // It was sent the beginning.
        Assert.Equal(["incident.created On the second", "incident.resolved On the second"], renewed.Requests.Select(Heard));
        await EditAsync(id, renewed.Url, [EventType.IncidentResolved], null, null);
        await ResolveAsync(await IncidentAsync("Third"));
        await RunAllAsync();
        Assert.Equal(
            ["incident.created On the second", "incident.resolved On the second", "incident.resolved Third"], renewed.Requests.Select(Heard));
        Assert.Single(old.Requests);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_beside_its_field()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"));
        Assert.Equal("Choose at least one component, or all.", await ProblemAsync(Limited([])));
        Assert.Equal("A chosen component no longer exists. Choose again.", await ProblemAsync(Limited([4711])));
        Assert.Contains(
            "is on a status page that is not chosen",
            await ProblemAsync(Limited([Part(0)]).WithSubscription(s => s with { StatusPageIds = [other] })), StringComparison.Ordinal);

        async Task<string> ProblemAsync(NotificationInput input) =>
            (await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<NotificationService>().CreateAsync(input)))
                .Errors[nameof(Subscription.ComponentIds)];
    }

    private static NotificationInput Limited(IReadOnlyCollection<int> components) =>
        new("webhook", "Limited", new(Nowhere.AbsoluteUri), new(EventTypes.All) { ComponentIds = components });

    private int Part(int index) => _page.Components[index].Id;

    private Task<int> AddAsync(string name, Uri url, IReadOnlyCollection<int>? components = null, IncidentSeverity? least = null) =>
        _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", name, new(url.AbsoluteUri),
            new(EventTypes.All) { ComponentIds = components, MinSeverity = least }));

    private async Task EditAsync(int id, Uri url, EventType[] events, IReadOnlyCollection<int>? components, IncidentSeverity? least)
    {
        var saved = await _app.Get<NotificationQueries>().FindAsync(id);
        await _app.Get<NotificationService>().UpdateAsync(id, saved!.Version, new NotificationInput(
            "webhook", "Edited", new(url.AbsoluteUri),
            new(events) { ComponentIds = components, MinSeverity = least }));
    }

    private IncidentInput Input(string title, IncidentSeverity severity, params int[] components) =>
        new(_page.Id, title, severity, IncidentStatus.Investigating, "We look into it.", [.. components.Select(id => new AffectedComponent(id))]);

    private Task<int> IncidentAsync(string title, params int[] components) => IncidentAsync(title, IncidentSeverity.Major, components);

    private Task<int> IncidentAsync(string title, IncidentSeverity severity, params int[] components) =>
        _app.Get<IncidentService>().CreateAsync(Input(title, severity, components), new Actor("op"));

    private async Task ChangeAsync(int id, IncidentSeverity severity, params int[] components)
    {
        var saved = await _app.Get<IncidentQueries>().FindAsync(id);
        await _app.Get<IncidentService>().PostUpdateAsync(
            id, saved!.Version,
            new IncidentUpdateInput(null, "Changed.") { Severity = severity, Components = [.. components.Select(c => new AffectedComponent(c))] },
            new Actor("op"));
    }

    private async Task ResolveAsync(int id) => await _app.Get<IncidentService>().PostUpdateAsync(
        id, (await _app.Get<IncidentQueries>().FindAsync(id))!.Version, new IncidentUpdateInput(IncidentStatus.Resolved, "Done."), new Actor("op"));

    private async Task RunAllAsync()
    {
        foreach (var delivery in (await _app.DeliveriesAsync()).Where(d => d.State == DeliveryState.Pending))
            await _app.RunJobAsync(delivery.Id);
    }

    private async Task<(bool All, int Count)> LimitsAsync(int id)
    {
        var chosen = (await _app.Get<NotificationQueries>().FindAsync(id))!.Subscription.ComponentIds;
        return (chosen is null, chosen?.Count ?? 0);
    }

    private async Task<IReadOnlyList<(string Title, ExclusionReason? Why)>> ExcludedAsync(int id)
    {
        await using var db = _app.Open();
        return [.. (await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync())
            .SelectMany(e => ExcludedRecipient.Read(e.LeftOut).Where(left => left.Id == id).Select(left => (e.Title, left.Why)))];
    }

    private static string Heard(ReceivedRequest request)
    {
        var (type, _, _, data) = EventPayloadReader.Read(request.Body);
        return $"{type.WireName()} {data switch { IncidentData incident => incident.Title, ComponentData component => component.Name, _ => "" }}";
    }
}

using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Notifications;

/// <summary>Limited to a group, a notification is sent what concerns whatever component is in it when something happens.</summary>
public sealed class GroupSubscriptionTests : IAsyncLifetime
{
    private static readonly Actor Op = new("op");

    private CoreApp _app = null!;
    private int _page;
    private int _group;
    private int _alone;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ComponentService Components => _app.Get<ComponentService>();

    private ComponentOrder Order => _app.Get<ComponentOrder>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        _group = await Order.AddGroupAsync(_page, "Europe", Stop);
        _alone = await ComponentAsync("Alone", null);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_component_that_is_added_to_the_group_later_is_followed_from_its_creation_to_its_deletion()
    {
        await AddAsync("Europe", groups: [_group]);
        var later = await ComponentAsync("Later", _group);
        await Components.SetStatusAsync(later, ComponentStatus.Degraded, cancellationToken: Stop);
        await IncidentAsync("On both", later, _alone);
        await IncidentAsync("On the other", _alone);
        await IncidentAsync("On none");
        await _app.Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(_page, "Upgrade", "We upgrade.", [later], _app.Now.AddHours(1), _app.Now.AddHours(2)), Stop);
        await Components.DeleteAsync(later, cancellationToken: Stop);
        Assert.Equal(
            ["component.created Later", "component.status_changed Later", "incident.created On both", "maintenance.scheduled Upgrade", "component.deleted Later"],
            await SentAsync("Europe"));
        Assert.All(await ExcludedAsync(), why => Assert.Equal(ExclusionReason.Component, why));
    }

    [Fact]
    public async Task What_moves_in_or_out_counts_for_what_happens_later()
    {
        await AddAsync("Europe", groups: [_group]);
        await Components.SetStatusAsync(_alone, ComponentStatus.Degraded, cancellationToken: Stop);
        await Order.MoveComponentAsync(_alone, _group, 0, Stop);
        await Components.SetStatusAsync(_alone, ComponentStatus.PartialOutage, cancellationToken: Stop);
        var begun = await IncidentAsync("Begun inside", _alone);
        await Order.MoveComponentAsync(_alone, null, 0, Stop);
        await Components.SetStatusAsync(_alone, ComponentStatus.MajorOutage, cancellationToken: Stop);
        await IncidentAsync("Begun outside", _alone);
        // Who was sent the beginning is sent the end.
        await ResolveAsync(begun);
        await Components.DeleteAsync(_alone, cancellationToken: Stop);
        Assert.Equal(
            ["component.status_changed Alone", "incident.created Begun inside", "incident.resolved Begun inside"], await SentAsync("Europe"));
    }

    [Theory]
    [InlineData(true, "component.status_changed Alone")]
    [InlineData(false, "")]
    public async Task One_save_that_moves_a_component_and_changes_its_status_belongs_to_the_group_it_moves_to(bool into, string sent)
    {
        if (!into)
            await Order.MoveComponentAsync(_alone, _group, 0, Stop);
        await AddAsync("Europe", groups: [_group]);
        var row = await _app.Get<StatusPageQueries>().ComponentAsync(_alone, Stop);
        await Components.UpdateAsync(
            _alone, row!.Version, new ComponentInput(null, "Alone", ComponentStatus.Degraded, GroupId: into ? _group : null) { Moves = true }, Stop);
        Assert.Equal(sent, string.Join(' ', await SentAsync("Europe")));
    }

    [Fact]
    public async Task Components_and_groups_are_chosen_side_by_side()
    {
        var inside = await ComponentAsync("Inside", _group);
        var third = await ComponentAsync("Third", null);
        await AddAsync("Both", [_alone], [_group]);
        await AddAsync("All");
        await AddAsync("Elsewhere", groups: [await Order.AddGroupAsync(_page, "Asia", Stop)]);
        foreach (var id in (int[])[_alone, inside, third])
            await Components.SetStatusAsync(id, ComponentStatus.Degraded, cancellationToken: Stop);
        Assert.Equal(["component.status_changed Alone", "component.status_changed Inside"], await SentAsync("Both"));
        Assert.Equal(3, (await SentAsync("All")).Count);
        Assert.Empty(await SentAsync("Elsewhere"));
    }

    [Fact]
    public async Task A_preview_counts_as_the_save_does()
    {
        var inside = await ComponentAsync("Inside", _group);
        await AddAsync("Europe", groups: [_group]);
        await AddAsync("Alone", [_alone]);
        Assert.Equal(["Europe"], Assert.Single(await Components.PreviewStatusAsync(inside, ComponentStatus.Degraded, cancellationToken: Stop)).Recipients.Select(r => r.Name));
        var planned = await _app.Get<IncidentService>().PreviewCreateAsync(Incident("Down", inside, _alone), Op, Stop);
        Assert.Equal(["Europe", "Alone"], Assert.Single(planned).Recipients.Select(r => r.Name));
    }

    [Fact]
    public async Task A_group_that_is_removed_is_named_no_longer_and_that_does_not_become_everything()
    {
        var inside = await ComponentAsync("Inside", _group);
        var only = await AddAsync("Only", groups: [_group]);
        var both = await AddAsync("Both", [_alone], [_group]);
        // Known by heart before, so that the change must be noticed.
        await IncidentAsync("Before", inside);
        Assert.Contains("Only", Assert.Single(await Order.DescribeContentAsync(_group, Stop)), StringComparison.Ordinal);
        var version = (await FindAsync(only)).Version;

        await Order.RemoveGroupAsync(_group, Stop);

        await IncidentAsync("After", inside);
        await IncidentAsync("On none");
        await Components.SetStatusAsync(_alone, ComponentStatus.Degraded, cancellationToken: Stop);
        Assert.Equal(["incident.created Before"], await SentAsync("Only"));
        Assert.Equal(["incident.created Before", "component.status_changed Alone"], await SentAsync("Both"));
        var left = await FindAsync(only);
        Assert.Equal((version + 1, 0, null), (left.Version, left.Subscription.ComponentIds?.Count, left.Subscription.GroupIds));
        var rows = await _app.Get<NotificationQueries>().ListAsync(Stop);
        Assert.Equal(NothingMatches.NoComponent, rows.Single(row => row.Id == only).ReceivesNothing);
        Assert.Null(rows.Single(row => row.Id == both).ReceivesNothing);
        await using var db = _app.Open();
        var entry = await db.AuditEntries.SingleAsync(e => e.ObjectKind == AuditObject.Notification && e.Action == AuditAction.Changed && e.ObjectName == "Only", Stop);
        Assert.Equal($"Europe (#{_group})", JsonDocument.Parse(entry.Before!).RootElement.GetProperty("limited_to").GetString());
    }

    [Fact]
    public async Task With_its_page_a_group_goes_after_it_has_received_the_deletions()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop);
        var elsewhere = await Order.AddGroupAsync(other, "Europe", Stop);
        var there = await Components.CreateAsync(new ComponentInput(other, "There", ComponentStatus.Operational, GroupId: elsewhere), Stop);
        await ComponentAsync("Inside", _group);
        await AddAsync("Only", groups: [_group]);
        await AddAsync("Both", groups: [_group, elsewhere]);
        Assert.Contains(
            await _app.Get<StatusPageService>().DescribeContentAsync(_page, Stop), words => words.StartsWith("all that 1 notification is", StringComparison.Ordinal));

        await _app.Get<StatusPageService>().DeleteAsync(_page, "Main", cancellationToken: Stop);
        await Components.SetStatusAsync(there, ComponentStatus.Degraded, cancellationToken: Stop);

        Assert.Equal(["component.deleted Inside"], await SentAsync("Only"));
        Assert.Equal(["component.deleted Inside", "component.status_changed There"], await SentAsync("Both"));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_beside_its_field()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop);
        Assert.Equal((nameof(Subscription.ComponentIds), "Choose at least one component, or all."), await ProblemAsync([], []));
        Assert.Equal((nameof(Subscription.ComponentIds), "Choose at least one component, or all."), await ProblemAsync(null, []));
        Assert.Equal((nameof(Subscription.GroupIds), "A chosen group no longer exists. Choose again."), await ProblemAsync(null, [4711]));
        Assert.Equal(
            (nameof(Subscription.GroupIds), "Europe is on a status page that is not chosen, so none of its events would be sent."),
            await ProblemAsync([], [_group], other));

        async Task<(string Field, string Problem)> ProblemAsync(int[]? components, int[]? groups, params int[] pages)
        {
            var input = Input("N", components, groups).WithSubscription(s => s with { StatusPageIds = pages.Length == 0 ? null : pages });
            var error = Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<NotificationService>().CreateAsync(input, Stop))).Errors);
            return (error.Key, error.Value);
        }
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(new[] { 1 }, null, new[] { 1 }, null)]
    [InlineData(new[] { 1 }, new int[0], new[] { 1 }, null)]
    [InlineData(null, new[] { 2 }, new int[0], new[] { 2 })]
    [InlineData(new int[0], new[] { 2 }, new int[0], new[] { 2 })]
    [InlineData(null, new int[0], new int[0], null)]
    [InlineData(new[] { 1 }, new[] { 2 }, new[] { 1 }, new[] { 2 })]
    public async Task Of_what_says_the_same_one_form_is_stored_and_read(int[]? components, int[]? groups, int[]? thenComponents, int[]? thenGroups)
    {
        var limited = new Subscription([EventType.IncidentCreated]).LimitedTo(components, groups);
        Assert.Equal(thenComponents, limited.ComponentIds);
        Assert.Equal(thenGroups, limited.GroupIds);
        if (limited is { ComponentIds.Count: 0, GroupIds: null })
            return;
        int[]? known = components?.Length > 0 ? [_alone] : components, knownGroups = groups?.Length > 0 ? [_group] : groups;
        var saved = (await FindAsync(await AddAsync("N", known, knownGroups))).Subscription;
        Assert.Equal(saved, Input("N", known, knownGroups).Subscription.LimitedTo(known, knownGroups));
    }

    [Fact]
    public async Task A_new_component_can_be_in_a_chosen_group_though_it_cannot_be_among_chosen_components()
    {
        await _app.Get<NotificationService>().CreateAsync(Input("Group", null, [_group]).WithSubscription(s => s with { Events = [EventType.ComponentCreated] }), Stop);
        await _app.Get<NotificationService>().CreateAsync(Input("One", [_alone], null).WithSubscription(s => s with { Events = [EventType.ComponentCreated] }), Stop);
        var rows = await _app.Get<NotificationQueries>().ListAsync(Stop);
        Assert.Equal([null, NothingMatches.NewComponentsOnly], rows.Select(row => row.ReceivesNothing));
        Assert.Equal(["Europe"], rows[0].GroupNames);
    }

    private static NotificationInput Input(string name, int[]? components, int[]? groups) => new(
        "webhook", name, new("http://127.0.0.1:9/"), new(EventTypes.All) { ComponentIds = components, GroupIds = groups });

    private Task<int> AddAsync(string name, int[]? components = null, int[]? groups = null) =>
        _app.Get<NotificationService>().CreateAsync(Input(name, components, groups), Stop);

    private async Task<NotificationDetail> FindAsync(int id) => (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!;

    private Task<int> ComponentAsync(string name, int? group) =>
        Components.CreateAsync(new ComponentInput(_page, name, ComponentStatus.Operational, GroupId: group), Stop);

    // Without statuses, so that components raise no events of their own.
    private IncidentInput Incident(string title, params int[] components) => new(
        _page, title, IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", [.. components.Select(id => new AffectedComponent(id))]);

    private Task<int> IncidentAsync(string title, params int[] components) => _app.Get<IncidentService>().CreateAsync(Incident(title, components), Op, Stop);

    private async Task ResolveAsync(int id) => await _app.Get<IncidentService>().PostUpdateAsync(
        id, (await _app.Get<IncidentQueries>().FindAsync(id, Stop))!.Version, new IncidentUpdateInput(IncidentStatus.Resolved, "Done."), Op, Stop);

    private async Task<IReadOnlyList<string>> SentAsync(string name) =>
        [.. (await _app.DeliveriesAsync()).Where(d => d.NotificationName == name).Select(d => $"{d.EventType.WireName()} {d.Event!.Title}")];

    private async Task<IReadOnlyList<ExclusionReason?>> ExcludedAsync()
    {
        await using var db = _app.Open();
        return [.. (await db.Events.AsNoTracking().ToListAsync(Stop)).SelectMany(e => ExcludedRecipient.Read(e.LeftOut)).Select(left => left.Why)];
    }
}

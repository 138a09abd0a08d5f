using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>What a notification is subscribed to: events, and of those only some pages, components, groups and severities.</summary>
public sealed partial class SubscriptionFields
{
    private static readonly Choice<IncidentSeverity?>[] Severities =
    [
        new(IncidentSeverity.Minor, "Minor or worse"),
        new(IncidentSeverity.Major, "Major or worse"),
        new(IncidentSeverity.Critical, "Critical"),
    ];

    private (SubscriptionOffers Offers, IReadOnlyCollection<int>? Pages)? _arranged;
    private IReadOnlyList<PickerOption> _pages = [];
    private IReadOnlyList<PickerOption> _components = [];
    private IReadOnlyList<PickerOption> _groups = [];

    /// <summary>What there is to choose from.</summary>
    [Parameter, EditorRequired]
    public SubscriptionOffers Offers { get; set; } = default!;

    private Subscription Chosen => Draft.Subscription;

    private string PagesHelp => _pages.Count == 0 ? "No status pages yet. Pages added later are included."
        : Chosen.StatusPageIds is null ? "Includes pages added later. Select pages to limit this notification to them."
        : "Only the selected pages. Pages added later are not included.";

    private string ComponentsHelp => !Chosen.IsLimitedToComponents
        ? _components.Count == 0 ? "No components yet. Components added later are included."
            : $"Includes components added later and events without a component. Select components{(_groups.Count == 0 ? "" : " or groups")} to limit it."
        : "Incidents and maintenance that concern one of the selected components, and the components' own changes. Events without a component are not included, nor are components added later"
            + (_groups.Count == 0 ? "." : ", unless they are in a selected group.");

    private string GroupsHelp => Chosen.GroupIds is null
        ? "Select groups to include all of their components, also those added to them later."
        : "All components that are in a selected group when an event happens, also those added to it later.";

    private string SeverityHelp => Chosen.MinSeverity is null
        ? "Applies to incidents only. Maintenance and component events are always sent."
        : "Applies to incidents only. An incident that was sent is followed to its end, also when it becomes milder. Maintenance and component events are always sent.";

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (_arranged is var (offers, pages) && ReferenceEquals(offers, Offers) && Equals(pages, Chosen.StatusPageIds))
            return;
        _arranged = (Offers, Chosen.StatusPageIds);
        // Of a page that it is not subscribed to nothing is offered.
        _pages = NamedChoices.PageOptions(Offers.Pages);
        _components = NamedChoices.Components([.. Offers.Components.Where(component => IsOnPages(component.StatusPageId))]);
        _groups = NamedChoices.Groups([.. Offers.Groups.Where(group => IsOnPages(group.StatusPageId))]);
    }

    private bool IsOnPages(int page) => Chosen.StatusPageIds?.Contains(page) != false;

    private async Task ChoosePagesAsync(IReadOnlyCollection<int>? pages)
    {
        await ChooseAsync(Chosen with { StatusPageIds = pages }, nameof(Chosen.StatusPageIds));
        // What is on a page that is not chosen goes; what was not offered here before, as it is on an archived page, stays.
        var goneComponents = Offers.Components.Where(component => !IsOnPages(component.StatusPageId)).Select(component => component.Id).ToHashSet();
        var goneGroups = Offers.Groups.Where(group => !IsOnPages(group.StatusPageId)).Select(group => group.Id).ToHashSet();
        await LimitAsync(
            Chosen.ComponentIds?.Where(id => !goneComponents.Contains(id)).ToList(), Chosen.GroupIds?.Where(id => !goneGroups.Contains(id)).ToList());
    }

    // The two are one choice, so what was wrong with either is to be judged anew.
    private async Task LimitAsync(IReadOnlyCollection<int>? components, IReadOnlyCollection<int>? groups)
    {
        await ChooseAsync(Chosen.LimitedTo(components, groups), nameof(Chosen.ComponentIds));
        await Edited.InvokeAsync(nameof(Chosen.GroupIds));
    }

    private Task ChooseAsync(Subscription chosen, string field)
    {
        Draft.Subscription = chosen;
        return Edited.InvokeAsync(field);
    }
}

/// <summary>What there is for a notification to be limited to.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="Components">The components of pages in use.</param>
/// <param name="Groups">The groups of pages in use.</param>
public sealed record SubscriptionOffers(
    IReadOnlyList<StatusPageRow> Pages, IReadOnlyList<ComponentChoice> Components, IReadOnlyList<GroupChoice> Groups);

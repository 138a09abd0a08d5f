using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>What a notification is subscribed to: events, and of those only some pages, components and severities.</summary>
public sealed partial class SubscriptionFields
{
    private static readonly Choice<IncidentSeverity?>[] Severities =
    [
        new(IncidentSeverity.Minor, "Minor or worse"),
        new(IncidentSeverity.Major, "Major or worse"),
        new(IncidentSeverity.Critical, "Critical"),
    ];

    /// <summary>The pages there are.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<StatusPageRow> Pages { get; set; } = [];

    /// <summary>The components there are.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ComponentChoice> Components { get; set; } = [];

    private IReadOnlyList<ComponentChoice> Offered =>
        Draft.AllPages ? Components : [.. Components.Where(c => Draft.StatusPageIds.Contains(c.StatusPageId))];

    private string SeverityHelp => Draft.MinSeverity is null
        ? "Applies to incidents only. Maintenance and component events are always sent."
        : "Applies to incidents only. An incident that was sent is followed to its end, also when it becomes milder. Maintenance and component events are always sent.";

    private Task ChooseEvents(IReadOnlyCollection<EventType> events)
    {
        Draft.Events = events;
        return Edited.InvokeAsync(nameof(NotificationInput.Events));
    }

    private async Task ChoosePages((bool All, IReadOnlyCollection<int> Ids) chosen)
    {
        (Draft.AllPages, Draft.StatusPageIds) = chosen;
        // Of a page that it is not subscribed to its components are not offered either; one that is not offered here stays.
        var gone = Components.Except(Offered).Select(c => c.Id).ToHashSet();
        Draft.ComponentIds = [.. Draft.ComponentIds.Where(id => !gone.Contains(id))];
        await Edited.InvokeAsync(nameof(NotificationInput.StatusPageIds));
        await Edited.InvokeAsync(nameof(NotificationInput.ComponentIds));
    }

    private Task ChooseComponents((bool All, IReadOnlyCollection<int> Ids) chosen)
    {
        (Draft.AllComponents, Draft.ComponentIds) = chosen;
        return Edited.InvokeAsync(nameof(NotificationInput.ComponentIds));
    }

    private Task ChooseSeverity(IncidentSeverity? least)
    {
        Draft.MinSeverity = least;
        return Edited.InvokeAsync(nameof(NotificationInput.MinSeverity));
    }

    private Task ChooseOrder(bool inOrder)
    {
        Draft.InOrder = inOrder;
        return Edited.InvokeAsync(nameof(NotificationInput.InOrder));
    }
}

using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
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

    private Subscription Chosen => Draft.Subscription;

    private IReadOnlyList<ComponentChoice> Offered =>
        Chosen.StatusPageIds is { } pages ? [.. Components.Where(c => pages.Contains(c.StatusPageId))] : Components;

    private string SeverityHelp => Chosen.MinSeverity is null
        ? "Applies to incidents only. Maintenance and component events are always sent."
        : "Applies to incidents only. An incident that was sent is followed to its end, also when it becomes milder. Maintenance and component events are always sent.";

    private async Task ChoosePagesAsync(IReadOnlyCollection<int>? pages)
    {
        await ChooseAsync(Chosen with { StatusPageIds = pages }, nameof(Chosen.StatusPageIds));
        // Of a page that it is not subscribed to its components are not offered either; one that is not offered here stays.
        var gone = Components.Except(Offered).Select(c => c.Id).ToHashSet();
        var left = Chosen.ComponentIds?.Where(id => !gone.Contains(id)).ToList();
        await ChooseAsync(Chosen with { ComponentIds = left }, nameof(Chosen.ComponentIds));
    }

    private Task ChooseAsync(Subscription chosen, string field)
    {
        Draft.Subscription = chosen;
        return Edited.InvokeAsync(field);
    }
}

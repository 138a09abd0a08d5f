using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>What can be chosen for an incident.</summary>
internal static class IncidentChoices
{
    public static IReadOnlyList<Choice<IncidentStatus>> Statuses { get; } =
        [.. IncidentStatuses.All.Select(status => new Choice<IncidentStatus>(status, status.Label()))];

    public static IReadOnlyList<Choice<IncidentSeverity>> Severities { get; } =
        [.. IncidentSeverities.All.Select(severity => new Choice<IncidentSeverity>(severity, severity.Label()))];

    /// <summary>What a component can be during an incident; nothing chosen leaves it as it is.</summary>
    public static IReadOnlyList<Choice<ComponentStatus?>> ComponentStatuses { get; } =
        [.. Core.Events.ComponentStatuses.All.Select(status => new Choice<ComponentStatus?>(status, status.Label()))];

    /// <summary>What the statuses of an open incident's components mean.</summary>
    public const string AffectedHelp = "Components keep these statuses until the incident is resolved.";

    /// <summary>The status that each component has of its own.</summary>
    public static IReadOnlyDictionary<int, ComponentStatus> Own(IEnumerable<ComponentRow> rows) => rows.ToDictionary(row => row.Id, row => row.OwnStatus);
}

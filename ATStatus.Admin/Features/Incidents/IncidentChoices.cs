using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>What can be chosen for an incident.</summary>
internal static class IncidentChoices
{
    public static IReadOnlyList<Choice<IncidentStatus>> Statuses { get; } =
        [.. IncidentStatuses.All.Select(status => new Choice<IncidentStatus>(status, status.Label()))];

    public static IReadOnlyList<Choice<IncidentSeverity>> Severities { get; } =
        [.. IncidentSeverities.All.Select(severity => new Choice<IncidentSeverity>(severity, severity.Label()))];
}

using ATStatus.Core.Events;

namespace ATStatus.Core.Incidents;

/// <summary>What a person enters for a new incident.</summary>
/// <param name="StatusPageId">The page.</param>
/// <param name="Title">Required; at most <see cref="Incident.TitleLength"/>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Status">Where it stands; resolved is allowed, for one entered afterwards.</param>
/// <param name="Message">Required; at most <see cref="Incident.MessageLength"/>.</param>
/// <param name="ComponentIds">The page's components it touches.</param>
public sealed record IncidentInput(
    int? StatusPageId, string? Title, IncidentSeverity Severity, IncidentStatus Status, string? Message, IReadOnlyCollection<int> ComponentIds);

/// <summary>What a person enters for a timeline update.</summary>
/// <param name="Status">The status from now on.</param>
/// <param name="Message">Required; at most <see cref="Incident.MessageLength"/>.</param>
public sealed record IncidentUpdateInput(IncidentStatus Status, string? Message);

/// <summary>What can be changed of an incident without an update of its own.</summary>
/// <param name="Title">Required; at most <see cref="Incident.TitleLength"/>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="ComponentIds">The page's components it touches.</param>
public sealed record IncidentEditInput(string? Title, IncidentSeverity Severity, IReadOnlyCollection<int> ComponentIds);

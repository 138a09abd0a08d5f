namespace ATStatus.Core.Events;

/// <summary>What subscriptions are asked about: everything of an event that a notification can be limited by.</summary>
/// <param name="Type">What happened.</param>
/// <param name="StatusPageId">The page it happened on.</param>
/// <param name="ComponentIds">
/// The components it concerns. Of an incident or a maintenance window all that it has named so far, so that whoever was told of its
/// beginning is told of its end; none where it names none. Of a component's own event that component.
/// </param>
/// <param name="Severity">
/// The worst that the incident has been so far, for the same reason; null for everything else, which has no severity.
/// </param>
public sealed record EventScope(EventType Type, int StatusPageId, IReadOnlyCollection<int> ComponentIds, IncidentSeverity? Severity)
{
    /// <summary>The same with what an earlier event of the same subject concerned.</summary>
    public EventScope With(IEnumerable<int> componentIds, IncidentSeverity? severity) => this with
    {
        ComponentIds = [.. ComponentIds.Union(componentIds)],
        Severity = severity > Severity ? severity : Severity,
    };
}

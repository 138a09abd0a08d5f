using System.Collections.Frozen;

namespace ATStatus.Core.Events;

/// <summary>What subscriptions are asked about: everything of an event that a notification can be limited by, and who was sent what came before it.</summary>
/// <param name="StatusPageId">The page it happened on.</param>
/// <param name="ComponentIds">
/// The components it concerns now: those that an incident or a maintenance window names, none where it names none; of a component's own event
/// that component.
/// </param>
/// <param name="Severity">What the incident is now; null for everything else, which has no severity.</param>
public sealed record EventScope(EventType Type, int StatusPageId, IReadOnlyCollection<int> ComponentIds, IncidentSeverity? Severity)
{
    /// <summary>The groups that those components are in now; of a component's deletion that which it was in.</summary>
    public IReadOnlyCollection<int> GroupIds { get; init; } = [];

    /// <summary>
    /// The notifications that were sent an earlier event of the same incident or maintenance window. Who got the beginning gets the end, whatever
    /// a notification is limited to: only the event's type is still asked.
    /// </summary>
    public IReadOnlySet<int> SentEarlier { get; init; } = FrozenSet<int>.Empty;
}

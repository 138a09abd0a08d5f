using System.Collections.ObjectModel;
using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>
/// What a notification receives, in which order, and who is alerted when it fails. Two are equal when all that they say is.
/// </summary>
/// <param name="Events">The events it subscribes to.</param>
public sealed record Subscription(IReadOnlyCollection<EventType> Events)
{
    /// <summary>The events it subscribes to, each once, in the document's order.</summary>
    public IReadOnlyCollection<EventType> Events { get; init => field = ValueSet.Of(value)!; } = ValueSet.Of(Events)!;

    /// <summary>The pages it is limited to; null for all, also for later ones.</summary>
    public IReadOnlyCollection<int>? StatusPageIds { get; init => field = ValueSet.Of(value); }

    /// <summary>
    /// The components it is limited to, beside those in <see cref="GroupIds"/>: only what concerns one of them is received. Where both are null
    /// it is not limited, and receives what concerns no component too. See <see cref="LimitedTo"/>.
    /// </summary>
    public IReadOnlyCollection<int>? ComponentIds { get; init => field = ValueSet.Of(value); }

    /// <summary>
    /// The groups of components it is limited to, beside <see cref="ComponentIds"/>: what concerns a component that is in one of them when it
    /// happens, also one that was added to it later. Null where no group is chosen.
    /// </summary>
    public IReadOnlyCollection<int>? GroupIds { get; init => field = ValueSet.Of(value); }

    /// <summary>Whether only what concerns some components is received.</summary>
    public bool IsLimitedToComponents => ComponentIds is not null || GroupIds is not null;

    /// <summary>See <see cref="Notification.MinSeverity"/>.</summary>
    public IncidentSeverity? MinSeverity { get; init; }

    /// <summary>See <see cref="Notification.AlertNotificationId"/>.</summary>
    public int? AlertNotificationId { get; init; }

    /// <summary>See <see cref="Notification.InOrder"/>.</summary>
    public bool InOrder { get; init; }

    /// <summary>
    /// The same limited to these components and groups; not limited where both are null. In one form of those that say the same: limited, it has a
    /// list of components, which is empty where there are groups alone, so that what knows no groups does not take it for all.
    /// </summary>
    public Subscription LimitedTo(IReadOnlyCollection<int>? componentIds, IReadOnlyCollection<int>? groupIds) => this with
    {
        ComponentIds = componentIds ?? (groupIds is null ? null : []),
        GroupIds = groupIds is { Count: > 0 } ? groupIds : null,
    };

    private static class ValueSet
    {
        public static ValueSet<T>? Of<T>(IReadOnlyCollection<T>? values) => values is null ? null : new ValueSet<T>(values);
    }

    /// <summary>Values in their order, each once. Equal to others when the values are.</summary>
    private sealed class ValueSet<T>(IEnumerable<T> values) : ReadOnlyCollection<T>([.. values.Distinct().Order()])
    {
        public override bool Equals(object? obj) => obj is ValueSet<T> other && this.SequenceEqual(other);

        public override int GetHashCode() => Count;
    }
}

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
    /// The components it is limited to: only what concerns one of them is received. Null for whatever component an event is about, if any.
    /// </summary>
    public IReadOnlyCollection<int>? ComponentIds { get; init => field = ValueSet.Of(value); }

    /// <summary>See <see cref="Notification.MinSeverity"/>.</summary>
    public IncidentSeverity? MinSeverity { get; init; }

    /// <summary>See <see cref="Notification.AlertNotificationId"/>.</summary>
    public int? AlertNotificationId { get; init; }

    /// <summary>See <see cref="Notification.InOrder"/>.</summary>
    public bool InOrder { get; init; }

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

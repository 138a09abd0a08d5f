using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Core.Outbox;

/// <summary>An event that a change would raise.</summary>
/// <param name="Type">What would happen.</param>
/// <param name="Title">To what.</param>
/// <param name="Payload">The bytes receivers would get.</param>
/// <param name="Recipients">The notifications that are subscribed to it.</param>
public sealed record PlannedEvent(EventType Type, string Title, byte[] Payload, IReadOnlyList<PlannedRecipient> Recipients)
{
    /// <summary>The notifications that are not, and why.</summary>
    public IReadOnlyList<ExcludedRecipient> Excluded { get; init; } = [];
}

/// <summary>A notification that an event would concern.</summary>
/// <param name="SkipReason">Why it would not be sent; null when it would.</param>
public sealed record PlannedRecipient(int NotificationId, string Name, string? SkipReason)
{
    /// <summary>It is a chat, and the message of the save's first event that it gets tells this one too.</summary>
    public bool IsCarried { get; init; }
}

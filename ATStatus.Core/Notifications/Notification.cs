using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Notifications;

/// <summary>A subscriber: where to tell, how, and about what.</summary>
public sealed class Notification : IVersioned
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The database's number.</summary>
    public int Id { get; set; }

    /// <summary>The type, as its sender names itself: <c>webhook</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>What the operator calls it.</summary>
    public required string Name { get; set; }

    /// <summary>The target URL, encrypted (<see cref="TargetProtector"/>): for some services the URL is the credential.</summary>
    public required string ProtectedUrl { get; set; }

    /// <summary>The target as lists and logs show it, without what could be a token.</summary>
    public required string DisplayUrl { get; set; }

    /// <summary>The signing secret, encrypted; null where there is none.</summary>
    public string? ProtectedSecret { get; set; }

    /// <summary>The secret before the last rotation, encrypted; it still signs, in a header of its own, until <see cref="PreviousSecretUntil"/>.</summary>
    public string? PreviousProtectedSecret { get; set; }

    /// <summary>When the previous secret stops signing (UTC); null where there is none.</summary>
    public DateTime? PreviousSecretUntil { get; set; }

    /// <summary>Whether requests carry the Standard Webhooks headers beside the document's.</summary>
    public bool StandardWebhooks { get; set; }

    /// <summary>Headers that the operator added, encrypted as one JSON object; null where there are none.</summary>
    public string? ProtectedHeaders { get; set; }

    /// <summary>Deliver what concerns one incident, maintenance window or component strictly in the order in which it happened.</summary>
    public bool InOrder { get; set; }

    /// <summary>Which certificates of an https receiver are trusted.</summary>
    public TlsTrust TlsTrust { get; set; }

    /// <summary>The certificate authority or the pinned certificate as PEM, where <see cref="TlsTrust"/> asks for one.</summary>
    public string? TlsCertificate { get; set; }

    /// <summary>Whether matching events are delivered (otherwise they are kept as skipped).</summary>
    public bool Enabled { get; set; }

    /// <summary>When it was switched off (UTC).</summary>
    public DateTime? DisabledAt { get; set; }

    /// <summary>Why it was switched off, in words.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>True: events of every page, also of later ones. False: only those in <see cref="Pages"/>.</summary>
    public bool AllPages { get; set; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <summary>The events it subscribes to.</summary>
    public List<NotificationEvent> Events { get; } = [];

    /// <summary>The pages it is limited to, where <see cref="AllPages"/> is false.</summary>
    public List<NotificationPage> Pages { get; } = [];

    /// <summary>Whether it wants to hear of such an event on such a page; being switched off does not matter here.</summary>
    public bool Matches(EventType type, int statusPageId) =>
        Events.Any(e => e.Type == type) && (AllPages || Pages.Any(p => p.StatusPageId == statusPageId));

    /// <summary>Switches it off and keeps when and why.</summary>
    public void SwitchOff(DateTime at, string reason) => (Enabled, DisabledAt, DisabledReason) = (false, at, reason);

    /// <summary>Switches it on.</summary>
    public void SwitchOn() => (Enabled, DisabledAt, DisabledReason) = (true, null, null);
}

/// <summary>One event a notification subscribes to.</summary>
public sealed class NotificationEvent
{
    /// <summary>The notification.</summary>
    public int NotificationId { get; set; }

    /// <summary>The event.</summary>
    public EventType Type { get; set; }
}

/// <summary>One page a notification is limited to.</summary>
public sealed class NotificationPage
{
    /// <summary>The notification.</summary>
    public int NotificationId { get; set; }

    /// <summary>The page.</summary>
    public int StatusPageId { get; set; }
}

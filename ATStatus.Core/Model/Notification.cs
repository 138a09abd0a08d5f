using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Model;

/// <summary>A subscriber: where to tell, how, and about what.</summary>
public sealed class Notification : IVersioned
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The longest time that a replaced secret can go on signing.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

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

    /// <summary>Headers that the operator added, encrypted as one JSON array of pairs; null where there are none.</summary>
    public string? ProtectedHeaders { get; set; }

    /// <summary>Deliver what concerns one incident, maintenance window or component strictly in the order in which it happened.</summary>
    public bool InOrder { get; set; }

    /// <summary>Which certificates of an https receiver are trusted.</summary>
    public TlsTrust TlsTrust { get; set; }

    /// <summary>The certificate authority or the pinned certificate as PEM, where <see cref="TlsTrust"/> asks for one.</summary>
    public string? TlsCertificate { get; set; }

    /// <summary>What the type asks for beyond a URL and is no secret, as one JSON object of texts; null where there is nothing.</summary>
    public string? Settings { get; set; }

    /// <summary>Whether matching events are delivered (otherwise they are kept as skipped).</summary>
    public bool Enabled { get; set; }

    /// <summary>When it was switched off (UTC).</summary>
    public DateTime? DisabledAt { get; set; }

    /// <summary>Why it was switched off, in words.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>
    /// When a person deleted it (UTC); null for all that anybody sees. The context shows no other (a query filter), so for everyone it is
    /// gone; its row goes when its history has been detached from it.
    /// </summary>
    public DateTime? DeletedAt { get; set; }

    /// <summary>True: events of every page, also of later ones. False: only those in <see cref="Pages"/>.</summary>
    public bool AllPages { get; set; }

    /// <summary>
    /// True: whatever component an event is about, if any. False: only what concerns one of <see cref="Components"/>; where none is left
    /// of these, nothing does.
    /// </summary>
    public bool AllComponents { get; set; } = true;

    /// <summary>
    /// Of incidents only those that are at least this severe; null for all. Maintenance and components have no severity and are not asked for one.
    /// </summary>
    public IncidentSeverity? MinSeverity { get; set; }

    /// <summary>Which other notification is alerted when this one starts to fail or is switched off automatically; null for none.
    /// No foreign key: SQLite would have to make the table anew for it. Whoever deletes that notification clears this.</summary>
    public int? AlertNotificationId { get; set; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <summary>The events it subscribes to.</summary>
    public List<NotificationEvent> Events { get; } = [];

    /// <summary>The pages it is limited to, where <see cref="AllPages"/> is false.</summary>
    public List<NotificationPage> Pages { get; } = [];

    /// <summary>The components it is limited to, where <see cref="AllComponents"/> is false.</summary>
    public List<NotificationComponent> Components { get; } = [];

    /// <summary>
    /// Why it does not receive an event; null when it does. Being switched off does not matter here. The one place that decides who receives
    /// what: deliveries, previews and <see cref="StoredEvent.LeftOut"/> all ask it.
    /// </summary>
    public ExclusionReason? ExclusionOf(EventScope scope) =>
        Events.All(e => e.Type != scope.Type) ? ExclusionReason.Event
        : scope.SentEarlier.Contains(Id) ? null
        : !AllPages && Pages.All(p => p.StatusPageId != scope.StatusPageId) ? ExclusionReason.Page
        : !AllComponents && Components.All(c => !scope.ComponentIds.Contains(c.ComponentId)) ? ExclusionReason.Component
        : scope.Severity < MinSeverity ? ExclusionReason.Severity
        : null;

    /// <summary>The secret that was replaced, encrypted, while it still signs at <paramref name="now"/>; null otherwise.</summary>
    public string? PreviousSecretAt(DateTime now) => PreviousSecretUntil > now ? PreviousProtectedSecret : null;

    /// <summary>Puts a new secret in the place of the one there is, which goes on signing for <paramref name="overlap"/>.</summary>
    public void Rotate(string? protectedSecret, TimeSpan overlap, DateTime now)
    {
        (PreviousProtectedSecret, PreviousSecretUntil) = ProtectedSecret is not null && protectedSecret is not null && overlap > TimeSpan.Zero
            ? (ProtectedSecret, now + overlap)
            : ((string?)null, (DateTime?)null);
        ProtectedSecret = protectedSecret;
    }

    /// <summary>The replaced secret stops signing now.</summary>
    public void EndOverlap() => (PreviousProtectedSecret, PreviousSecretUntil) = (null, null);

    /// <summary>Switches it off and keeps when and why.</summary>
    public void SwitchOff(DateTime at, string reason) => (Enabled, DisabledAt, DisabledReason) = (false, at, reason);

    /// <summary>Switches it off for good.</summary>
    public void Delete(DateTime at)
    {
        SwitchOff(at, "Deleted.");
        DeletedAt = at;
    }

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

/// <summary>One component a notification is limited to.</summary>
public sealed class NotificationComponent
{
    /// <summary>The notification.</summary>
    public int NotificationId { get; set; }

    /// <summary>The component.</summary>
    public int ComponentId { get; set; }
}

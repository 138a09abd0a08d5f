using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>A subscriber: where to tell, how, and about what.</summary>
public sealed class Notification : IVersioned, ITimestamped
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    public int Id { get; set; }

    /// <summary>The type, as its sender names itself: <c>webhook</c>.</summary>
    public required string Kind { get; set; }

    public required string Name { get; set; }

    public required Transport Transport { get; set; }

    /// <summary>Deliver what concerns one incident, maintenance window or component strictly in the order in which it happened.</summary>
    public bool InOrder { get; set; }

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
    /// True: whatever component an event is about, if any. False: only what concerns one of <see cref="Components"/>, or one that is in one of
    /// <see cref="Groups"/> when it happens; where none is left of these, nothing does.
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

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<NotificationEvent> Events { get; } = [];

    /// <summary>The pages it is limited to, where <see cref="AllPages"/> is false.</summary>
    public List<NotificationPage> Pages { get; } = [];

    /// <summary>The components it is limited to, where <see cref="AllComponents"/> is false.</summary>
    public List<NotificationComponent> Components { get; } = [];

    /// <summary>The groups of components it is limited to, where <see cref="AllComponents"/> is false.</summary>
    public List<NotificationGroup> Groups { get; } = [];

    /// <summary>
    /// Why it does not receive an event; null when it does. Being switched off does not matter here. The one place that decides who receives
    /// what: deliveries, previews and <see cref="StoredEvent.LeftOut"/> all ask it.
    /// </summary>
    public ExclusionReason? ExclusionOf(EventScope scope) =>
        Events.All(e => e.Type != scope.Type) ? ExclusionReason.Event
        : scope.SentEarlier.Contains(Id) ? null
        : !AllPages && Pages.All(p => p.StatusPageId != scope.StatusPageId) ? ExclusionReason.Page
        : !AllComponents && Components.All(c => !scope.ComponentIds.Contains(c.ComponentId)) && Groups.All(g => !scope.GroupIds.Contains(g.GroupId))
            ? ExclusionReason.Component
        : scope.Severity < MinSeverity ? ExclusionReason.Severity
        : null;

    /// <summary>What it subscribes to. What it is limited to must be loaded.</summary>
    public Subscription Subscription => new Subscription([.. Events.Select(e => e.Type)])
    {
        StatusPageIds = AllPages ? null : [.. Pages.Select(p => p.StatusPageId)],
        MinSeverity = MinSeverity,
        AlertNotificationId = AlertNotificationId,
        InOrder = InOrder,
    }.LimitedTo(
        AllComponents ? null : [.. Components.Select(c => c.ComponentId)],
        AllComponents ? null : [.. Groups.Select(g => g.GroupId)]);

    /// <summary>Subscribes it to this instead. Rows of what it is limited to that stay are kept; so they must be loaded.</summary>
    public void Apply(Subscription subscription)
    {
        Replace(Events, subscription.Events, e => e.Type, type => new NotificationEvent { Type = type });
        Replace(Pages, subscription.StatusPageIds ?? [], p => p.StatusPageId, id => new NotificationPage { StatusPageId = id });
        Replace(Components, subscription.ComponentIds ?? [], c => c.ComponentId, id => new NotificationComponent { ComponentId = id });
        Replace(Groups, subscription.GroupIds ?? [], g => g.GroupId, id => new NotificationGroup { GroupId = id });
        (AllPages, AllComponents) = (subscription.StatusPageIds is null, !subscription.IsLimitedToComponents);
        (MinSeverity, AlertNotificationId, InOrder) = (subscription.MinSeverity, subscription.AlertNotificationId, subscription.InOrder);
    }

    private static void Replace<TRow, TValue>(
        List<TRow> rows, IEnumerable<TValue> values, Func<TRow, TValue> valueOf, Func<TValue, TRow> make)
    {
        var missing = values.ToHashSet();
        rows.RemoveAll(row => !missing.Contains(valueOf(row)));
        missing.ExceptWith(rows.Select(valueOf));
        rows.AddRange(missing.Select(make));
    }

    /// <summary>Switches it off and keeps when and why.</summary>
    public void SwitchOff(DateTime at, string reason) => (Enabled, DisabledAt, DisabledReason) = (false, at, reason);

    /// <summary>Switches it off for good.</summary>
    public void Delete(DateTime at)
    {
        SwitchOff(at, "Deleted.");
        DeletedAt = at;
    }

    public void SwitchOn() => (Enabled, DisabledAt, DisabledReason) = (true, null, null);
}

/// <summary>One event a notification subscribes to.</summary>
public sealed class NotificationEvent
{
    public int NotificationId { get; set; }

    public EventType Type { get; set; }
}

/// <summary>One page a notification is limited to.</summary>
public sealed class NotificationPage
{
    public int NotificationId { get; set; }

    public int StatusPageId { get; set; }
}

/// <summary>One group of components a notification is limited to.</summary>
public sealed class NotificationGroup
{
    public int NotificationId { get; set; }

    public int GroupId { get; set; }
}

/// <summary>One component a notification is limited to.</summary>
public sealed class NotificationComponent
{
    public int NotificationId { get; set; }

    public int ComponentId { get; set; }
}

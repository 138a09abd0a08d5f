namespace ATStatus.Core.Events;

/// <summary>
/// What can happen on a status page: the event types a webhook can be selected for, in the order of the table
/// "Available Event Types" of the Custom Webhooks document; behind them what can happen to a notification, which is not selected but
/// sent to the one notification that another names for it; and behind those the additional ones, which the document does not have.
/// The numbers may be stored: never change or reuse one.
/// </summary>
public enum EventType
{
    IncidentCreated = 0,
    IncidentUpdated = 1,
    IncidentResolved = 2,
    MaintenanceScheduled = 3,
    MaintenanceStarted = 4,
    MaintenanceCompleted = 5,
    ComponentStatusChanged = 6,
    ComponentCreated = 7,
    ComponentDeleted = 8,

    /// <summary>A notification has started to fail. An alert: <see cref="EventTypes.IsAlert"/>.</summary>
    NotificationFailing = 9,

    /// <summary>A notification was switched off by the console. An alert: <see cref="EventTypes.IsAlert"/>.</summary>
    NotificationSwitchedOff = 10,

    /// <summary>An update on maintenance. Additional: <see cref="EventTypes.IsAdditional"/>.</summary>
    MaintenanceUpdated = 11,

    /// <summary>Maintenance starts soon. Additional: <see cref="EventTypes.IsAdditional"/>.</summary>
    MaintenanceReminder = 12,
}

/// <summary>What an event is about. Events of one group share the shape of their payload's <c>data</c>.</summary>
public enum EventGroup
{
    /// <summary>Incidents: <see cref="IncidentData"/>.</summary>
    Incidents = 0,

    /// <summary>Maintenance windows: <see cref="MaintenanceData"/>.</summary>
    Maintenance = 1,

    /// <summary>Components: <see cref="ComponentData"/>.</summary>
    Components = 2,

    /// <summary>Notifications: <see cref="NotificationData"/>.</summary>
    Notifications = 3,
}

/// <summary>
/// Names, descriptions and grouping of the event types; of <see cref="All"/> word for word from the Custom Webhooks document.
/// </summary>
public static class EventTypes
{
    /// <summary>Every event type of the document, in its order: what "all events" means.</summary>
    public static IReadOnlyList<EventType> All { get; } =
        Array.AsReadOnly(Enum.GetValues<EventType>().Where(type => !type.IsAlert() && !type.IsAdditional()).ToArray());

    /// <summary>What can be selected beyond the document, each only by itself: receivers made for the document do not know them.</summary>
    public static IReadOnlyList<EventType> Additional { get; } = Array.AsReadOnly(Enum.GetValues<EventType>().Where(type => type.IsAdditional()).ToArray());

    /// <summary>Every event type that can be selected: those of the document, then the additional ones.</summary>
    public static IReadOnlyList<EventType> Selectable { get; } = Array.AsReadOnly(All.Concat(Additional).ToArray());

    /// <summary>What cannot be selected: what one notification tells another about itself.</summary>
    public static IReadOnlyList<EventType> Alerts { get; } = Array.AsReadOnly(Enum.GetValues<EventType>().Where(type => type.IsAlert()).ToArray());

    /// <summary>Every event type: those that can be selected, then alerts.</summary>
    public static IReadOnlyList<EventType> Every { get; } = Array.AsReadOnly(Selectable.Concat(Alerts).ToArray());

    /// <summary>Whether it is one that the document does not have, and that is sent only where it was selected by itself.</summary>
    public static bool IsAdditional(this EventType type) => type is EventType.MaintenanceUpdated or EventType.MaintenanceReminder;

    /// <summary>Whether it is sent to no notification but the one that another names for it.</summary>
    public static bool IsAlert(this EventType type) => type is EventType.NotificationFailing or EventType.NotificationSwitchedOff;

    /// <summary>The name on the wire, e.g. <c>incident.created</c>: the payload's <c>event</c>, the header's value.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static string WireName(this EventType type) => type switch
    {
        EventType.IncidentCreated => "incident.created",
        EventType.IncidentUpdated => "incident.updated",
        EventType.IncidentResolved => "incident.resolved",
        EventType.MaintenanceScheduled => "maintenance.scheduled",
        EventType.MaintenanceStarted => "maintenance.started",
        EventType.MaintenanceCompleted => "maintenance.completed",
        EventType.ComponentStatusChanged => "component.status_changed",
        EventType.ComponentCreated => "component.created",
        EventType.ComponentDeleted => "component.deleted",
        EventType.NotificationFailing => "notification.failing",
        EventType.NotificationSwitchedOff => "notification.switched_off",
        EventType.MaintenanceUpdated => "maintenance.updated",
        EventType.MaintenanceReminder => "maintenance.reminder",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Finds the event type with this exact <see cref="WireName"/> (case matters), alerts too; false for anything else.</summary>
    public static bool TryParse(string? wireName, out EventType type) => WireNames.TryFind(Every, WireName, wireName, out type);

    /// <summary>The document's one-line description, e.g. "New incident created"; for the others one of the console's own.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static string Description(this EventType type) => type switch
    {
        EventType.IncidentCreated => "New incident created",
        EventType.IncidentUpdated => "Incident status or details changed",
        EventType.IncidentResolved => "Incident marked as resolved",
        EventType.MaintenanceScheduled => "New maintenance window scheduled",
        EventType.MaintenanceStarted => "Maintenance window started",
        EventType.MaintenanceCompleted => "Maintenance window completed",
        EventType.ComponentStatusChanged => "Component status changed",
        EventType.ComponentCreated => "New component added",
        EventType.ComponentDeleted => "Component removed",
        EventType.NotificationFailing => "Another notification has started to fail",
        EventType.NotificationSwitchedOff => "Another notification was switched off",
        EventType.MaintenanceUpdated => "Update posted, running end changed, or cancelled",
        EventType.MaintenanceReminder => "Reminder before a maintenance window starts",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>What the event is about.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static EventGroup Group(this EventType type) => type switch
    {
        EventType.IncidentCreated or EventType.IncidentUpdated or EventType.IncidentResolved => EventGroup.Incidents,
        EventType.MaintenanceScheduled or EventType.MaintenanceStarted or EventType.MaintenanceCompleted
            or EventType.MaintenanceUpdated or EventType.MaintenanceReminder => EventGroup.Maintenance,
        EventType.ComponentStatusChanged or EventType.ComponentCreated or EventType.ComponentDeleted => EventGroup.Components,
        EventType.NotificationFailing or EventType.NotificationSwitchedOff => EventGroup.Notifications,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Every event type that is about this.</summary>
    public static IReadOnlyList<EventType> Of(EventGroup group) => [.. Every.Where(type => type.Group() == group)];

    /// <summary>The kind of thing it is about, as keys name it: <c>incident</c>, <c>maintenance</c>, <c>component</c> or <c>notification</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static string Subject(this EventType type) => type.Group() switch
    {
        EventGroup.Incidents => "incident",
        EventGroup.Maintenance => "maintenance",
        EventGroup.Components => "component",
        _ => "notification",
    };
}

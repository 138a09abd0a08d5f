namespace ATStatus.Core.Events;

/// <summary>The status page an event belongs to, as receivers see it.</summary>
/// <param name="Slug">The page's name in URLs.</param>
public sealed record StatusPageRef(int Id, string Name, string Slug);

/// <summary>
/// The event-specific part of a payload: a snapshot of its subject at the moment of the event. Instants are UTC
/// (<see cref="DateTimeKind.Utc"/>); <see cref="EventPayload.Write"/> refuses any other kind.
/// </summary>
public abstract record EventData;

/// <summary>The data of <c>incident.created</c>, <c>incident.updated</c> and <c>incident.resolved</c>.</summary>
/// <param name="Status">The status after the event; <see cref="IncidentStatus.Resolved"/> for <c>incident.resolved</c>.</param>
/// <param name="Message">The text of the update that raised the event.</param>
/// <param name="StartedAt">When the incident began, UTC.</param>
public sealed record IncidentData(
    int Id,
    string Title,
    IncidentStatus Status,
    IncidentSeverity Severity,
    string Message,
    IReadOnlyList<string> Components,
    DateTime StartedAt) : EventData;

/// <summary>
/// The data of <c>maintenance.scheduled</c>, <c>maintenance.started</c> and <c>maintenance.completed</c>; with <see cref="Status"/> that of
/// <c>maintenance.updated</c> and <c>maintenance.reminder</c>.
/// </summary>
/// <param name="Id">The maintenance's database id.</param>
/// <param name="Title">The maintenance's title.</param>
/// <param name="Message">What is being done; of <c>maintenance.updated</c> the message of the update.</param>
/// <param name="Components">The names of the affected components.</param>
/// <param name="WindowStart">When the window opens, UTC; once started, when it really did.</param>
/// <param name="WindowEnd">When the window closes, UTC; once completed, when it really did.</param>
public sealed record MaintenanceData(
    int Id,
    string Title,
    string Message,
    IReadOnlyList<string> Components,
    DateTime WindowStart,
    DateTime WindowEnd) : EventData
{
    /// <summary>Where the window stands; given exactly for the additional events, which can come at any time.</summary>
    public MaintenanceStatus? Status { get; init; }
}

/// <summary>The data of <c>component.status_changed</c>, <c>component.created</c> and <c>component.deleted</c>.</summary>
/// <param name="PreviousStatus">The status before the event; null exactly for <c>component.created</c>.</param>
/// <param name="NewStatus">The status after the event; null exactly for <c>component.deleted</c>.</param>
/// <param name="UptimePercent">
/// Uptime in percent, 0 to 100, over the last 90 days or the component's life, whichever is shorter. Whoever computes it
/// rounds it down to two decimals; it is written as it is, without trailing zeros.
/// </param>
public sealed record ComponentData(
    int Id,
    string Name,
    ComponentStatus? PreviousStatus,
    ComponentStatus? NewStatus,
    decimal UptimePercent) : EventData;

/// <summary>The data of the alerts <c>notification.failing</c> and <c>notification.switched_off</c>.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Kind">Its type, e.g. <c>webhook</c>.</param>
/// <param name="Reason">What happened, in a sentence or two of the console's own; nothing of what the receiver said.</param>
/// <param name="Failure">What its last attempt failed with, as the log names it, e.g. <c>http_status</c>.</param>
/// <param name="StatusCode">That attempt's status code; null where there was no response.</param>
/// <param name="LastSuccessAt">When it last succeeded, UTC; null where it never did.</param>
public sealed record NotificationData(
    int Id,
    string Name,
    string Kind,
    string Reason,
    string Failure,
    int? StatusCode,
    DateTime? LastSuccessAt) : EventData
{
    /// <summary>The delivery whose attempt failed; null only in what an earlier version stored.</summary>
    public FailedDelivery? Delivery { get; init; }
}

/// <summary>The delivery that an alert is about.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Event">Its event.</param>
/// <param name="EventId">The event's number.</param>
/// <param name="Url">Its address in the console; null where the console's public address is not configured.</param>
public sealed record FailedDelivery(long Id, EventType Event, long EventId, string? Url);

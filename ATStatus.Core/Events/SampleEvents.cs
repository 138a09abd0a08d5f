namespace ATStatus.Core.Events;

/// <summary>
/// Realistic content for each event type, modelled on the samples of the Custom Webhooks document: what Send test sends,
/// what a preview shows, and the example beside each schema.
/// </summary>
public static class SampleEvents
{
    /// <summary>What the title (of component events the name) begins with when a test is sent.</summary>
    public const string TestPrefix = "[Test] ";

    private static readonly StatusPageRef SamplePage = new(1, "Main Status", "main");

    /// <summary>Returns a sample that fits <paramref name="type"/>; <see cref="EventPayload.Write"/> takes it as it is.</summary>
    /// <param name="now">The moment of the event, UTC; the sample's other instants lie around it.</param>
    /// <param name="page">The page it is about; the document's "Main Status" when null. An alert is about none, and is given none.</param>
    /// <param name="test">Whether the title or name begins with <see cref="TestPrefix"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="now"/> is not UTC, or the type is not a defined one.</exception>
    public static (StatusPageRef? Page, EventData Data) For(EventType type, DateTime now, StatusPageRef? page = null, bool test = false)
    {
        if (now.Kind != DateTimeKind.Utc)
            throw new ArgumentException($"now is {now.Kind}; samples are in UTC.", nameof(now));

        return (type.IsAlert() ? null : page ?? SamplePage, DataOf(type, now, test ? TestPrefix : ""));
    }

    private static EventData DataOf(EventType type, DateTime now, string prefix) => type switch
    {
        EventType.IncidentCreated => Incident(
            prefix, IncidentStatus.Investigating, "We are investigating reports of API errors.", now),
        EventType.IncidentUpdated => Incident(
            prefix, IncidentStatus.Identified, "The cause of the API errors is known and a fix is being rolled out.", now.AddMinutes(-20)),
        EventType.IncidentResolved => Incident(
            prefix, IncidentStatus.Resolved, "The fix is in place and the API answers normally again.", now.AddMinutes(-50)),
        EventType.MaintenanceScheduled => Maintenance(
            prefix, "Scheduled database maintenance window.", now.Date.AddDays(1).AddHours(2), now.Date.AddDays(1).AddHours(4)),
        EventType.MaintenanceStarted => Maintenance(
            prefix, "Scheduled database maintenance window.", now, now.AddHours(2)),
        EventType.MaintenanceCompleted => Maintenance(
            prefix, "Scheduled database maintenance window.", now.AddHours(-2), now),
        EventType.MaintenanceUpdated => Maintenance(
            prefix, "The new index is built; the rest takes half an hour longer than planned.", now.AddHours(-1), now.AddHours(1)) with
        { Status = MaintenanceStatus.InProgress },
        EventType.MaintenanceReminder => Maintenance(
            prefix, "Scheduled database maintenance window.", now.AddDays(1), now.AddDays(1).AddHours(2)) with
        { Status = MaintenanceStatus.Scheduled },
        EventType.ComponentStatusChanged => Component(prefix, ComponentStatus.Operational, ComponentStatus.Degraded, 99.5m),
        EventType.ComponentCreated => Component(prefix, null, ComponentStatus.Operational, 100m),
        EventType.ComponentDeleted => Component(prefix, ComponentStatus.Operational, null, 99.5m),
        EventType.NotificationFailing => Alert(prefix, "A delivery was given up. All 3 attempts failed.", "http_status", 500, now),
        EventType.NotificationSwitchedOff => Alert(
            prefix, "The receiver answered 410 Gone. Nothing is sent to it until somebody switches it on.", "http_status", 410, now),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static IncidentData Incident(string prefix, IncidentStatus status, string message, DateTime startedAt) => new(
        123, prefix + "API Connectivity Issues", status, IncidentSeverity.Major, message, ["API", "Dashboard"], startedAt);

    private static MaintenanceData Maintenance(string prefix, string message, DateTime windowStart, DateTime windowEnd) => new(
        45, prefix + "Database Maintenance", message, ["Database"], windowStart, windowEnd);

    private static ComponentData Component(
        string prefix, ComponentStatus? previousStatus, ComponentStatus? newStatus, decimal uptimePercent) => new(
        5, prefix + "API Gateway", previousStatus, newStatus, uptimePercent);

    private static NotificationData Alert(string prefix, string reason, string failure, int statusCode, DateTime now) => new(
        7, prefix + "On-call pager", "webhook", reason, failure, statusCode, now.AddMinutes(-40))
    {
        Delivery = new FailedDelivery(4711, EventType.IncidentCreated, 812, "https://status-admin.example.com/admin/deliveries/4711"),
    };
}

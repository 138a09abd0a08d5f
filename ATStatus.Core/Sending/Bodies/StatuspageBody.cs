using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>
/// An event in the form of Atlassian Statuspage's webhook notifications (support.atlassian.com, "Enable webhook notifications"): <c>meta</c>
/// and <c>page</c> with <c>incident</c>, also for maintenance, or with <c>component_update</c> and <c>component</c>. It is made from the event
/// alone: <c>incident_updates</c> has the update that raised it, and the page's indicator is what this event makes of it.
/// </summary>
internal static class StatuspageBody
{
    public static byte[] Write(BodySource source)
    {
        var envelope = EventPayloadReader.Read(source.Payload);
        var at = Text(envelope.Timestamp);
        var pageId = Text(envelope.Page?.Id ?? 0);
        var (indicator, description) = IndicatorOf(envelope);
        var body = new JsonObject
        {
            ["meta"] = new JsonObject { ["unsubscribe"] = "", ["documentation"] = "", ["generated_at"] = at },
            ["page"] = new JsonObject { ["id"] = pageId, ["status_indicator"] = indicator, ["status_description"] = description },
        };
        switch (envelope.Data)
        {
            case IncidentData incident:
                body["incident"] = IncidentOf(
                    new(Text(incident.Id), incident.Title, incident.Status.WireName(), incident.Severity.WireName(), incident.Message, incident.Components, Text(incident.StartedAt))
                    {
                        MonitoringAt = incident.Status == IncidentStatus.Monitoring ? at : null,
                        ResolvedAt = incident.Status == IncidentStatus.Resolved ? at : null,
                    }, at, pageId, source);
                break;
            case MaintenanceData window:
                var status = StatusOf(envelope.Type, window);
                body["incident"] = IncidentOf(
                    new(Text(window.Id), window.Title, status, "maintenance", window.Message, window.Components, at)
                    {
                        ResolvedAt = status == "completed" ? at : null,
                        ScheduledFor = Text(window.WindowStart),
                        ScheduledUntil = Text(window.WindowEnd),
                    }, at, pageId, source);
                break;
            case ComponentData component:
                body["component_update"] = new JsonObject
                {
                    ["created_at"] = at,
                    ["new_status"] = NameOf(component.NewStatus),
                    ["old_status"] = NameOf(component.PreviousStatus),
                    ["component_type"] = "Component",
                    ["id"] = Text(source.RequestId),
                    ["component_id"] = Text(component.Id),
                };
                body["component"] = ComponentOf(Text(component.Id), component.Name, NameOf(component.NewStatus ?? component.PreviousStatus), pageId);
                break;
            case NotificationData alert:
                // Statuspage has nothing like it; an incident is what every receiver of its form can show.
                body["incident"] = IncidentOf(
                    new($"notification-{Text(alert.Id)}", $"Notification failing: {alert.Name}", "investigating", "major", alert.Reason, [], at), at, pageId, source);
                break;
        }
        using var written = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(body));
        var output = new ArrayBufferWriter<byte>(1024);
        CanonicalJson.Write(new CanonicalJsonWriter(output), written.RootElement);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What an incident of Statuspage says here.</summary>
    private sealed record Incident(string Id, string Name, string Status, string Impact, string Message, IReadOnlyList<string> Components, string CreatedAt)
    {
        public string? MonitoringAt { get; init; }

        public string? ResolvedAt { get; init; }

        public string? ScheduledFor { get; init; }

        public string? ScheduledUntil { get; init; }
    }

    private static JsonObject IncidentOf(Incident incident, string at, string pageId, BodySource source)
    {
        // Old events have no numbers, or not those of all names.
        var ids = source.ComponentIds is { } known && known.Count == incident.Components.Count ? known : null;
        var components = incident.Components.Select((name, i) => (Id: ids is null ? null : Text(ids[i]), Name: name)).ToArray();
        return new JsonObject
        {
            ["name"] = incident.Name,
            ["status"] = incident.Status,
            ["created_at"] = incident.CreatedAt,
            ["updated_at"] = at,
            ["monitoring_at"] = incident.MonitoringAt,
            ["resolved_at"] = incident.ResolvedAt,
            ["impact"] = incident.Impact,
            ["shortlink"] = source.PageUrl ?? "",
            ["scheduled_for"] = incident.ScheduledFor,
            ["scheduled_until"] = incident.ScheduledUntil,
            ["id"] = incident.Id,
            ["page_id"] = pageId,
            ["incident_updates"] = new JsonArray(new JsonObject
            {
                ["status"] = incident.Status,
                ["body"] = incident.Message,
                ["created_at"] = at,
                ["updated_at"] = at,
                ["display_at"] = at,
                ["affected_components"] = new JsonArray([.. components.Select(c => new JsonObject { ["code"] = c.Id, ["name"] = c.Name })]),
                ["deliver_notifications"] = true,
                ["id"] = Text(source.RequestId),
                ["incident_id"] = incident.Id,
            }),
            ["components"] = new JsonArray([.. components.Select(c => ComponentOf(c.Id, c.Name, status: null, pageId))]),
        };
    }

    /// <summary>An incident's event names its components and does not say how they stand: they have no status there.</summary>
    private static JsonObject ComponentOf(string? id, string name, string? status, string pageId)
    {
        var component = new JsonObject { ["id"] = id, ["name"] = name, ["page_id"] = pageId };
        if (status is not null)
            component["status"] = status;
        return component;
    }

    private static (string Indicator, string Description) IndicatorOf(EventEnvelope envelope) => envelope.Data switch
    {
        IncidentData { Status: not IncidentStatus.Resolved } incident => Described(incident.Severity.WireName()),
        MaintenanceData window when StatusOf(envelope.Type, window) == "in_progress" => Described("maintenance"),
        ComponentData { NewStatus: ComponentStatus.Degraded } => Described("minor"),
        ComponentData { NewStatus: ComponentStatus.PartialOutage } => Described("major"),
        ComponentData { NewStatus: ComponentStatus.MajorOutage } => Described("critical"),
        ComponentData { NewStatus: ComponentStatus.Maintenance } => Described("maintenance"),
        _ => Described("none"),
    };

    // The words that Statuspage shows at the top of a page.
    private static (string Indicator, string Description) Described(string indicator) => (indicator, indicator switch
    {
        "minor" => "Minor Service Outage",
        "major" => "Partial System Outage",
        "critical" => "Major System Outage",
        "maintenance" => "Service Under Maintenance",
        _ => "All Systems Operational",
    });

    // Statuspage has no word for what was cancelled.
    private static string StatusOf(EventType type, MaintenanceData window) => (window.Status, type) switch
    {
        (MaintenanceStatus.InProgress, _) or (null, EventType.MaintenanceStarted) => "in_progress",
        (MaintenanceStatus.Completed or MaintenanceStatus.Cancelled, _) or (null, EventType.MaintenanceCompleted) => "completed",
        _ => "scheduled",
    };

    private static string? NameOf(ComponentStatus? status) => status switch
    {
        null => null,
        ComponentStatus.Degraded => "degraded_performance",
        ComponentStatus.Maintenance => "under_maintenance",
        { } other => other.WireName(),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

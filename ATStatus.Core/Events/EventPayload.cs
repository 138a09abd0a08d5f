using System.Buffers;
using System.Globalization;

namespace ATStatus.Core.Events;

/// <summary>
/// The body of a webhook: envelope and data of the Custom Webhooks document, as the exact bytes that are stored, signed and
/// sent. They equal JavaScript's <c>JSON.stringify(JSON.parse(body))</c>, which the document's verification sample relies on.
/// </summary>
public static class EventPayload
{
    /// <summary>
    /// Writes the payload as compact UTF-8 JSON without a byte order mark: <c>event</c>, <c>timestamp</c>, <c>statusPage</c>,
    /// <c>data</c>, in this order. Instants are written as <c>yyyy-MM-ddTHH:mm:ssZ</c>, cut (not rounded) to whole seconds.
    /// Unpaired surrogates in texts become U+FFFD.
    /// </summary>
    /// <param name="timestamp">When it happened, UTC.</param>
    /// <param name="page">The page it happened on; null exactly for alerts, which happen on none.</param>
    /// <param name="data">A snapshot of what it happened to.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="data"/> does not fit <paramref name="type"/> (another group's data, an <c>incident.resolved</c> that is not
    /// resolved, a status of a component or a maintenance window that is missing or given where there can be none, an alert without its
    /// delivery); an instant is not <see cref="DateTimeKind.Utc"/>; an enum's value or a text is undefined.
    /// </exception>
    public static byte[] Write(EventType type, DateTime timestamp, StatusPageRef? page, EventData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (page is null != type.IsAlert())
            throw new ArgumentException($"{type.WireName()} {(page is null ? "happens on a page" : "happens on no page")}.", nameof(page));

        var output = new ArrayBufferWriter<byte>(512);
        var json = new CanonicalJsonWriter(output);
        json.WriteStartObject();
        WriteProperty(json, "event", type.WireName());
        WriteProperty(json, "timestamp", timestamp);

        json.WritePropertyName("statusPage");
        if (page is null)
            json.WriteNull();
        else
            WritePage(json, page);

        json.WritePropertyName("data");
        json.WriteStartObject();
        switch (type.Group(), data)
        {
            case (EventGroup.Incidents, IncidentData incident):
                WriteIncident(json, type, incident);
                break;
            case (EventGroup.Maintenance, MaintenanceData maintenance):
                WriteMaintenance(json, type, maintenance);
                break;
            case (EventGroup.Components, ComponentData component):
                WriteComponent(json, type, component);
                break;
            case (EventGroup.Notifications, NotificationData notification):
                WriteNotification(json, type, notification);
                break;
            default:
                throw new ArgumentException($"{data.GetType().Name} is not the data of {type.WireName()}.", nameof(data));
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The payloads of several events as one JSON array, for a message that tells them all.</summary>
    public static byte[] Combine(IEnumerable<byte[]> payloads)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        foreach (var payload in payloads)
        {
            output.Write(output.WrittenCount == 0 ? "["u8 : ","u8);
            output.Write(payload);
        }
        output.Write("]"u8);
        return output.WrittenSpan.ToArray();
    }

    private static void WritePage(CanonicalJsonWriter json, StatusPageRef page)
    {
        json.WriteStartObject();
        WriteProperty(json, "id", page.Id);
        WriteProperty(json, "name", page.Name);
        WriteProperty(json, "slug", page.Slug);
        json.WriteEndObject();
    }

    private static void WriteIncident(CanonicalJsonWriter json, EventType type, IncidentData data)
    {
        if (type == EventType.IncidentResolved && data.Status != IncidentStatus.Resolved)
            throw Misfit(type, "status", data.Status.WireName(), nameof(data));

        WriteProperty(json, "id", data.Id);
        WriteProperty(json, "title", data.Title);
        WriteProperty(json, "status", data.Status.WireName());
        WriteProperty(json, "severity", data.Severity.WireName());
        WriteProperty(json, "message", data.Message);
        WriteProperty(json, "components", data.Components);
        WriteProperty(json, "startedAt", data.StartedAt);
    }

    private static void WriteMaintenance(CanonicalJsonWriter json, EventType type, MaintenanceData data)
    {
        if (data.Status is null == type.IsAdditional())
            throw Misfit(type, "status", data.Status?.WireName(), nameof(data));

        WriteProperty(json, "id", data.Id);
        WriteProperty(json, "title", data.Title);
        if (data.Status is { } status)
            WriteProperty(json, "status", status.WireName());
        WriteProperty(json, "message", data.Message);
        WriteProperty(json, "components", data.Components);
        WriteProperty(json, "windowStart", data.WindowStart);
        WriteProperty(json, "windowEnd", data.WindowEnd);
    }

    private static void WriteComponent(CanonicalJsonWriter json, EventType type, ComponentData data)
    {
        if (data.PreviousStatus is null != (type == EventType.ComponentCreated))
            throw Misfit(type, "previous status", data.PreviousStatus?.WireName(), nameof(data));
        if (data.NewStatus is null != (type == EventType.ComponentDeleted))
            throw Misfit(type, "new status", data.NewStatus?.WireName(), nameof(data));

        WriteProperty(json, "id", data.Id);
        WriteProperty(json, "name", data.Name);
        WriteProperty(json, "previousStatus", data.PreviousStatus?.WireName());
        WriteProperty(json, "newStatus", data.NewStatus?.WireName());
        json.WritePropertyName("uptimePercent");
        json.WriteNumber(data.UptimePercent);
    }

    private static void WriteNotification(CanonicalJsonWriter json, EventType type, NotificationData data)
    {
        if (data.Delivery is not { } delivery)
            throw Misfit(type, "delivery", null, nameof(data));

        WriteProperty(json, "id", data.Id);
        WriteProperty(json, "name", data.Name);
        WriteProperty(json, "type", data.Kind);
        WriteProperty(json, "reason", data.Reason);
        WriteProperty(json, "failure", data.Failure);
        json.WritePropertyName("statusCode");
        if (data.StatusCode is { } status)
            json.WriteNumber((long)status);
        else
            json.WriteNull();
        if (data.LastSuccessAt is { } success)
            WriteProperty(json, "lastSuccessAt", success);
        else
            WriteProperty(json, "lastSuccessAt", (string?)null);
        WriteProperty(json, "deliveryId", delivery.Id);
        WriteProperty(json, "event", delivery.Event.WireName());
        WriteProperty(json, "eventId", delivery.EventId);
        WriteProperty(json, "url", delivery.Url);
    }

    private static ArgumentException Misfit(EventType type, string field, string? value, string parameter) =>
        new($"{type.WireName()} cannot carry the {field} {value ?? "null"}.", parameter);

    private static void WriteProperty(CanonicalJsonWriter json, string name, long value)
    {
        json.WritePropertyName(name);
        json.WriteNumber(value);
    }

    private static void WriteProperty(CanonicalJsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null)
            json.WriteNull();
        else
            json.WriteString(value);
    }

    private static void WriteProperty(CanonicalJsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (var value in values)
            json.WriteString(value);
        json.WriteEndArray();
    }

    private static void WriteProperty(CanonicalJsonWriter json, string name, DateTime instant)
    {
        if (instant.Kind != DateTimeKind.Utc)
            throw new ArgumentException($"{name} is {instant.Kind}; the payload carries UTC.");

        json.WritePropertyName(name);
        json.WriteString(instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}

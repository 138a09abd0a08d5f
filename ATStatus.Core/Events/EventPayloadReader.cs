using System.Globalization;
using System.Text.Json;

namespace ATStatus.Core.Events;

/// <summary>An event as its payload tells it.</summary>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="Page">The page it happened on; null for an alert.</param>
/// <param name="Data">What it happened to, as it was then.</param>
public sealed record EventEnvelope(EventType Type, DateTime Timestamp, StatusPageRef? Page, EventData Data);

/// <summary>
/// Reads what <see cref="EventPayload"/> wrote: for types of notification whose receivers want another form than the document's. The stored
/// bytes are all they build from, so that each attempt tells the same.
/// </summary>
public static class EventPayloadReader
{
    /// <summary>The event in a stored payload.</summary>
    /// <exception cref="FormatException">The bytes are no payload of this version.</exception>
    public static EventEnvelope Read(ReadOnlyMemory<byte> payload) => Parse(payload, Read);

    /// <summary>The events in a stored payload, or in several that <see cref="EventPayload.Combine"/> made one; never none.</summary>
    /// <exception cref="FormatException">The bytes are no payload of this version.</exception>
    public static IReadOnlyList<EventEnvelope> ReadAll(ReadOnlyMemory<byte> payload) => Parse<IReadOnlyList<EventEnvelope>>(
        payload, root => root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? [.. root.EnumerateArray().Select(Read)] : [Read(root)]);

    private static T Parse<T>(ReadOnlyMemory<byte> payload, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The payload is not one that this version wrote.", e);
        }
    }

    private static EventEnvelope Read(JsonElement root)
    {
        if (!EventTypes.TryParse(root.GetProperty("event").GetString(), out var type))
            throw new FormatException("The payload's event is none that this version knows.");
        var page = root.GetProperty("statusPage");
        return new EventEnvelope(
            type, Instant(root, "timestamp"),
            type.IsAlert() ? null : new StatusPageRef(page.GetProperty("id").GetInt32(), Text(page, "name"), Text(page, "slug")),
            DataOf(type, root.GetProperty("data")));
    }

    private static EventData DataOf(EventType type, JsonElement data) => type.Group() switch
    {
        EventGroup.Incidents => new IncidentData(
            data.GetProperty("id").GetInt32(), Text(data, "title"),
            IncidentStatuses.TryParse(Text(data, "status"), out var status) ? status : throw Unknown("status"),
            IncidentSeverities.TryParse(Text(data, "severity"), out var severity) ? severity : throw Unknown("severity"),
            Text(data, "message"), Texts(data, "components"), Instant(data, "startedAt")),
        EventGroup.Maintenance => new MaintenanceData(
            data.GetProperty("id").GetInt32(), Text(data, "title"), Text(data, "message"), Texts(data, "components"),
            Instant(data, "windowStart"), Instant(data, "windowEnd"))
        {
            Status = !type.IsAdditional() ? null
                : MaintenanceStatuses.TryParse(Text(data, "status"), out var stands) ? stands : throw Unknown("status"),
        },
        EventGroup.Components => new ComponentData(
            data.GetProperty("id").GetInt32(), Text(data, "name"), Status(data, "previousStatus"), Status(data, "newStatus"),
            data.GetProperty("uptimePercent").GetDecimal()),
        _ => new NotificationData(
            data.GetProperty("id").GetInt32(), Text(data, "name"), Text(data, "type"), Text(data, "reason"), Text(data, "failure"),
            data.GetProperty("statusCode") is { ValueKind: JsonValueKind.Number } code ? code.GetInt32() : null,
            data.GetProperty("lastSuccessAt") is { ValueKind: JsonValueKind.Null } ? null : Instant(data, "lastSuccessAt"))
        {
            Delivery = Delivery(data),
        },
    };

    /// <summary>Earlier versions stored alerts without it, and theirs may still be sent.</summary>
    private static FailedDelivery? Delivery(JsonElement data) => data.TryGetProperty("deliveryId", out var id)
        ? new FailedDelivery(
            id.GetInt64(), EventTypes.TryParse(Text(data, "event"), out var type) ? type : throw Unknown("event"),
            data.GetProperty("eventId").GetInt64(), data.GetProperty("url").GetString())
        : null;

    private static ComponentStatus? Status(JsonElement data, string name) =>
        data.GetProperty(name) is { ValueKind: JsonValueKind.Null } ? null
        : ComponentStatuses.TryParse(Text(data, name), out var status) ? status
        : throw Unknown(name);

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? throw Unknown(name);

    private static string[] Texts(JsonElement parent, string name) =>
        [.. parent.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? throw Unknown(name))];

    private static DateTime Instant(JsonElement parent, string name) => DateTime.ParseExact(
        Text(parent, name), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static FormatException Unknown(string name) => new($"The payload's {name} is none that this version knows.");
}

using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>
/// The JSON Schema (2020-12) of each event's body, made from the records that the body is written from. Exactly what
/// <see cref="EventPayload.Write"/> can write is valid: nothing is left out, nothing is added. Apart from the dialect it names, a schema uses
/// only what draft-07 and OpenAPI 3.1 have in common with it, so that the other documents hold the same one.
/// </summary>
public static class EventSchema
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>What each instant in a payload looks like: UTC and whole seconds.</summary>
    private const string InstantPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";

    /// <summary>The moment of every example: the Custom Webhooks document's.</summary>
    private static readonly DateTime ExampleMoment = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>The address of an event's schema, relative to the console's.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static string PathOf(EventType type) => $"events/{type.WireName()}.schema.json";

    /// <summary>The whole document that stands at that address.</summary>
    /// <param name="console">The console's address, with a slash at its end.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static JsonObject Document(EventType type, Uri console)
    {
        var document = new JsonObject
        {
            ["$schema"] = Dialect,
            ["$id"] = new Uri(console, PathOf(type)).AbsoluteUri,
            ["title"] = type.WireName(),
            ["description"] = type.Description(),
        };
        foreach (var (keyword, value) in Of(type))
            document[keyword] = value?.DeepClone();
        document["examples"] = new JsonArray(ExampleOf(type));
        return document;
    }

    /// <summary>The schema alone, to be put into another document.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a defined event type.</exception>
    public static JsonObject Of(EventType type)
    {
        var group = type.Group();
        return ObjectOf(type, typeof(EventEnvelope), DataOf(group));
    }

    /// <summary>A body that an event of this type could have.</summary>
    public static JsonObject ExampleOf(EventType type)
    {
        var (page, data) = SampleEvents.For(type, ExampleMoment);
        return JsonNode.Parse(EventPayload.Write(type, ExampleMoment, page, data))!.AsObject();
    }

    private static Type DataOf(EventGroup group) => group switch
    {
        EventGroup.Incidents => typeof(IncidentData),
        EventGroup.Maintenance => typeof(MaintenanceData),
        EventGroup.Components => typeof(ComponentData),
        EventGroup.Notifications => typeof(NotificationData),
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, null),
    };

    private static JsonObject ObjectOf(EventType type, Type record, Type data)
    {
        var properties = new JsonObject();
        foreach (var field in PayloadField.Of(record))
        {
            if (PropertyOf(type, field, data) is { } property)
                properties[field.Name] = property;
        }
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Key))]),
            ["additionalProperties"] = false,
        };
    }

    /// <summary>A property's schema, its description first; null where the payload does not have it.</summary>
    private static JsonObject? PropertyOf(EventType type, PayloadField field, Type data)
    {
        var value = field.ValueIn(type);
        if (value == PayloadValue.Absent)
            return null;
        var schema = new JsonObject { ["description"] = field.Note.Description };
        foreach (var (keyword, rule) in value == PayloadValue.Null ? new JsonObject { ["type"] = "null" } : ValueOf(type, field, data))
            schema[keyword] = rule?.DeepClone();
        if (value == PayloadValue.GivenOrNull)
        {
            schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");
            (schema["enum"] as JsonArray)?.Add(null);
        }
        return schema;
    }

    private static JsonObject ValueOf(EventType type, PayloadField field, Type data)
    {
        if (field.NamesIn(type) is { } names)
        {
            return names is [var only]
                ? new JsonObject { ["type"] = "string", ["const"] = only }
                : new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) };
        }
        if (field.Type == typeof(EventData))
            return ObjectOf(type, data, data);
        if (field.Type == typeof(StatusPageRef))
            return ObjectOf(type, field.Type, data);
        var schema = SimpleOf(field.Type) ?? throw new InvalidOperationException($"{field.Member.DeclaringType!.Name}.{field.Member.Name} is of no type that payloads have.");
        if (field.Note.Range is var (smallest, largest))
        {
            schema["minimum"] = smallest;
            schema["maximum"] = largest;
        }
        return schema;
    }

    private static JsonObject? SimpleOf(Type type) =>
        type == typeof(string) ? new JsonObject { ["type"] = "string" }
        : type == typeof(int) ? new JsonObject { ["type"] = "integer", ["format"] = "int32" }
        : type == typeof(long) ? new JsonObject { ["type"] = "integer", ["format"] = "int64" }
        : type == typeof(decimal) ? new JsonObject { ["type"] = "number" }
        : type == typeof(DateTime) ? new JsonObject { ["type"] = "string", ["format"] = "date-time", ["pattern"] = InstantPattern }
        : type == typeof(IReadOnlyList<string>) ? new JsonObject { ["type"] = "array", ["items"] = SimpleOf(typeof(string)) }
        : null;
}

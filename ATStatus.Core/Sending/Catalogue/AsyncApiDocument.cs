using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>The AsyncAPI 3.0 document: the console sends each event as a message to one channel, the notification's URL.</summary>
public static class AsyncApiDocument
{
    /// <summary>Its address, relative to the console's.</summary>
    public const string Path = "events/asyncapi.json";

    private const string Channel = "webhook";
    private const string HttpBindingVersion = "0.3.0";

    /// <summary>Makes the document.</summary>
    /// <param name="console">The console's address, with a slash at its end.</param>
    /// <param name="version">The program's version.</param>
    public static JsonObject Build(Uri console, string version)
    {
        var (channelMessages, operations, messages, schemas) = (new JsonObject(), new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var type in EventTypes.Every)
        {
            var name = type.WireName();
            channelMessages[name] = Reference($"#/components/messages/{name}");
            operations[name] = Operation(type);
            messages[name] = Message(type, console);
            schemas[name] = EventSchema.Of(type);
        }
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "ATStatus webhooks",
                ["version"] = version,
                ["description"] = "What ATStatus sends to a webhook's URL: a POST per event, to which any 2xx within the time limit is a success. " +
                    "A delivery is made at least once; its X-Request-ID tells a repeat.",
                ["tags"] = new JsonArray([.. Enum.GetValues<EventGroup>().Select(Tag)]),
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = new JsonObject
            {
                [Channel] = new JsonObject
                {
                    ["address"] = null,
                    ["title"] = "A notification's URL",
                    ["description"] = "The operator enters it in the console. Only the selected events are sent; an alert is sent where another notification names this one.",
                    ["messages"] = channelMessages,
                },
            },
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages, ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(EventType type) => new()
    {
        ["action"] = "send",
        ["channel"] = Reference($"#/channels/{Channel}"),
        ["summary"] = type.Description(),
        ["messages"] = new JsonArray(Reference($"#/channels/{Channel}/messages/{type.WireName()}")),
        ["bindings"] = new JsonObject { ["http"] = new JsonObject { ["method"] = "POST", ["bindingVersion"] = HttpBindingVersion } },
    };

    private static JsonObject Message(EventType type, Uri console)
    {
        var name = type.WireName();
        return new JsonObject
        {
            ["name"] = name,
            ["title"] = name,
            ["summary"] = type.Description(),
            ["contentType"] = "application/json",
            ["tags"] = new JsonArray(Tag(type.Group())),
            ["headers"] = EventHeader.ObjectOf(type),
            ["payload"] = Reference($"#/components/schemas/{name}"),
            ["examples"] = new JsonArray(new JsonObject { ["name"] = "sample", ["payload"] = EventSchema.ExampleOf(type) }),
            ["externalDocs"] = new JsonObject
            {
                ["description"] = "The JSON Schema of the body",
                ["url"] = new Uri(console, EventSchema.PathOf(type)).AbsoluteUri,
            },
        };
    }

    private static JsonObject Tag(EventGroup group) => new JsonObject { ["name"] = group.ToString().ToLowerInvariant() };

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };
}

using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>The <c>webhooks</c> section of an OpenAPI 3.1 document: each event as a request that the receiver answers.</summary>
public static class OpenApiWebhooks
{
    /// <summary>Makes the section: an object with one path item per event type, by its name. The caller owns it and may add to it.</summary>
    public static JsonObject Build()
    {
        var webhooks = new JsonObject();
        foreach (var type in EventTypes.Every)
            webhooks[type.WireName()] = new JsonObject { ["post"] = Operation(type) };
        return webhooks;
    }

    private static JsonObject Operation(EventType type) => new()
    {
        ["operationId"] = type.WireName(),
        ["summary"] = type.Description(),
        ["tags"] = new JsonArray("webhooks"),
        ["parameters"] = new JsonArray([.. EventHeader.All.Select(header => Parameter(header, type))]),
        ["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = EventSchema.Of(type), ["example"] = EventSchema.ExampleOf(type) },
            },
        },
        ["responses"] = new JsonObject
        {
            ["2XX"] = Response("Received. The body is only kept for the operator to read."),
            ["410"] = Response("Gone: the notification is switched off, and nothing is retried."),
            ["default"] = Response("A failed attempt, which is retried. Redirects are not followed."),
        },
    };

    private static JsonObject Parameter(EventHeader header, EventType type) => new JsonObject
    {
        ["name"] = header.Name,
        ["in"] = "header",
        ["description"] = header.Description,
        ["required"] = header.IsAlwaysSent,
        ["schema"] = header.Schema(type),
    };

    private static JsonObject Response(string description) => new() { ["description"] = description };
}

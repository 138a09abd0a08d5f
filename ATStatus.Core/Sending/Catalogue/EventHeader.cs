using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>A header of a webhook, for the documents. What HTTP itself asks for, and what an operator adds, is none of them.</summary>
/// <param name="Description">For receivers.</param>
/// <param name="IsAlwaysSent">Whether each request has it.</param>
/// <param name="Schema">Its value for an event, as a JSON Schema.</param>
internal sealed record EventHeader(string Name, string Description, bool IsAlwaysSent, Func<EventType, JsonObject> Schema)
{
    private const string HexPattern = "^[0-9a-f]{64}$";
    private const string StandardPattern = "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)?$";

    /// <summary>Every one, in the order in which they are sent.</summary>
    public static IReadOnlyList<EventHeader> All { get; } =
    [
        new("User-Agent", "The sender and the version of this format.", true, _ => Constant(WebhookHeaders.UserAgent)),
        new(WebhookHeaders.Event, "The event type, as in the body.", true, type => Constant(type.WireName())),
        new(
            WebhookHeaders.Signature,
            "Lower-case hex HMAC-SHA256 of the body's bytes, keyed with the UTF-8 bytes of the secret. Absent where the notification has none.",
            false, _ => Matching(HexPattern)),
        new(
            WebhookHeaders.PreviousSignature, "The same with the secret that was replaced, while it goes on signing.", false,
            _ => Matching(HexPattern)),
        new(
            WebhookHeaders.RequestId,
            "One UUID per delivery: the same on each retry and redelivery of it, never shared by two. Store it to ignore duplicates.",
            true, _ => Uuid()),
        new(WebhookHeaders.StandardId, $"The same as {WebhookHeaders.RequestId}. {Standard}", false, _ => Uuid()),
        new(WebhookHeaders.StandardTimestamp, $"When this attempt began, in seconds since 1970. {Standard}", false, _ => Matching("^[0-9]+$")),
        new(
            WebhookHeaders.StandardSignature,
            $"v1, and the base64 HMAC-SHA256 of id.timestamp.body; two, separated by a blank, while a replaced secret goes on signing. {Standard}",
            false, _ => Matching(StandardPattern)),
    ];

    private const string Standard = "Sent where Standard Webhooks headers are switched on.";

    /// <summary>All headers of an event's request as one object.</summary>
    public static JsonObject ObjectOf(EventType type)
    {
        var properties = new JsonObject();
        foreach (var header in All)
        {
            var schema = header.Schema(type);
            schema.Insert(0, "description", header.Description);
            properties[header.Name] = schema;
        }
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. All.Where(header => header.IsAlwaysSent).Select(header => JsonValue.Create(header.Name))]),
        };
    }

    private static JsonObject Constant(string value) => new() { ["type"] = "string", ["const"] = value };

    private static JsonObject Matching(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Uuid() => new() { ["type"] = "string", ["format"] = "uuid" };
}

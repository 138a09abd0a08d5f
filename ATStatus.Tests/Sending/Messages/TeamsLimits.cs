using System.Text.Json;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>
/// What Microsoft's documents demand of a card, checked on the JSON: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
/// (the envelope; 28 KB), http://adaptivecards.io/schemas/adaptive-card.json (version 1.4 or less, the properties and values of each element; none
/// may have others) and https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features (dates, Markdown).
/// </summary>
internal static class TeamsLimits
{
    private static readonly string[] OfElements = ["type", "id", "isVisible", "separator", "spacing", "height", "fallback", "requires"];

    public static List<string> Violations(ReadOnlyMemory<byte> body)
    {
        var found = new List<string>();
        var message = Reading.Json(body);
        Check(body.Length <= 28 * 1024, $"{body.Length} bytes");
        Check(!message.Beyond("type", "attachments").Any() && message.Text("type") == "message", "not a message");
        var attachment = message.Items("attachments").Single();
        Check(!attachment.Beyond("contentType", "contentUrl", "content").Any(), "unknown property of the attachment");
        Check(attachment.Text("contentType") == "application/vnd.microsoft.card.adaptive", "content type");
        var card = attachment.GetProperty("content");
        Check(!card.Beyond("$schema", "type", "version", "fallbackText", "body", "actions").Any(), "unknown property of the card");
        Check(card.Text("type") == "AdaptiveCard", "type");
        Check(card.Text("version") is "1.0" or "1.1" or "1.2" or "1.3" or "1.4", "version");
        Check(!string.IsNullOrWhiteSpace(card.Text("fallbackText")), "no fallback");
        foreach (var element in card.Items("body")) Element(element);
        foreach (var action in card.Items("actions"))
        {
            Check(!action.Beyond("type", "title", "url").Any() && action.Text("type") == "Action.OpenUrl", "action");
            Check(Uri.TryCreate(action.Text("url"), UriKind.Absolute, out _), "url");
        }

        return found;

        void Element(JsonElement element)
        {
            switch (element.Text("type"))
            {
                case "Container":
                    Check(!element.Beyond([.. OfElements, "items", "style", "bleed"]).Any(), "unknown property of a container");
                    Check(element.Text("style") is "default" or "emphasis" or "good" or "attention" or "warning" or "accent", "style");
                    Check(element.Items("items").Any(), "an empty container");
                    foreach (var item in element.Items("items")) Element(item);
                    break;
                case "TextBlock":
                    Check(!element.Beyond([.. OfElements, "text", "size", "weight", "wrap", "isSubtle"]).Any(), "unknown property of a text block");
                    Check(element.Text("size") is null or "Small" or "Default" or "Medium" or "Large" or "ExtraLarge", "size");
                    Check(element.Text("weight") is null or "Lighter" or "Default" or "Bolder", "weight");
                    Check(!string.IsNullOrWhiteSpace(element.Text("text")), "an empty text block");
                    break;
                case "FactSet":
                    Check(!element.Beyond([.. OfElements, "facts"]).Any(), "unknown property of a fact set");
                    Check(element.Items("facts").Any(), "an empty fact set");
                    foreach (var fact in element.Items("facts"))
                    {
                        Check(!fact.Beyond("title", "value").Any(), "unknown property of a fact");
                        Check(!string.IsNullOrWhiteSpace(fact.Text("title")) && !string.IsNullOrWhiteSpace(fact.Text("value")), "an empty fact");
                    }

                    break;
                default:
                    Check(false, $"element {element.Text("type")}");
                    break;
            }
        }

        void Check(bool holds, string what)
        {
            if (!holds) found.Add(what);
        }
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>
/// What Slack's documents demand of a message, checked on the JSON: https://docs.slack.dev/reference/block-kit/blocks/header-block (150),
/// …/blocks/section-block (3000; 10 fields of 2000), …/blocks/context-block (10 elements), …/composition-objects/text-object (1 to 3000),
/// https://docs.slack.dev/reference/block-kit/blocks (50 in a message), https://docs.slack.dev/messaging/formatting-message-text (control
/// characters, dates, links) and https://docs.slack.dev/messaging (text: at best below 4,000). Characters are UTF-16 units, as escaped.
/// </summary>
internal static partial class SlackLimits
{
    public static List<string> Violations(JsonElement message)
    {
        var found = new List<string>();
        Check(!message.Beyond("text", "unfurl_links", "unfurl_media", "blocks", "attachments").Any(), "unknown property of the message");
        Text(message.Text("text"), 4000, "text");
        Check(!message.GetProperty("unfurl_links").GetBoolean() && !message.GetProperty("unfurl_media").GetBoolean(), "unfurls");
        Blocks(message);
        foreach (var attachment in message.Items("attachments"))
        {
            Check(!attachment.Beyond("color", "blocks").Any(), "unknown property of an attachment");
            Check(Colour().IsMatch(attachment.Text("color") ?? ""), "color is not hexadecimal");
            Blocks(attachment);
        }

        Check(message.Items("blocks").Count() + message.Items("attachments").Sum(a => a.Items("blocks").Count()) <= 50, "more than 50 blocks");
        return found;

        void Blocks(JsonElement parent)
        {
            Check(parent.Items("blocks").Any(), "no block");
            foreach (var block in parent.Items("blocks"))
            {
                switch (block.Text("type"))
                {
                    case "header":
                        Check(!block.Beyond("type", "text").Any(), "unknown property of a header");
                        TextObject(block.GetProperty("text"), "plain_text", 150, "header");
                        break;
                    case "section":
                        Check(!block.Beyond("type", "text", "fields").Any(), "unknown property of a section");
                        Check(block.TryGetProperty("text", out var text) | block.TryGetProperty("fields", out _), "an empty section");
                        if (text.ValueKind == JsonValueKind.Object) TextObject(text, "mrkdwn", 3000, "section");
                        Check(block.Items("fields").Count() <= 10, "more than 10 fields");
                        foreach (var field in block.Items("fields")) TextObject(field, "mrkdwn", 2000, "field");
                        break;
                    case "context":
                        Check(!block.Beyond("type", "elements").Any(), "unknown property of a context");
                        Check(block.Items("elements").Count() is >= 1 and <= 10, "1 to 10 elements");
                        foreach (var element in block.Items("elements")) TextObject(element, "mrkdwn", 3000, "context");
                        break;
                    default:
                        Check(false, $"block {block.Text("type")}");
                        break;
                }
            }
        }

        void TextObject(JsonElement text, string type, int most, string what)
        {
            Check(text.Text("type") == type, $"{what} is {text.Text("type")}");
            Check(!text.Beyond(type == "mrkdwn" ? ["type", "text", "verbatim"] : ["type", "text", "emoji"]).Any(), $"unknown property of {what}");
            // Otherwise Slack looks for names to link and to notify.
            Check(type != "mrkdwn" || text.GetProperty("verbatim").GetBoolean(), $"{what} is parsed automatically");
            Text(text.Text("text"), most, what);
        }

        void Text(string? text, int most, string what)
        {
            Check(!string.IsNullOrWhiteSpace(text) && text.Length <= most, $"{what} has {text?.Length} characters");
            if (text is not null) Check(!Control().IsMatch(Own().Replace(text, "")), $"{what} has a control character: {text}");
        }

        void Check(bool holds, string what)
        {
            if (!holds) found.Add(what);
        }
    }

    [GeneratedRegex("^#[0-9A-F]{6}$")]
    private static partial Regex Colour();

    // What the console itself writes: dates, links to the page, URLs of a text.
    [GeneratedRegex(@"<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|[^<>&|]+>|<https?://[^<>|\s]+(\|[^<>|]+)?>", RegexOptions.IgnoreCase)]
    private static partial Regex Own();

    [GeneratedRegex("[<>]|&(?!amp;|lt;|gt;)")]
    private static partial Regex Control();
}

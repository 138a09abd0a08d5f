using System.Text.Json.Nodes;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Slack;

/// <summary>
/// A message as Slack gets it: a header, and beside a bar in its colour the text, the facts and where it comes from. Every limit is Slack's
/// (docs.slack.dev, Block Kit reference), counted in UTF-16 units as escaped, more than which nobody counts.
/// </summary>
/// <param name="Fallback">The message in one line for notifications and old clients, escaped.</param>
/// <param name="Header">To what it happened, escaped.</param>
/// <param name="Origin">What happened and on which page, as mrkdwn.</param>
/// <param name="Text">The operator's text, as mrkdwn; null for none.</param>
/// <param name="Tone">What its colour says.</param>
/// <param name="Fields">What else there is to know, as mrkdwn: a label in bold, and below it the value.</param>
/// <param name="When">When it happened, as mrkdwn.</param>
/// <param name="Link">The link to the status page or the delivery, as mrkdwn; null for none.</param>
public sealed record SlackMessage(
    string Fallback, string Header, string Origin, string? Text, MessageTone Tone, IReadOnlyList<string> Fields, string When,
    string? Link)
{
    internal const int FallbackLength = 500;
    internal const int HeaderLength = 150;
    internal const int TextLength = 3000;
    internal const int FieldLength = 2000;
    private const int PageNameLength = 200;

    /// <summary>The message for a stored event.</summary>
    /// <exception cref="FormatException">The payload cannot be read.</exception>
    public static SlackMessage Of(ReadOnlyMemory<byte> payload, string? pageUrl)
    {
        var said = Announcement.Of(payload, pageUrl);
        var page = MessageText.Fit(said.PageName, PageNameLength, SlackMarkup.Plain);
        return new SlackMessage(
            MessageText.Fit(said.Summary, FallbackLength, SlackMarkup.Plain),
            MessageText.Fit(said.Title, HeaderLength, SlackMarkup.Plain),
            $"*{said.Headline}* · {page}",
            said.Text.Length == 0 ? null : MessageText.Fit(said.Text, TextLength, SlackMarkup.Markup),
            said.Tone,
            [.. said.Facts.Select(FieldOf)],
            SlackMarkup.Time(said.At),
            // In words of the console's own: a '|' in the page's name would end the address.
            said.Link is { } link ? SlackMarkup.Link(link.Url, link.Words) : null);
    }

    /// <summary>The request's body (docs.slack.dev, "Sending messages using incoming webhooks").</summary>
    internal JsonObject ToJson()
    {
        var coloured = new JsonArray();
        if (Text is not null) coloured.Add(MessageJson.Object(("type", "section"), ("text", Mrkdwn(Text))));
        coloured.Add(MessageJson.Object(("type", "section"), ("fields", new JsonArray([.. Fields.Select(Mrkdwn)]))));
        coloured.Add(Link is null ? Context(When) : Context(When, Link));
        return MessageJson.Object(
            ("text", Fallback),
            ("unfurl_links", false),
            ("unfurl_media", false),
            ("blocks", new JsonArray(
                MessageJson.Object(
                    ("type", "header"), ("text", MessageJson.Object(("type", "plain_text"), ("text", Header), ("emoji", false)))),
                Context(Origin))),
            ("attachments", new JsonArray(MessageJson.Object(("color", Tone.Hex()), ("blocks", coloured)))));
    }

    private static JsonObject Context(params string[] texts) =>
        MessageJson.Object(("type", "context"), ("elements", new JsonArray([.. texts.Select(Mrkdwn)])));

    private static JsonObject Mrkdwn(string text) => MessageJson.Object(("type", "mrkdwn"), ("text", text), ("verbatim", true));

    private static string FieldOf(MessageFact fact)
    {
        var label = $"*{fact.Label}*\n";
        return label + fact switch
        {
            { At: { } at } => SlackMarkup.Time(at),
            { Names: { } names } => MessageText.List(names, FieldLength - label.Length, SlackMarkup.Plain),
            _ => MessageText.Fit(fact.Text ?? "—", FieldLength - label.Length, SlackMarkup.Plain),
        };
    }
}

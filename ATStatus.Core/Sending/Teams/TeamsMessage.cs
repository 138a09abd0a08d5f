using System.Text.Json.Nodes;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Teams;

/// <summary>A line of a card's table.</summary>
/// <param name="Value">Its value, as a card's Markdown.</param>
public sealed record TeamsFact(string Title, string Value);

/// <summary>
/// A message as a workflow of Microsoft Teams gets it: an Adaptive Card. Teams takes about 28 KB in all (learn.microsoft.com, Microsoft Teams
/// connector, "Known issues and limitations"), and was seen to refuse 22; the lengths below add up to less whatever is in the texts.
/// </summary>
/// <param name="Headline">What happened and on which page, as a card's Markdown.</param>
/// <param name="Title">To what, as a card's Markdown.</param>
/// <param name="Text">The operator's text, as a card's Markdown; null for none.</param>
/// <param name="Tone">What its colour says.</param>
/// <param name="Facts">What else there is to know.</param>
/// <param name="When">When it happened, as a card's Markdown.</param>
/// <param name="Link">What its button opens; null for no button.</param>
/// <param name="Fallback">The message in one line, for clients that know no such cards.</param>
public sealed record TeamsMessage(
    string Headline, string Title, string? Text, MessageTone Tone, IReadOnlyList<TeamsFact> Facts, string When, MessageLink? Link, string Fallback)
{
    internal const int MaxBytes = 21_000;

    /// <summary>The version of Adaptive Cards that Teams shows on every platform.</summary>
    private const string CardVersion = "1.4";

    private const int HeadlineLength = 160;
    private const int TitleLength = 256;
    private const int TextLength = 4000;
    private const int FactLength = 700;
    private const int FallbackLength = 300;

    /// <summary>More of them, in a message of a whole save, take their room from the text.</summary>
    private const int UsualFacts = 4;

    /// <summary>The message for a stored event.</summary>
    /// <exception cref="FormatException">The payload cannot be read.</exception>
    public static TeamsMessage Of(ReadOnlyMemory<byte> payload, string? pageUrl)
    {
        var said = Announcement.Of(payload, pageUrl);
        return new TeamsMessage(
            Markdown($"{said.Headline} · {said.PageName}", HeadlineLength),
            Markdown(said.Title, TitleLength),
            said.Text.Length == 0 ? null : Markdown(said.Text, TextLength - FactLength * Math.Max(0, said.Facts.Count - UsualFacts)),
            said.Tone,
            [.. said.Facts.Select(fact => new TeamsFact(fact.Label, ValueOf(fact)))],
            TeamsMarkup.Time(said.At),
            said.Link,
            Markdown(said.Summary, FallbackLength));
    }

    /// <summary>The style of the container that says the tone (Adaptive Cards, "ContainerStyle").</summary>
    public static string StyleOf(MessageTone tone) => tone switch
    {
        MessageTone.Info => "accent",
        MessageTone.Good => "good",
        MessageTone.Minor or MessageTone.Major => "warning",
        MessageTone.Critical => "attention",
        _ => "emphasis",
    };

    /// <summary>The request's body (learn.microsoft.com, "Create incoming webhooks", Adaptive Cards).</summary>
    internal JsonObject ToJson() => MessageJson.Object(
        ("type", "message"),
        ("attachments", new JsonArray(MessageJson.Object(
            ("contentType", "application/vnd.microsoft.card.adaptive"),
            ("content", Card())))));

    private JsonObject Card()
    {
        var body = new JsonArray(MessageJson.Object(
            ("type", "Container"),
            ("style", StyleOf(Tone)),
            ("bleed", true),
            ("items", new JsonArray(
                TextBlock(Headline, ("size", "Small"), ("weight", "Bolder")),
                TextBlock(Title, ("size", "Large"), ("weight", "Bolder"))))));
        if (Text is not null) body.Add(TextBlock(Text));
        body.Add(MessageJson.Object(
            ("type", "FactSet"),
            ("facts", new JsonArray([.. Facts.Select(fact => MessageJson.Object(("title", fact.Title), ("value", fact.Value)))]))));
        body.Add(TextBlock(When, ("size", "Small"), ("isSubtle", true)));
        return MessageJson.Object(
            ("$schema", "http://adaptivecards.io/schemas/adaptive-card.json"),
            ("type", "AdaptiveCard"),
            ("version", CardVersion),
            ("fallbackText", Fallback),
            ("body", body),
            ("actions", Link is null ? null : new JsonArray(MessageJson.Object(
                ("type", "Action.OpenUrl"), ("title", Link.Words), ("url", Link.Url)))));
    }

    private static JsonObject TextBlock(string text, params (string Name, JsonNode? Value)[] look) =>
        MessageJson.Object([("type", "TextBlock"), ("text", text), ("wrap", true), .. look]);

    private static string ValueOf(MessageFact fact) => fact switch
    {
        { At: { } at } => TeamsMarkup.Time(at),
        { Names: { } names } => MessageText.List([.. names.Select(TeamsMarkup.Neutralized)], FactLength, TeamsMarkup.Markup),
        _ => Markdown(fact.Text ?? "—", FactLength),
    };

    private static string Markdown(string text, int limit) => MessageText.Fit(TeamsMarkup.Neutralized(text), limit, TeamsMarkup.Markup);
}

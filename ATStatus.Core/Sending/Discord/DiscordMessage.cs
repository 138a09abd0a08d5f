using System.Globalization;
using System.Text.Json.Nodes;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Discord;

/// <summary>A field of an embed.</summary>
/// <param name="Name">Its name; never empty.</param>
/// <param name="Value">Its value, as Discord's Markdown; never empty.</param>
public sealed record DiscordField(string Name, string Value);

/// <summary>
/// A message as Discord gets it: one embed, and above it the mention that the operator chose. Every limit is Discord's (Message Resource,
/// "Embed Limits"), counted in UTF-16 units, more than which nobody counts.
/// </summary>
/// <param name="UserName">The name it appears under; null for the webhook's own.</param>
/// <param name="AvatarUrl">The picture beside it; null for the webhook's own.</param>
/// <param name="Mention">Who is mentioned.</param>
/// <param name="MentionId">The role's or user's number, where one is mentioned.</param>
/// <param name="Author">What happened, and on which page.</param>
/// <param name="Title">To what, as Discord's Markdown.</param>
/// <param name="Url">What author and title link to; null for nothing.</param>
/// <param name="Description">The operator's text, as Discord's Markdown; null for none.</param>
/// <param name="Tone">What its colour says.</param>
/// <param name="Fields">What else there is to know.</param>
/// <param name="At">When it happened (UTC).</param>
public sealed record DiscordMessage(
    string? UserName, string? AvatarUrl, DiscordMention Mention, string? MentionId, string Author, string Title, string? Url, string? Description,
    MessageTone Tone, IReadOnlyList<DiscordField> Fields, DateTime At)
{
    internal const int AuthorLength = 256;
    internal const int TitleLength = 256;
    internal const int DescriptionLength = 4096;
    internal const int FieldValueLength = 1024;
    internal const int TotalLength = 6000;

    /// <summary>What stands above the embed: the mention; null for none.</summary>
    public string? Content => Mention switch
    {
        DiscordMention.Here => "@here",
        DiscordMention.Everyone => "@everyone",
        DiscordMention.Role => $"<@&{MentionId}>",
        DiscordMention.User => $"<@{MentionId}>",
        _ => null,
    };

    /// <summary>The message for a stored event.</summary>
    /// <exception cref="FormatException">The payload cannot be read.</exception>
    public static DiscordMessage Of(ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl)
    {
        var said = Announcement.Of(payload, pageUrl);
        var chosen = DiscordSettings.Of(settings);
        // An author's name is no Markdown.
        var author = MessageText.Fit(DiscordMarkup.Neutralized($"{said.Headline} · {said.PageName}"), AuthorLength, MessageMarkup.None);
        var title = MessageText.Fit(DiscordMarkup.Neutralized(said.Title), TitleLength, DiscordMarkup.Title);
        DiscordField[] fields = [.. said.Facts.Select(fact => new DiscordField(fact.Label, ValueOf(fact)))];
        var left = TotalLength - author.Length - title.Length - fields.Sum(field => field.Name.Length + field.Value.Length);
        var description = said.Text.Length == 0 ? null : Text(said.Text, Math.Min(DescriptionLength, left));
        return new DiscordMessage(
            chosen.UserName, chosen.AvatarUrl, chosen.Mention, chosen.MentionId, author, title, said.Link?.Url, description, said.Tone, fields, said.At);
    }

    /// <summary>The request's body (Webhook Resource, "Execute Webhook").</summary>
    internal JsonObject ToJson() => MessageJson.Object(
        ("username", UserName),
        ("avatar_url", AvatarUrl),
        ("content", Content),
        ("allowed_mentions", AllowedMentions()),
        ("embeds", new JsonArray(Embed())));

    // Exactly what the operator chose. For everyone there is no other way than 'parse', which would let texts ping too; but those stand in the
    // embed, which pings nobody, and are neutralized all the same.
    private JsonObject AllowedMentions() => MessageJson.Object(
        ("parse", Mention is DiscordMention.Everyone or DiscordMention.Here ? new JsonArray("everyone") : new JsonArray()),
        ("roles", Mention == DiscordMention.Role ? new JsonArray(MentionId) : null),
        ("users", Mention == DiscordMention.User ? new JsonArray(MentionId) : null));

    private JsonObject Embed() => MessageJson.Object(
        ("author", MessageJson.Object(("name", Author), ("url", Url))),
        ("title", Title),
        ("url", Url),
        ("description", Description),
        ("color", Tone.Rgb()),
        ("fields", new JsonArray([.. Fields.Select(field => MessageJson.Object(("name", field.Name), ("value", field.Value), ("inline", true)))])),
        ("timestamp", At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));

    private static string ValueOf(MessageFact fact) => fact switch
    {
        { At: { } at } => DiscordMarkup.Time(at),
        { Names: { } names } => MessageText.List([.. names.Select(DiscordMarkup.Neutralized)], FieldValueLength, DiscordMarkup.Markup),
        _ => Text(fact.Text ?? "—", FieldValueLength),
    };

    private static string Text(string text, int limit) => MessageText.Fit(DiscordMarkup.Neutralized(text), limit, DiscordMarkup.Markup);
}

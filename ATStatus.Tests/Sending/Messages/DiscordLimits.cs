using System.Text.Json;
using System.Text.RegularExpressions;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>
/// What Discord's documents demand of a webhook's message, checked on the JSON: https://discord.com/developers/docs/resources/webhook#execute-webhook,
/// https://discord.com/developers/docs/resources/message (Embed Structure, Embed Limits, Allowed Mentions Object) and
/// https://discord.com/developers/docs/reference#message-formatting. "Characters" are counted as UTF-16 units, more than which nobody counts.
/// </summary>
internal static partial class DiscordLimits
{
    public static List<string> Violations(JsonElement message)
    {
        var found = new List<string>();
        Check(!message.Beyond("username", "avatar_url", "content", "allowed_mentions", "embeds").Any(), "unknown property of the message");
        Length(message.Text("username"), 1, 80, "username");
        Check(message.Text("username") is not { } name || !Forbidden().IsMatch(name), "username contains clyde or discord");
        Length(message.Text("content"), 1, 2000, "content");
        Check(message.Items("embeds").Count() is >= 1 and <= 10, "1 to 10 embeds");
        var total = 0;
        foreach (var embed in message.Items("embeds"))
        {
            Check(!embed.Beyond("author", "title", "url", "description", "color", "fields", "timestamp").Any(), "unknown property of an embed");
            Check(!embed.GetProperty("author").Beyond("name", "url").Any(), "unknown property of an author");
            Text(embed.GetProperty("author").Text("name"), 256, "author.name");
            Text(embed.Text("title"), 256, "title");
            if (embed.TryGetProperty("description", out _)) Text(embed.Text("description"), 4096, "description");
            Check(embed.GetProperty("color").GetInt32() is >= 0 and <= 0xFFFFFF, "color");
            Check(embed.Items("fields").Count() <= 25, "more than 25 fields");
            Check(DateTimeOffset.TryParse(embed.Text("timestamp"), out _), "timestamp is not ISO 8601");
            foreach (var field in embed.Items("fields"))
            {
                Check(!field.Beyond("name", "value", "inline").Any(), "unknown property of a field");
                Text(field.Text("name"), 256, "field.name");
                Text(field.Text("value"), 1024, "field.value");
            }
        }

        Check(total <= 6000, $"{total} characters in all");
        return found;

        void Check(bool holds, string what)
        {
            if (!holds) found.Add(what);
        }

        void Length(string? text, int least, int most, string what) =>
            Check(text is null || (text.Length >= least && text.Length <= most), $"{what} has {text?.Length} characters");

        // "Leading and trailing whitespace characters are not included (they are trimmed automatically)": what is left must not be empty.
        void Text(string? text, int most, string what)
        {
            Check(!string.IsNullOrWhiteSpace(text), $"{what} is empty");
            Length(text, 1, most, what);
            total += text?.Length ?? 0;
            if (text is not null) Check(!Mention().IsMatch(Time().Replace(text, "")), $"{what} mentions: {text}");
        }
    }

    [GeneratedRegex("clyde|discord", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    // "Formats" of the reference; everyone and here as clients recognise them.
    [GeneratedRegex(@"@(everyone|here)|<@[!&]?\d+>|<#\d+>|</[^>]+:\d+>|<a?:\w+:\d+>|<t:-?\d+(:\w)?>|<id:\w+", RegexOptions.IgnoreCase)]
    private static partial Regex Mention();

    // The console's own.
    [GeneratedRegex(@"^<t:-?\d+:f>$")]
    private static partial Regex Time();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Features.Notifications.Types.Discord;

/// <summary>Reads what the console writes of Discord's Markdown, as Discord does.</summary>
internal static partial class DiscordReading
{
    /// <summary>What a reader sees of a title, a description or a value.</summary>
    public static IEnumerable<MessageSpan> Spans(string markdown)
    {
        var position = 0;
        foreach (Match match in Tokens().Matches(markdown))
        {
            if (match.Index > position)
                yield return new MessageSpan(markdown[position..match.Index]);
            if (match.Groups["time"] is { Success: true } time)
                yield return MessageSpan.Instant(long.Parse(time.Value, CultureInfo.InvariantCulture));
            else if (match.Groups["link"].Success)
                yield return new MessageSpan(match.Groups["link"].Value, IsLink: true);
            else
                yield return new MessageSpan(match.Groups["escaped"].Value);
            position = match.Index + match.Length;
        }
        if (position < markdown.Length)
            yield return new MessageSpan(markdown[position..]);
    }

    [GeneratedRegex(@"<t:(?<time>-?\d+):f>|\\(?<escaped>[^\p{L}\p{Nd}\s])|\u200B|<(?<link>https?://[^\s<>]+)>", RegexOptions.IgnoreCase)]
    private static partial Regex Tokens();
}

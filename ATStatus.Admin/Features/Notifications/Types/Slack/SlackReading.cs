using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Features.Notifications.Types.Slack;

/// <summary>Reads what the console writes of Slack's mrkdwn, as Slack does.</summary>
internal static partial class SlackReading
{
    /// <summary>What a reader sees of a mrkdwn text.</summary>
    public static IEnumerable<MessageSpan> Spans(string mrkdwn)
    {
        var position = 0;
        foreach (Match match in Tokens().Matches(mrkdwn))
        {
            if (match.Index > position)
                yield return new MessageSpan(Plain(mrkdwn[position..match.Index]));
            if (match.Groups["time"] is { Success: true } time)
                yield return MessageSpan.Instant(long.Parse(time.Value, CultureInfo.InvariantCulture));
            else
                yield return new MessageSpan(Plain((match.Groups["words"] is { Success: true } words ? words : match.Groups["url"]).Value), IsLink: true);
            position = match.Index + match.Length;
        }
        if (position < mrkdwn.Length)
            yield return new MessageSpan(Plain(mrkdwn[position..]));
    }

    /// <summary>What a reader sees of a plain text.</summary>
    public static string Plain(string escaped) => Entities().Replace(escaped, entity => WebUtility.HtmlDecode(entity.Value));

    [GeneratedRegex(@"<!date\^(?<time>-?\d+)\^[^|>]*\|[^>]*>|<(?<url>https?://[^|>]+)(\|(?<words>[^>]*))?>", RegexOptions.IgnoreCase)]
    private static partial Regex Tokens();

    [GeneratedRegex("&(amp|lt|gt);")]
    private static partial Regex Entities();
}

using System.Globalization;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Slack;

/// <summary>
/// How Slack's mrkdwn takes texts: <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> as entities and nothing else escaped, so that neither a mention
/// (<c>&lt;!channel&gt;</c>, <c>&lt;@U…&gt;</c>) nor a link hides in them (docs.slack.dev, "Formatting message text").
/// </summary>
internal static class SlackMarkup
{
    /// <summary>For mrkdwn: URLs become links explicitly, because with <c>verbatim</c> Slack finds none by itself, nor any name to link or ping.</summary>
    public static MessageMarkup Markup { get; } = new((element, _) => Escape(element), url => $"<{Escape(url)}>");

    /// <summary>For plain text, which Slack reads entities in too.</summary>
    public static MessageMarkup Plain { get; } = new((element, _) => Escape(element), Escape);

    /// <summary>A text without Slack's control characters.</summary>
    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A link.</summary>
    /// <param name="words">What it says; escaped.</param>
    public static string Link(string url, string words) => $"<{Escape(url)}|{words}>";

    /// <summary>An instant that Slack shows in the reader's zone, and to others in UTC.</summary>
    public static string Time(DateTime at) => string.Create(
        CultureInfo.InvariantCulture, $"<!date^{Announcement.Unix(at)}^{{date_short_pretty}} {{time}}|{Announcement.InUtc(at)}>");
}

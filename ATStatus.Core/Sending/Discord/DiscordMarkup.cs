using System.Text.RegularExpressions;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Discord;

/// <summary>
/// How Discord's Markdown is kept from reading texts as markup: what would begin some is written with a backslash, and what would be read as a
/// mention, a channel, an emoji or a timestamp gets a blank of no width (Discord's API Reference, "Message Formatting").
/// </summary>
internal static partial class DiscordMarkup
{
    private const string Anywhere = @"\*_~`|[]";
    private const string AtLineStart = "#>-+";

    /// <summary>For descriptions and values. In angle brackets a URL ends where it does, and needs no backslashes, which would belong to it.</summary>
    public static MessageMarkup Markup { get; } = new(Escape, url => $"<{url}>");

    /// <summary>For titles, in which there are no links.</summary>
    public static MessageMarkup Title { get; } = new(Escape, url => Escape(url, LinePlace.Within));

    /// <summary>A cleaned text without what Discord would read as more than text.</summary>
    public static string Neutralized(string text) => Mentions().Replace(text, "$0\u200B");

    /// <summary>An instant that Discord shows in the reader's zone and language.</summary>
    public static string Time(DateTime at) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"<t:{Announcement.Unix(at)}:f>");

    private static string Escape(string element, LinePlace place) => MessageMarkup.Backslash(element, c => Anywhere.Contains(c, StringComparison.Ordinal)
        || (place == LinePlace.Start && AtLineStart.Contains(c, StringComparison.Ordinal)) || (place == LinePlace.AfterNumber && c == '.'));

    [GeneratedRegex("@(?=everyone|here)|<(?=@|#|/|a?:|t:|id:)", RegexOptions.IgnoreCase)]
    private static partial Regex Mentions();
}

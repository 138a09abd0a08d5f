using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Teams;

/// <summary>
/// How the Markdown of Adaptive Cards is kept from reading texts as markup (a subset of CommonMark, in which a backslash before punctuation makes
/// it plain), and what cards expand of themselves: times and mentions (learn.microsoft.com, Adaptive Cards, "Text features").
/// </summary>
internal static partial class TeamsMarkup
{
    private const string Anywhere = @"\*_[]`~<";
    private const string AtLineStart = "#>-+=|";

    /// <summary>For text blocks and facts. A line break takes two, one alone is a blank.</summary>
    public static MessageMarkup Markup { get; } = new(Escape, url => Escape(url, LinePlace.Within));

    /// <summary>A cleaned text in which neither <c>{{DATE(…)}}</c> nor an entity is left.</summary>
    public static string Neutralized(string text) => Expanded().Replace(text, "$0\u200B");

    /// <summary>An instant that a card shows in the reader's zone.</summary>
    public static string Time(DateTime at)
    {
        var instant = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"{{{{DATE({instant},SHORT)}}}} {{{{TIME({instant})}}}}";
    }

    private static string Escape(string element, LinePlace place) => element == "\n"
        ? "\n\n"
        : MessageMarkup.Backslash(element, c => Anywhere.Contains(c, StringComparison.Ordinal)
            || (place == LinePlace.Start && AtLineStart.Contains(c, StringComparison.Ordinal)) || (place == LinePlace.AfterNumber && c is '.' or ')'));

    [GeneratedRegex(@"\{(?=\{)|&(?=#?\w+;)")]
    private static partial Regex Expanded();
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Messages;

/// <summary>Where in its line a text element stands: some only mean something at the beginning.</summary>
public enum LinePlace
{
    /// <summary>Only blanks stand before it.</summary>
    Start,

    /// <summary>Only blanks and a number stand before it.</summary>
    AfterNumber,

    /// <summary>Something else stands before it.</summary>
    Within,
}

/// <summary>How a service writes down what people typed, so that it shows what they typed and does nothing else.</summary>
/// <param name="Escape">A text element (what people call a character).</param>
/// <param name="Link">An http or https URL, whole.</param>
public sealed record MessageMarkup(Func<string, LinePlace, string> Escape, Func<string, string> Link)
{
    /// <summary>For places in which a service interprets nothing.</summary>
    public static MessageMarkup None { get; } = new((element, _) => element, url => url);

    /// <summary>
    /// A text element with a backslash before each character that means something. Not only before the first: a mark of another script can
    /// stand before or behind it, and is one element with it.
    /// </summary>
    internal static string Backslash(string element, Func<char, bool> means)
    {
        if (!element.Any(means)) return element;
        var escaped = new StringBuilder(element.Length + 4);
        foreach (var c in element) escaped.Append(means(c) ? "\\" : "").Append(c);
        return escaped.ToString();
    }
}

/// <summary>Texts that people typed, made fit for a message of a chat service.</summary>
public static partial class MessageText
{
    private const string Ellipsis = "…";

    /// <summary>A text element longer than this is a heap of combining marks, and may be cut within.</summary>
    private const int LongestElement = 64;

    /// <summary>A URL longer than this is cut like other text.</summary>
    private const int LongestLink = 500;

    /// <summary>
    /// What is left to show of a text: without control characters, without those that turn the direction of what follows them, with
    /// <c>\n</c> for every kind of line break and at most one empty line in a row, trimmed. Empty where nothing can be seen.
    /// </summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var clean = new StringBuilder(text.Length);
        foreach (var rune in WellFormedText.ReplaceUnpairedSurrogates(text).Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (IsLineBreak(rune)) clean.Append('\n');
            else if (rune.Value == '\t') clean.Append(' ');
            else if (!Rune.IsControl(rune) && !TurnsDirection(rune)) clean.Append(rune.ToString());
        }

        var tidy = EmptyLines().Replace(clean.ToString(), "\n\n").Trim();
        return tidy.EnumerateRunes().Any(IsVisible) ? tidy : "";
    }

    /// <summary>The same in one line.</summary>
    public static string Line(string text) => Clean(text).Replace('\n', ' ');

    /// <summary>
    /// A cleaned text as a service must get it, at most <paramref name="limit"/> long as it is written down: what does not fit is left off at
    /// the end of a text element, and <c>…</c> says so.
    /// </summary>
    /// <param name="text">What <see cref="Clean"/> or <see cref="Line"/> returned.</param>
    /// <param name="limit">
    /// In UTF-16 units. Services say "characters" and mean code points, UTF-16 units or less; nobody counts more than these.
    /// </param>
    /// <param name="markup">How the service writes texts.</param>
    public static string Fit(string text, int limit, MessageMarkup markup)
    {
        var written = new StringBuilder(Math.Min(text.Length, limit));
        var cut = 0;
        foreach (var piece in Pieces(text, markup))
        {
            if (written.Length + piece.Length > limit)
            {
                written.Length = cut;
                return written.ToString().TrimEnd() + Ellipsis;
            }

            written.Append(piece);
            if (written.Length <= limit - Ellipsis.Length) cut = written.Length;
        }

        return written.ToString();
    }

    /// <summary>Names in one line, as many as fit: <c>API, Dashboard and 3 more</c>.</summary>
    /// <param name="names">What <see cref="Line"/> returned for each.</param>
    /// <param name="limit">The most UTF-16 units as they are written down.</param>
    /// <param name="markup">How the service writes texts.</param>
    public static string List(IReadOnlyList<string> names, int limit, MessageMarkup markup)
    {
        string[] written = [.. names.Select(name => Fit(name, limit, markup))];
        var count = written.Length;
        while (count > 0 && LengthOf(count) > limit) count--;
        if (count > 0) return string.Join(", ", written.Take(count)) + More(written.Length - count);
        return names.Count == 0 ? "" : Fit(names[0], limit - More(names.Count - 1).Length, markup) + More(names.Count - 1);

        int LengthOf(int first) => written.Take(first).Sum(name => name.Length) + (2 * (first - 1)) + More(written.Length - first).Length;
    }

    private static string More(int count) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {count} more");

    private static IEnumerable<string> Pieces(string text, MessageMarkup markup)
    {
        var place = LinePlace.Start;
        var position = 0;
        foreach (Match link in Links().Matches(text))
        {
            foreach (var piece in Plain(text[position..link.Index])) yield return piece;
            if (link.Length > LongestLink)
            {
                foreach (var piece in Plain(link.Value)) yield return piece;
            }
            else
            {
                place = LinePlace.Within;
                yield return markup.Link(link.Value);
            }

            position = link.Index + link.Length;
        }

        foreach (var piece in Plain(text[position..])) yield return piece;

        IEnumerable<string> Plain(string part)
        {
            foreach (var element in Elements(part))
            {
                yield return markup.Escape(element, place);
                place = After(element, place);
            }
        }
    }

    private static LinePlace After(string element, LinePlace place) => element switch
    {
        "\n" => LinePlace.Start,
        _ when string.IsNullOrWhiteSpace(element) => place,
        [var digit] when char.IsAsciiDigit(digit) && place != LinePlace.Within => LinePlace.AfterNumber,
        _ => LinePlace.Within,
    };

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (element.Length <= LongestElement)
            {
                yield return element;
                continue;
            }

            foreach (var rune in element.EnumerateRunes()) yield return rune.ToString();
        }
    }

    private static bool IsLineBreak(Rune rune) => rune.Value is '\n' or '\r' or '\v' or '\f' or 0x85 or 0x2028 or 0x2029;

    /// <summary>Embeddings, overrides and isolates (Unicode Standard Annex 9): left open, they would turn the message around them.</summary>
    private static bool TurnsDirection(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Fillers and the Braille blank are letters and a symbol to Unicode, and nothing to the eye.</summary>
    private static bool IsVisible(Rune rune) => rune.Value is not (0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.OtherNotAssigned);

    [GeneratedRegex(@"\n(?:[^\S\n]*\n){2,}")]
    private static partial Regex EmptyLines();

    // Ends before the punctuation of the sentence it stands in. Without '@', so that no mention hides in one.
    [GeneratedRegex(@"https?://[^\s<>|""`@\\\p{C}]*[^\s<>|""`@\\\p{C}.,:;!?'()\[\]*_~]", RegexOptions.IgnoreCase)]
    private static partial Regex Links();
}

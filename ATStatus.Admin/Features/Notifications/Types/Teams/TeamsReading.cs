using System.Globalization;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Features.Notifications.Types.Teams;

/// <summary>Reads what the console writes of a card's Markdown, as Teams does.</summary>
internal static partial class TeamsReading
{
    /// <summary>What a reader sees of a text block or a fact.</summary>
    public static IEnumerable<MessageSpan> Spans(string markdown)
    {
        var position = 0;
        foreach (Match match in Tokens().Matches(markdown))
        {
            if (match.Index > position)
                yield return new MessageSpan(markdown[position..match.Index]);
            if (match.Groups["time"] is { Success: true } time)
                yield return new MessageSpan("", DateTime.Parse(time.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
            else
                yield return new MessageSpan(match.Groups["break"].Success ? "\n" : match.Groups["escaped"].Value);
            position = match.Index + match.Length;
        }
        if (position < markdown.Length)
            yield return new MessageSpan(markdown[position..]);
    }

    [GeneratedRegex(@"\{\{DATE\((?<time>[^,)]+),SHORT\)\}\} \{\{TIME\([^)]+\)\}\}|\\(?<escaped>[!-/:-@[-`{-~])|\u200B|(?<break>\n\n)")]
    private static partial Regex Tokens();
}

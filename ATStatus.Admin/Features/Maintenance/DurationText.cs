using System.Globalization;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>How long a window lasts, as people write it: "90 min", "2 h", "1 h 30 min", "1:30", "2 days"; a number alone is minutes.</summary>
internal static partial class DurationText
{
    /// <summary>What the field asks for.</summary>
    public const string Problem = "Enter a duration such as 90 min, 2 h or 1 h 30 min.";

    /// <summary>Reads one; null for anything else, for nothing and for no time at all.</summary>
    public static TimeSpan? Parse(string? text)
    {
        var match = Pattern().Match((text ?? "").Trim());
        if (!match.Success)
            return null;
        var minutes = (Number(match, "days") * 24 * 60) + (Number(match, "hours") * 60) + Number(match, "minutes");
        // Years of maintenance are a slip of the finger, and would not fit into a date.
        return minutes is > 0 and < 60 * 24 * 1000 ? TimeSpan.FromMinutes((double)minutes) : null;
    }

    /// <summary>Writes one, so that it can be read again.</summary>
    public static string Of(TimeSpan duration)
    {
        var parts = new List<string>();
        if (duration.Days > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{duration.Days} d"));
        if (duration.Hours > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h"));
        if (duration.Minutes > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min"));
        return string.Join(' ', parts);
    }

    private static decimal Number(Match match, string part) =>
        match.Groups[part] is { Success: true, Value: var digits } && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(
        @"^(?=.)(?:(?<hours>\d{1,4}):(?<minutes>[0-5]\d)|(?:(?<days>\d{1,3}(?:\.\d)?)\s*(?:d|days?)\s*)?(?:(?<hours>\d{1,4}(?:\.\d{1,2})?)\s*(?:h|hrs?|hours?)\s*)?(?:(?<minutes>\d{1,5})\s*(?:m|mins?|minutes?)?)?)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

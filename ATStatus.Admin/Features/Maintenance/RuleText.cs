using System.Globalization;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>
/// A cron rule of five fields in words: "Every Sunday at 02:00". What the words do not cover is left to the times that the rule names next; a rule as it is
/// written tells only those who write such rules.
/// </summary>
internal static class RuleText
{
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    private static readonly string[] MonthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth"];

    /// <summary>The rule in words; "By a custom rule" where it is beyond them.</summary>
    public static string Of(string? rule) => Words(rule) ?? "By a custom rule";

    /// <summary>The rule in words; null where it is beyond them, or no rule.</summary>
    public static string? Words(string? rule)
    {
        if (rule?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var minute, var hour, var day, var month, var weekday])
            return null;
        var time = Time(minute, hour);
        var days = DaysText(day, weekday);
        var months = month is "*" or "?" ? "" : Names(month, 1, 12, MonthNames, m => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(m)) is { } names ? $" in {names}" : null;
        if (time is null || days is null || months is null)
            return null;
        var text = days.Length == 0 ? $"{(time.StartsWith("at", StringComparison.Ordinal) ? "Every day " : "")}{time}{months}" : $"{days}{months} {time}";
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static string? Time(string minute, string hour)
    {
        if (Values(minute, 0, 59) is { Count: 1 } minutes)
        {
            if (hour == "*")
                return minutes[0] == 0 ? "every hour" : string.Create(CultureInfo.InvariantCulture, $"every hour at minute {minutes[0]}");
            if (Step(hour) is { } hours)
                return string.Create(CultureInfo.InvariantCulture, $"every {hours} hours at minute {minutes[0]}");
            return Values(hour, 0, 23) is { Count: > 0 and <= 6 } list
                ? "at " + Join(list.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{minutes[0]:00}")))
                : null;
        }
        return hour == "*" && Step(minute) is { } step ? string.Create(CultureInfo.InvariantCulture, $"every {step} minutes") : null;
    }

    /// <summary>Empty for every day.</summary>
    private static string? DaysText(string day, string weekday)
    {
        var anyDay = day is "*" or "?";
        var anyWeekday = weekday is "*" or "?";
        if (anyDay && anyWeekday)
            return "";
        if (anyDay)
        {
            if (weekday.Split('#') is [var name, var which] && Index(name, DayNames) is { } nth && int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 5)
                return $"on the {Ordinals[n - 1]} {Days[nth % 7]} of the month";
            if (weekday.EndsWith('L') && Index(weekday[..^1], DayNames) is { } last)
                return $"on the last {Days[last % 7]} of the month";
            return Names(weekday, 0, 7, DayNames, d => Days[d % 7]) is { } names ? $"every {names}" : null;
        }
        if (!anyWeekday)
            return null;
        return day switch
        {
            "L" => "on the last day of the month",
            "LW" => "on the last weekday of the month",
            _ => Values(day, 1, 31) is { Count: > 0 and <= 6 } days
                ? $"on {(days.Count == 1 ? "day" : "days")} {Join(days.Select(d => d.ToString(CultureInfo.InvariantCulture)))} of the month"
                : null,
        };
    }

    private static string? Names(string field, int least, int most, string[] names, Func<int, string> name)
    {
        if (field.Split('-') is [var from, var to] && Index(from, names, least) is { } first && Index(to, names, least) is { } last && first < last && last <= most)
            return $"{name(first)} to {name(last)}";
        var parts = field.Split(',').Select(part => Index(part, names, least)).ToList();
        return parts.TrueForAll(part => part >= least && part <= most) ? Join(parts.Select(part => name(part!.Value))) : null;
    }

    private static int? Index(string text, string[] names, int least = 0) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var found ? found + least : null;

    private static List<int>? Values(string field, int least, int most)
    {
        var values = new List<int>();
        foreach (var part in field.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                return null;
            values.Add(value);
        }
        return values;
    }

    private static int? Step(string field) =>
        field.StartsWith("*/", StringComparison.Ordinal) && int.TryParse(field[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 1 ? step : null;

    private static string Join(IEnumerable<string> items)
    {
        var all = items.ToList();
        return all.Count == 1 ? all[0] : $"{string.Join(", ", all.Take(all.Count - 1))} and {all[^1]}";
    }
}

using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>How a window repeats.</summary>
public enum Recurrence
{
    /// <summary>Not at all.</summary>
    Never,

    /// <summary>Every day.</summary>
    Daily,

    /// <summary>On the start's weekday.</summary>
    Weekly,

    /// <summary>On the start's day of the month; months without it are skipped.</summary>
    Monthly,

    /// <summary>On the last day of the month, at the start's time of day.</summary>
    MonthlyLastDay,

    /// <summary>By a cron rule that a person writes.</summary>
    Custom,
}

/// <summary>Cron rules for what people choose.</summary>
public static class Recurrences
{
    /// <summary>The choices, as they are called.</summary>
    public static IReadOnlyList<Choice<Recurrence>> Choices { get; } =
    [
        new(Recurrence.Never, "Does not repeat"), new(Recurrence.Daily, "Daily"), new(Recurrence.Weekly, "Weekly"),
        new(Recurrence.Monthly, "Monthly"), new(Recurrence.MonthlyLastDay, "Monthly on the last day"), new(Recurrence.Custom, "Custom (cron)"),
    ];

    /// <summary>The rule of five fields, in the page's time zone; null for none, and while the start it follows from is missing.</summary>
    public static string? Rule(Recurrence recurrence, DateTime? start, string? custom) => (recurrence, start) switch
    {
        (Recurrence.Custom, _) => custom,
        (Recurrence.Daily, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * *"),
        (Recurrence.Weekly, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * {(int)at.DayOfWeek}"),
        (Recurrence.Monthly, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} {at.Day} * *"),
        (Recurrence.MonthlyLastDay, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} L * *"),
        _ => null,
    };

    /// <summary>What follows from a choice.</summary>
    public static string? Help(Recurrence recurrence, DateTime? start, string? custom)
    {
        const string planned = "When one starts, the next is planned.";
        return (recurrence, start) switch
        {
            (Recurrence.Never, _) => null,
            (Recurrence.Weekly, { } at) => $"Every {at.DayOfWeek}. {planned}",
            (Recurrence.Monthly, { } at) => Note(Rule(recurrence, at, null)!) is { } skips
                ? $"On day {at.Day}. {skips} For every month choose Monthly on the last day."
                : $"On day {at.Day}. {planned}",
            (Recurrence.MonthlyLastDay, { } at) when at.Day != DateTime.DaysInMonth(at.Year, at.Month) =>
                $"The first window is as typed above; those after it are on the last day of each month. {planned}",
            (Recurrence.MonthlyLastDay, _) => $"On the last day of each month. {planned}",
            (Recurrence.Custom, _) when RuleText.Words(custom) is { } words => string.Join(' ', new[] { $"{words}.", Note(custom), planned }.OfType<string>()),
            (Recurrence.Custom, _) when Note(custom) is { } skips => $"{skips} {planned}",
            _ => planned,
        };
    }

    /// <summary>What a rule for a late day of the month does in short months; null for other rules.</summary>
    public static string? Note(string? rule) =>
        rule?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [_, _, var day, ..]
            && int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 29 and <= 31
            ? string.Create(CultureInfo.InvariantCulture, $"Where a month has no day {number}, it is skipped.")
            : null;

    /// <summary>The next starts (UTC) after one; fewer, or none, where the rule names no more or is none.</summary>
    public static IEnumerable<DateTime> Next(string? rule, TimeZoneInfo zone, DateTime afterUtc, int count)
    {
        if (!MaintenanceSeries.IsRule(rule))
            yield break;
        var series = new MaintenanceSeries { Rule = rule!.Trim(), TimeZone = zone.Id };
        for (DateTime? at = afterUtc; count > 0 && (at = series.NextStart(at.Value)) is { } start; count--)
            yield return start;
    }
}

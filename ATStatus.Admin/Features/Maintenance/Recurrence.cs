using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Maintenance;

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

    /// <summary>On the start's day of the month.</summary>
    Monthly,

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
        new(Recurrence.Monthly, "Monthly"), new(Recurrence.Custom, "Custom (cron)"),
    ];

    /// <summary>The rule of five fields, in the page's time zone; null for none, and while the start it follows from is missing.</summary>
    public static string? Rule(Recurrence recurrence, DateTime? start, string? custom) => (recurrence, start) switch
    {
        (Recurrence.Custom, _) => custom,
        (Recurrence.Daily, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * *"),
        (Recurrence.Weekly, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * {(int)at.DayOfWeek}"),
        (Recurrence.Monthly, { } at) => string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} {at.Day} * *"),
        _ => null,
    };

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

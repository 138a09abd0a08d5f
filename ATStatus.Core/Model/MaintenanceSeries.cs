using Cronos;

namespace ATStatus.Core.Model;

/// <summary>
/// A rule by which windows recur, and what each of them says. When a window of the series starts or is cancelled, the next one is
/// planned, with the title, message, components and length that stand here: a window that was changed alone passes nothing on. Times
/// of day are those of <see cref="TimeZone"/>, so a window stays at 02:00 to 04:00 over a change of the clocks.
/// </summary>
/// <remarks>
/// The rule is read on the wall clock alone, and each time of day that it names becomes an instant here: one that the clocks
/// skip the moment after the gap, one that happens twice its first. Only a rule that repeats through the hours (a star, a range
/// or a step among its minutes or hours, like <c>*/15 * * * *</c>) runs on through the second pass as well.
/// </remarks>
public sealed class MaintenanceSeries
{
    public const int RuleLength = 100;

    public int Id { get; set; }

    public int StatusPageId { get; set; }

    /// <summary>A cron expression of five fields (minute, hour, day of month, month, day of week) in <see cref="TimeZone"/>.</summary>
    public required string Rule { get; set; }

    /// <summary>The IANA time zone of the rule: the page's when the series was made, or when it was last moved to the page's.</summary>
    public required string TimeZone { get; set; }

    /// <summary>
    /// How long each window lasts on the wall clock: from 01:00 to 04:00 it is three hours, also where the clocks change in
    /// between. Of a rule that repeats through the hours it is the length itself.
    /// </summary>
    public TimeSpan Duration { get; set; }

    public string Title { get; set; } = "";

    public string Message { get; set; } = "";

    /// <summary>The components of each window. One that is deleted is no longer among them.</summary>
    public List<MaintenanceSeriesComponent> Components { get; } = [];

    /// <summary>The events of its windows are recorded and their deliveries skipped, those that the clock raises included.</summary>
    public bool DoNotNotify { get; set; }

    /// <summary>See <see cref="MaintenanceWindow.StartsAutomatically"/>: so for each window.</summary>
    public bool StartsAutomatically { get; set; } = true;

    /// <summary>See <see cref="MaintenanceWindow.RemindBefore"/>: so for each window.</summary>
    public TimeSpan? RemindBefore { get; set; }

    /// <summary>Whether no further window is planned.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The first start after an instant (both UTC), always later than it; null where the rule names no further time.</summary>
    public DateTime? NextStart(DateTime afterUtc) => Next(afterUtc)?.Start;

    /// <summary>
    /// The first window that starts after an instant (all UTC). Its end is at the series' time of day; it lies after the start
    /// also on the day on which the clocks skip both, and never after the start of the window that follows.
    /// </summary>
    public (DateTime Start, DateTime End)? NextWindow(DateTime afterUtc)
    {
        if (Next(afterUtc) is not { } next)
            return null;
        var end = RepeatsThroughHours ? next.Start + Duration : PageTimeZone.ToUtcLenient(next.Clock + Duration, Zone);
        if (end <= next.Start)
            end = next.Start + Duration;
        return (next.Start, NextStart(next.Start) is { } following && following < end ? following : end);
    }

    /// <summary>The time that the rule names next on the wall clock, after another such time; null where it names none.</summary>
    public DateTime? NextOnClock(DateTime afterLocal) =>
        CronExpression.Parse(Rule).GetNextOccurrence(DateTime.SpecifyKind(afterLocal, DateTimeKind.Utc)) is { } next
            ? DateTime.SpecifyKind(next, DateTimeKind.Unspecified)
            : null;

    /// <summary>What the rule names after an instant: the time on the wall clock, and the instant at which the window starts.</summary>
    private (DateTime Clock, DateTime Start)? Next(DateTime afterUtc)
    {
        var zone = Zone;
        var clock = LowestClock(afterUtc, zone);
        (DateTime Clock, DateTime Start)? again = null;
        while (NextOnClock(clock) is { } named)
        {
            clock = named;
            var (first, second) = PageTimeZone.Instants(named, zone);
            var start = first ?? PageTimeZone.ToUtcLenient(named, zone);
            if (second > afterUtc && RepeatsThroughHours)
                again ??= (named, second.Value);
            // Later times on the clock have later first passes, and later second ones.
            if (start > afterUtc)
                return again is { } pass && pass.Start < start ? again : (named, start);
        }
        return again;
    }

    /// <summary>The earliest time that the clocks show from an instant on: where they go back soon, it is one that they have shown already.</summary>
    private static DateTime LowestClock(DateTime utc, TimeZoneInfo zone)
    {
        var day = TimeSpan.FromDays(1);
        var (now, afterChange) = (PageTimeZone.ToLocal(utc, zone), utc < DateTime.MaxValue - day ? PageTimeZone.ToLocal(utc + day, zone) - day : utc);
        return now < afterChange ? now : afterChange;
    }

    private TimeZoneInfo Zone => PageTimeZone.Find(TimeZone);

    /// <summary>Whether it repeats through the hours rather than name times of day, as cron tells them apart.</summary>
    internal bool RepeatsThroughHours => Rule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var minutes, var hours, ..]
        ? (minutes + hours).AsSpan().ContainsAny("*?-/")
        : Rule.Contains("hour", StringComparison.OrdinalIgnoreCase) || Rule.Contains("every", StringComparison.OrdinalIgnoreCase);

    public static bool IsRule(string? text) => !string.IsNullOrWhiteSpace(text) && CronExpression.TryParse(text, CronFormat.Standard, out _);
}

/// <summary>A component that the windows of a series cover.</summary>
public sealed class MaintenanceSeriesComponent
{
    public int SeriesId { get; set; }

    public int ComponentId { get; set; }

    public Component? Component { get; set; }
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Core.StatusPages;

/// <summary>One day of a component.</summary>
/// <param name="Day">The day in the page's time zone.</param>
/// <param name="Worst">The worst status it had; null for a day before its life.</param>
/// <param name="Down">How long it was down (partial or major outage).</param>
/// <param name="IsCorrected">A person has corrected some of it.</param>
public sealed record ComponentDay(DateOnly Day, ComponentStatus? Worst, TimeSpan Down, bool IsCorrected = false);

/// <summary>A component's history as status pages draw it: a bar per day.</summary>
public static class StatusHistory
{
    /// <summary>How many days are drawn, today included.</summary>
    public const int Days = 90;

    /// <summary>The last <see cref="Days"/> days, the oldest first.</summary>
    /// <param name="history">The component's history, the oldest first; what lies before these days may be in it.</param>
    /// <param name="createdAt">When its life began (UTC).</param>
    /// <param name="now">Now (UTC).</param>
    /// <param name="zone">Whose days.</param>
    public static IReadOnlyList<ComponentDay> ByDay(
        IEnumerable<StatusSegment> history, DateTime createdAt, DateTime now, TimeZoneInfo zone)
    {
        var segments = history.ToList();
        var today = DateOnly.FromDateTime(PageTimeZone.ToLocal(now, zone));
        var days = new List<ComponentDay>(Days);
        for (var day = today.AddDays(1 - Days); day <= today; day = day.AddDays(1))
        {
            var from = Later(StartOf(day, zone), createdAt);
            var to = Earlier(StartOf(day.AddDays(1), zone), now);
            days.Add(from >= to && day != today || createdAt > to ? new ComponentDay(day, null, TimeSpan.Zero) : OneDay(day, segments, from, to, day == today));
        }
        return days;
    }

    private static ComponentDay OneDay(DateOnly day, List<StatusSegment> segments, DateTime from, DateTime to, bool isToday)
    {
        ComponentStatus? worst = null;
        var (down, isCorrected) = (TimeSpan.Zero, false);
        foreach (var segment in segments)
        {
            var begin = Later(segment.From, from);
            var end = Earlier(segment.Until ?? to, to);
            // The one that lasts also counts where no time has passed in it yet; one that begins when the day ends is the next day's.
            if (begin > end || (begin == end && (segment.Until is not null || !isToday)))
                continue;
            worst = worst is { } before ? ComponentStatusResolver.Worse(before, segment.Status) : segment.Status;
            isCorrected |= segment.IsCorrected;
            if (ComponentStatusResolver.IsDown(segment.Status))
                down += end - begin;
        }
        return new ComponentDay(day, worst, down, isCorrected);
    }

    private static DateTime StartOf(DateOnly day, TimeZoneInfo zone) => PageTimeZone.ToUtcLenient(day.ToDateTime(TimeOnly.MinValue), zone);

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;
}

using ATStatus.Core.Events;

namespace ATStatus.Core.StatusPages;

/// <summary>One day of a component.</summary>
/// <param name="Day">The day in the page's time zone.</param>
/// <param name="Worst">The worst status it had; null for a day before its life.</param>
/// <param name="Down">How long it was down (partial or major outage).</param>
public sealed record ComponentDay(DateOnly Day, ComponentStatus? Worst, TimeSpan Down);

/// <summary>A component's history as status pages draw it: a bar per day.</summary>
public static class StatusHistory
{
    /// <summary>How many days are drawn, today included.</summary>
    public const int Days = 90;

    /// <summary>The last <see cref="Days"/> days, the oldest first.</summary>
    /// <param name="history">The component's statuses in any order.</param>
    /// <param name="createdAt">When its life began (UTC).</param>
    /// <param name="now">Now (UTC).</param>
    /// <param name="zone">Whose days.</param>
    public static IReadOnlyList<ComponentDay> ByDay(
        IEnumerable<ComponentStatusChange> history, DateTime createdAt, DateTime now, TimeZoneInfo zone)
    {
        var changes = history.OrderBy(c => c.At).ThenBy(c => c.Id).ToList();
        var today = DateOnly.FromDateTime(PageTimeZone.ToLocal(now, zone));
        var days = new List<ComponentDay>(Days);
        for (var day = today.AddDays(1 - Days); day <= today; day = day.AddDays(1))
        {
            var from = Later(StartOf(day, zone), createdAt);
            var to = Earlier(StartOf(day.AddDays(1), zone), now);
            days.Add(from >= to && day != today || changes.Count == 0 || createdAt > to ? new ComponentDay(day, null, TimeSpan.Zero) : OneDay(day, changes, from, to, day == today));
        }
        return days;
    }

    private static ComponentDay OneDay(DateOnly day, List<ComponentStatusChange> changes, DateTime from, DateTime to, bool isToday)
    {
        ComponentStatus? worst = null;
        var down = TimeSpan.Zero;
        for (var i = 0; i < changes.Count; i++)
        {
            var begin = Later(changes[i].At, from);
            var end = Earlier(i + 1 < changes.Count ? changes[i + 1].At : to, to);
            // The last status also counts where no time has passed in it yet; one that begins when the day ends is the next day's.
            if (begin > end || (begin == end && (i + 1 < changes.Count || !isToday)))
                continue;
            var status = changes[i].Status;
            if (worst is null || StatusPageRow.Badness(status) > StatusPageRow.Badness(worst.Value))
                worst = status;
            if (status is ComponentStatus.PartialOutage or ComponentStatus.MajorOutage)
                down += end - begin;
        }
        return new ComponentDay(day, worst, down);
    }

    private static DateTime StartOf(DateOnly day, TimeZoneInfo zone) => PageTimeZone.ToUtcLenient(day.ToDateTime(TimeOnly.MinValue), zone);

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;
}

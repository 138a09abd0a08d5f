using ATStatus.Core.Events;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// Uptime as the contract defines it (section 1 and 5): over the last 90 days or the component's life, whichever is
/// shorter; partial and major outage count as down, maintenance does not count at all; rounded down to two decimals;
/// 100 where no time counts.
/// </summary>
public static class Uptime
{
    /// <summary>How far back uptime looks.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(90);

    /// <summary>The percentage, 0 to 100, with at most two decimals.</summary>
    /// <param name="history">The component's statuses in any order; the one before the window's start may be among them.</param>
    /// <param name="createdAt">When the component's life began (UTC).</param>
    /// <param name="now">The end of the window (UTC).</param>
    public static decimal Percent(IEnumerable<ComponentStatusChange> history, DateTime createdAt, DateTime now)
    {
        var start = now - Window;
        if (start < createdAt)
            start = createdAt;

        long up = 0, down = 0;
        DateTime? since = null;
        var status = ComponentStatus.Operational;
        foreach (var change in history.Where(c => c.At <= now).OrderBy(c => c.At).ThenBy(c => c.Id))
        {
            Count(since, change.At);
            (since, status) = (change.At, change.Status);
        }
        Count(since, now);

        var counted = up + down;
        if (counted == 0)
            return 100m;
        return Math.Floor(up * 10_000m / counted) / 100m;

        void Count(DateTime? from, DateTime to)
        {
            if (from is null)
                return;
            var begin = from.Value < start ? start : from.Value;
            var ticks = (to - begin).Ticks;
            if (ticks <= 0)
                return;
            if (status is ComponentStatus.PartialOutage or ComponentStatus.MajorOutage)
                down += ticks;
            else if (status != ComponentStatus.Maintenance)
                up += ticks;
        }
    }
}

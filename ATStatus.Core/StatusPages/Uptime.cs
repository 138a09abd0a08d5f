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
    /// <param name="history">The component's history; what lies before the window may be in it.</param>
    /// <param name="createdAt">When the component's life began (UTC).</param>
    /// <param name="now">The end of the window (UTC).</param>
    public static decimal Percent(IEnumerable<StatusSegment> history, DateTime createdAt, DateTime now)
    {
        var start = now - Window > createdAt ? now - Window : createdAt;
        long up = 0, down = 0;
        foreach (var segment in history)
        {
            var begin = segment.From > start ? segment.From : start;
            var end = segment.Until < now ? segment.Until.Value : now;
            if (end <= begin)
                continue;
            if (ComponentStatusResolver.IsDown(segment.Status))
                down += (end - begin).Ticks;
            else if (segment.Status != ComponentStatus.Maintenance)
                up += (end - begin).Ticks;
        }
        var counted = up + down;
        return counted == 0 ? 100m : Math.Floor(up * 10_000m / counted) / 100m;
    }
}

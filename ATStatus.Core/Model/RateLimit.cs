using ATStatus.Core.Sending;

namespace ATStatus.Core.Model;

/// <summary>
/// How many requests to one notification may begin in a second or a minute. They are spread evenly: each makes the next due one interval
/// later. Up to <see cref="Ahead"/> of lost time can be made up for at once, so that in any window of the span at most
/// <see cref="Count"/> begin beyond the burst of <see cref="Burst"/>. (The generic cell rate algorithm; ITU-T I.371.)
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Span">In which time.</param>
public sealed record RateLimit(int Count, TimeSpan Span)
{
    /// <summary>The highest that can be chosen.</summary>
    public const int Most = 1_000;

    /// <summary>What may be made up for: those who let deliveries in look four times a second.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(250);

    /// <summary>How far the clocks of instances may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    /// <summary>That of a notification; null where it has none.</summary>
    public static RateLimit? Of(SendOptions options) => options.RateLimit is { } count
        ? new RateLimit(count, options.RatePer == RatePer.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1))
        : null;

    private TimeSpan Interval => Span / Count;

    /// <summary>How many may begin at once after a pause, at most: one, and what <see cref="Ahead"/> makes up for.</summary>
    public int Burst => 1 + (int)(Ahead / Interval);

    /// <summary>How many may begin now.</summary>
    /// <param name="nextAt">When the next would have been let through, had all come evenly (UTC); null before the first.</param>
    public int Available(DateTime? nextAt, DateTime now)
    {
        var late = now + Ahead - Even(nextAt, now);
        return late < TimeSpan.Zero ? 0 : 1 + (int)(late / Interval);
    }

    /// <summary>When the one after the next would be let through, once that has begun now.</summary>
    public DateTime Next(DateTime? nextAt, DateTime now) => Even(nextAt, now) + Interval;

    /// <summary>Idle time earns nothing beyond the burst. What cannot be was left by a clock that was set back or a limit that was raised, and holds nobody up.</summary>
    private DateTime Even(DateTime? nextAt, DateTime now) =>
        nextAt is { } at && at > now && at <= now + Ahead + Interval + Skew ? at : now;
}

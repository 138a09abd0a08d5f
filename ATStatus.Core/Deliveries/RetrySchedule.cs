using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// The waits between the attempts of a round (contract section 1): base × factor^(n−1), each ± jitter; a
/// <c>Retry-After</c> on 429 or 503 can lengthen a wait, up to 15 minutes, and never shortens it.
/// </summary>
public sealed class RetrySchedule(WebhookOptions options, Random? random = null)
{
    /// <summary>The most that <c>Retry-After</c> is believed.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromDays(30);

    private readonly Random _random = random ?? Random.Shared;

    /// <summary>No wait of a round is longer.</summary>
    public TimeSpan LongestWait =>
        Backoff(Math.Max(1, options.MaxAttempts - 1), 1 + options.RetryJitter) is var backoff && backoff > LongestRetryAfter ? backoff : LongestRetryAfter;

    /// <summary>The wait after the <paramref name="attempt"/>-th counted attempt of a round (1 = the first).</summary>
    public TimeSpan WaitAfter(int attempt, TimeSpan? retryAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var backoff = Backoff(attempt, 1 + options.RetryJitter * (2 * _random.NextDouble() - 1));
        if (retryAfter is not { } asked)
            return backoff;
        var believed = asked < LongestRetryAfter ? asked : LongestRetryAfter;
        return believed > backoff ? believed : backoff;
    }

    /// <summary>Hangfire keeps schedules in whole seconds and cuts the rest off; cut upwards, or a retry would be early.</summary>
    internal static DateTime WholeSecondAtOrAfter(DateTime at, DateTime now)
    {
        if (at < now)
            at = now;
        var rest = at.Ticks % TimeSpan.TicksPerSecond;
        return rest == 0 ? at : at.AddTicks(TimeSpan.TicksPerSecond - rest);
    }

    // A factor and a number of attempts that an operator chose can multiply beyond any calendar.
    private TimeSpan Backoff(int attempt, double jitter) => TimeSpan.FromSeconds(Math.Min(
        options.RetryBaseDelay.TotalSeconds * Math.Pow(options.RetryFactor, attempt - 1) * jitter, LongestBackoff.TotalSeconds));
}

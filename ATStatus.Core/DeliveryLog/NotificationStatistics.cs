using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>The stretches of time that statistics are about. All are UTC and end with the present hour.</summary>
public enum StatisticsPeriod
{
    /// <summary>The last 24 hours, by the hour.</summary>
    Day,

    /// <summary>The last 7 days, by six hours.</summary>
    Week,

    /// <summary>The last 30 days, by the day.</summary>
    Month,
}

/// <summary>One bar of a chart.</summary>
/// <param name="From">Its beginning (UTC).</param>
/// <param name="To">Its end (UTC).</param>
/// <param name="Succeeded">Attempts that a receiver answered with 2xx.</param>
/// <param name="Median">The duration that half of them did not exceed, in milliseconds; null where there were none.</param>
/// <param name="Percentile95">The duration that 95 % of them did not exceed, in milliseconds; null likewise.</param>
public sealed record StatisticsPoint(DateTime From, DateTime To, long Succeeded, long Failed, double? Median, double? Percentile95)
{
    public long Attempts => Succeeded + Failed;
}

/// <summary>How a notification has been doing.</summary>
/// <param name="Points">The period in equal steps, the oldest first.</param>
/// <param name="Total">The whole period as one.</param>
/// <param name="LastFailed">The last delivery that was given up; null where none is in the log.</param>
public sealed record NotificationPerformance(IReadOnlyList<StatisticsPoint> Points, StatisticsPoint Total, LastFailure? LastFailed)
{
    /// <summary>The share of attempts that succeeded, from 0 to 1; null where there were none.</summary>
    public double? SuccessRate => Total.Attempts == 0 ? null : (double)Total.Succeeded / Total.Attempts;
}

/// <summary>A delivery that was given up.</summary>
/// <param name="At">When it was given up (UTC).</param>
/// <param name="Failure">What its last attempt failed with.</param>
/// <param name="StatusCode">The status that came back, where one did.</param>
/// <param name="Reason">Why it was given up, in words.</param>
public sealed record LastFailure(long DeliveryId, DateTime At, FailureKind? Failure, int? StatusCode, string? Reason);

/// <summary>Reads what was counted by the hour (<see cref="HourlyAttemptCount"/>).</summary>
public sealed class NotificationStatistics(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>One notification's performance, the last seconds included.</summary>
    public async Task<NotificationPerformance> FindAsync(int notificationId, StatisticsPeriod period, CancellationToken cancellationToken = default)
    {
        var (steps, hours) = period switch
        {
            StatisticsPeriod.Day => (24, 1),
            StatisticsPeriod.Week => (28, 6),
            StatisticsPeriod.Month => (30, 24),
            _ => throw new ArgumentOutOfRangeException(nameof(period)),
        };
        var now = time.GetUtcNow().UtcDateTime;
        var end = now.Date.AddHours(now.Hour + 1);
        var start = end.AddHours(-steps * hours);

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.HourlyAttemptCounts.AsNoTracking()
            .Where(h => h.NotificationId == notificationId && h.Hour >= start && h.Hour < end)
            .ToListAsync(cancellationToken);
        var byStep = rows.ToLookup(h => (int)(h.Hour - start).TotalHours / hours);
        var points = Enumerable.Range(0, steps)
            .Select(step => PointOf(byStep[step], start.AddHours(step * hours), start.AddHours((step + 1) * hours)))
            .ToList();

        // Settled rows have no due time: so asked, the index of (State, DueAt) gives them by number, the newest first.
        var failed = await db.Deliveries.AsNoTracking()
            .Where(d => d.State == DeliveryState.Failed && d.DueAt == null && d.NotificationId == notificationId && !d.IsTest)
            .OrderByDescending(d => d.Id)
            .Select(d => new LastFailure(d.Id, d.SettledAt ?? d.CreatedAt, d.LastFailure, d.LastStatusCode, d.Reason))
            .FirstOrDefaultAsync(cancellationToken);
        return new NotificationPerformance(points, PointOf(rows, start, end), failed);
    }

    private static StatisticsPoint PointOf(IEnumerable<HourlyAttemptCount> rows, DateTime from, DateTime to)
    {
        var durations = new long[DurationBuckets.Count];
        var (succeeded, failed) = (0L, 0L);
        foreach (var row in rows)
        {
            durations[Math.Min(row.Bucket, durations.Length - 1)] += row.Count;
            if (row.IsFailure)
                failed += row.Count;
            else
                succeeded += row.Count;
        }
        return new StatisticsPoint(from, to, succeeded, failed, DurationBuckets.Percentile(durations, 0.5), DurationBuckets.Percentile(durations, 0.95));
    }
}

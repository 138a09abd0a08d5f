using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>What retention has removed, for the settings page.</summary>
public sealed class RetentionQueries(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>What was removed on each of the last <paramref name="days"/> days (UTC), today included, and in all.</summary>
    public async Task<PrunedSummary> PrunedAsync(int days, CancellationToken cancellationToken = default)
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        var first = today.AddDays(1 - days);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var counted = await db.PrunedDays.AsNoTracking().Where(p => p.Day >= first).ToDictionaryAsync(p => p.Day, cancellationToken);
        var total = await db.PrunedDays.AsNoTracking()
            .GroupBy(_ => 1)
            .Select(all => new PrunedTotal(
                all.Min(p => p.Day), all.Sum(p => (long)p.Delivered), all.Sum(p => (long)p.Failed), all.Sum(p => (long)p.Attempts),
                all.Sum(p => (long)p.Events)))
            .SingleOrDefaultAsync(cancellationToken);
        return new PrunedSummary(
            [.. Enumerable.Range(0, days).Select(i => first.AddDays(i)).Select(day => counted.GetValueOrDefault(day) ?? new PrunedDay { Day = day })],
            total);
    }
}

/// <summary>What retention has removed.</summary>
/// <param name="Days">The last days, the oldest first; one on which nothing was removed has zeros.</param>
/// <param name="Total">All that was ever removed; null where nothing was.</param>
public sealed record PrunedSummary(IReadOnlyList<PrunedDay> Days, PrunedTotal? Total);

/// <summary>All that retention ever removed.</summary>
/// <param name="Since">The first day on which it did (UTC).</param>
/// <param name="Delivered">Delivered deliveries.</param>
/// <param name="Failed">Failed and skipped deliveries.</param>
/// <param name="Attempts">Attempts of both.</param>
/// <param name="Events">Events with their payloads.</param>
public sealed record PrunedTotal(DateTime Since, long Delivered, long Failed, long Attempts, long Events);

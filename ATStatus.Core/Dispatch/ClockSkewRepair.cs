using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Repairs what was written while the clock was ahead: moments further away than any wait can lead. Once the clock is right again, no
/// delivery, lease or circuit may wait for the hours or years that it had jumped.
/// </summary>
public sealed class ClockSkewRepair(
    IDbContextFactory<AtStatusDbContext> contexts, WebhookOptions options, RetrySchedule schedule, TimeProvider time)
{
    /// <summary>What clocks of several instances may differ by.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private const int BatchSize = 1_000;

    /// <summary>
    /// Makes due what waits longer than it can, cuts leases to the length that they were given, and lets circuits probe. Returns the
    /// deliveries that nothing holds and that have a job of their own: it may be set for the wrong moment, so they need another. And those that are their events' jobs' to send.
    /// </summary>
    internal async Task<(IReadOnlyList<(long Id, int NotificationId, bool IsRetry)> Own, IReadOnlyList<long> First)> RepairAsync(
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db.Dialect.NowAsync(db, time, cancellationToken);
        DateTime? at = now;
        var lease = DeliveryStore.LeaseTime(options);
        var (lastLease, leaseEnd) = (now + lease + Tolerance, at + lease);
        var leases = db.Deliveries.Where(d => d.State == DeliveryState.Sending && d.LeaseUntil > lastLease);
        // Asked first: an update without rows would still take its turn at writing, at every look.
        if (await leases.AnyAsync(cancellationToken))
            await leases.ExecuteUpdateAsync(row => row.SetProperty(d => d.LeaseUntil, leaseEnd), cancellationToken);
        var lastProbe = now + WebhookOptions.LongestProbeDelay + Tolerance;
        var probes = db.NotificationHealth.Where(h => h.NextProbeAt > lastProbe);
        if (await probes.AnyAsync(cancellationToken))
            await probes.ExecuteUpdateAsync(row => row.SetProperty(h => h.NextProbeAt, at), cancellationToken);

        var lastDue = now + schedule.LongestWait + Tolerance;
        var repaired = new List<(long, int, bool)>();
        var first = new List<long>();
        while (true)
        {
            var rows = await db.Deliveries.AsNoTracking()
                .Where(d => (d.State == DeliveryState.Pending || d.State == DeliveryState.Retrying) && d.DueAt > lastDue && !d.IsTest)
                .OrderBy(d => d.Id).Take(BatchSize)
                .Select(DeliveryColumns.WithForEventJob((d, isFirst) => new { d.Id, d.NotificationId, d.State, d.Hold, IsFirst = isFirst }))
                .ToListAsync(cancellationToken);
            if (rows.Count == 0)
                return (repaired, first);
            var ids = rows.Select(r => r.Id).ToArray();
            await db.Deliveries
                .Where(d => ids.Contains(d.Id) && (d.State == DeliveryState.Pending || d.State == DeliveryState.Retrying))
                .ExecuteUpdateAsync(
                    row => row.SetProperty(d => d.DueAt, at).SetProperty(d => d.Version, d => d.Version + 1), cancellationToken);
            first.AddRange(rows.Where(r => r is { Hold: null, IsFirst: true }).Select(r => r.Id));
            repaired.AddRange(rows.Where(r => r is { Hold: null, IsFirst: false }).Select(r => (r.Id, r.NotificationId ?? 0, r.State == DeliveryState.Retrying)));
        }
    }
}

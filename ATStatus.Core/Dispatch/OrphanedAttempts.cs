using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>Writes down attempts whose process died, so that the log tells before the next attempt begins.</summary>
public sealed class OrphanedAttempts(
    IDbContextFactory<AtStatusDbContext> contexts, DeliveryStore store, DeliveryFeed feed, DeliveryMetrics metrics, TimeProvider time)
{
    /// <summary>How long a test may wait for its claim.</summary>
    private static readonly TimeSpan TestPatience = TimeSpan.FromMinutes(1);

    /// <summary>How many rows one look reads.</summary>
    private const int BatchSize = 5_000;

    /// <summary>One look.</summary>
    /// <param name="begun">
    /// When the only instance began: what was being sent before is nobody's any more, lease or not. Null where another may hold it.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task AbandonAsync(DateTime? begun, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db.Dialect.NowAsync(db, time, cancellationToken);
        var orphans = await db.Deliveries
            .Where(d => d.State == DeliveryState.Sending && (d.LeaseUntil <= now || d.LeasedAt < begun))
            .OrderBy(d => d.Id).Take(BatchSize)
            .ToListAsync(cancellationToken);
        // A test that never got its claim: its maker died between saving it and sending it.
        var unsentTests = await db.Deliveries
            .Where(d => d.IsTest && d.State == DeliveryState.Pending
                && (d.CreatedAt <= now - TestPatience || d.CreatedAt < begun))
            .ToListAsync(cancellationToken);
        // What this process holds is being sent, or waits to be recorded, however long its lease has been over.
        orphans.RemoveAll(orphan => store.Holds(orphan.Id));
        if (orphans.Count == 0 && unsentTests.Count == 0)
            return;
        foreach (var orphan in orphans)
            orphan.Abandon(now);
        foreach (var test in unsentTests)
            test.Skip(now, SkipCause.TestNotSent, "The console stopped before this test was sent.");
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another instance, or a result that came late, wrote one of them first; the next look sees how it stands.
            return;
        }
        metrics.Abandoned(orphans.Count(orphan => !orphan.IsTest));
        if (orphans.Count(orphan => orphan.State == DeliveryState.Skipped) is > 0 and var cancelled)
            metrics.Skipped(cancelled);
        feed.Signal();
    }
}

using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Access.Audit;

/// <summary>
/// Removes, every hour, sealed entries of whole days (UTC) that are older than <see cref="AuditOptions.Keep"/>, from the front of the chain, and leaves a
/// checkpoint with number and hash of the last of them and how many there were. The checkpoint is sealed: an entry says the same, and is chained
/// like every other. While the clock may be wrong it removes nothing.
/// </summary>
public sealed partial class AuditRetention(
    IDbContextFactory<AtStatusDbContext> contexts, AuditOptions options, RetentionClock clock, DatabaseWritability writability, TimeProvider time,
    ILogger<AuditRetention> logger) : BackgroundLoop(writability, time, Interval)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How many entries one transaction removes.</summary>
    internal int BatchSize { get; set; } = 500;

    protected override TimeSpan FirstWait => TimeSpan.FromMinutes(2);

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        if (clock.IsTrusted)
            await PruneAsync(stoppingToken);
        return Interval;
    }

    protected override void LogFailed(Exception e) => LogPruningFailed(e);

    /// <summary>Removes what is old. Returns how many entries that were.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        if (options.Keep is not { } keep)
            return 0;
        var limit = (Time.GetUtcNow().UtcDateTime - keep).Date;
        var (removed, last) = (0, 0);
        do
        {
            last = await PruneBatchAsync(limit, cancellationToken);
            removed += last;
        }
        while (last == BatchSize);
        if (removed > 0)
            LogPruned(removed);
        return removed;
    }

    private async Task<int> PruneBatchAsync(DateTime limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // The oldest tells, without a lock that those who seal would wait for.
        if (!await db.AuditEntries.OrderBy(e => e.Id).Take(1).AnyAsync(e => e.At < limit && e.Hash != null, cancellationToken))
            return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // With the head locked nobody seals, and no other instance removes.
        if (await AuditSealer.LockAsync(db, AuditCheckpoint.Head, cancellationToken) is not { } head)
            return 0;
        var front = await AuditSealer.LockAsync(db, AuditCheckpoint.Front, cancellationToken);
        var doomed = new List<AuditEntry>();
        // From the front without a gap: the first that is younger, or not sealed, ends it.
        await foreach (var entry in db.AuditEntries.AsNoTracking().OrderBy(e => e.Id).Take(BatchSize).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (entry.At >= limit || entry.Hash is null || entry.Id > head.LastId)
                break;
            doomed.Add(entry);
        }
        if (doomed.Count == 0)
            return 0;
        if (front is null)
            db.AuditCheckpoints.Add(front = new AuditCheckpoint { Name = AuditCheckpoint.Front });
        (front.LastId, front.Hash, front.Count, front.At) = (doomed[^1].Id, doomed[^1].Hash!, front.Count + doomed.Count, Time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancellationToken);
        await db.AuditEntries.Where(e => e.Id <= front.LastId).ExecuteDeleteAsync(cancellationToken);
        db.Audit.Record(new AuditChange(AuditAction.Pruned, AuditObject.AuditTrail, null, "Audit log")
        {
            Actor = AuditActor.System,
            After = Said(front),
            Count = doomed.Count,
        });
        await transaction.CommitAsync(cancellationToken);
        return doomed.Count;
    }

    /// <summary>What the entry says of a checkpoint.</summary>
    internal static Dictionary<string, object?> Said(AuditCheckpoint front) => new()
    {
        ["last_id"] = front.LastId,
        ["hash"] = AuditHash.DisplayText(front.Hash),
        ["count"] = front.Count,
    };

    [LoggerMessage(LogLevel.Information, "Retention removed {Count} entries of the audit trail.")]
    private partial void LogPruned(int count);

    [LoggerMessage(LogLevel.Error, "Removing old entries of the audit trail failed; trying again in an hour.")]
    private partial void LogPruningFailed(Exception e);
}

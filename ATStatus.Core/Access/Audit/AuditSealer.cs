using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Access.Audit;

/// <summary>
/// Chains entries by hash in the order of their numbers, some seconds after they were saved, so that those who save do not queue for the end of the
/// chain. Of several instances one seals at a time. Also makes entries of the failed sign-ins of minutes that are over.
/// </summary>
/// <remarks>
/// Where others write at the same time, a smaller number can be committed after a larger one. So it seals only up to the largest number that it saw at
/// its turn before: what had a smaller one is in the table since then, and reading it waits for its commit.
/// </remarks>
public sealed partial class AuditSealer(
    IDbContextFactory<AtStatusDbContext> contexts, AuditFeed feed, DatabaseWritability writability, TimeProvider time, ILogger<AuditSealer> logger)
    : BackgroundLoop(writability, time, TimeSpan.FromSeconds(2))
{
    /// <summary>Twice this is how long an entry waits for its seal.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.5);

    /// <summary>Between two batches, for those who wait to write.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after its end a minute's failed sign-ins are counted together: a request may have begun before.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private (long SealedTo, long Newest) _signalled;
    private long _seen;

    /// <summary>How many entries one transaction seals.</summary>
    internal int BatchSize { get; set; } = 200;

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken) => await SealAsync(stoppingToken) ? Pause : Interval;

    protected override void LogFailed(Exception e) => LogSealingFailed(e);

    /// <summary>A turn. Returns whether there may be more to seal at once.</summary>
    internal async Task<bool> SealAsync(CancellationToken cancellationToken)
    {
        await CloseFailedSignInsAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var sealedTo = await db.AuditCheckpoints.Where(c => c.Name == AuditCheckpoint.Head).Select(c => (long?)c.LastId).SingleOrDefaultAsync(cancellationToken) ?? 0;
        // What stands before it and is not sealed was put there by a hand. Sealed out of its order it would pass for genuine.
        var newest = await db.AuditEntries.Where(e => e.Hash == null && e.Id > sealedTo).MaxAsync(e => (long?)e.Id, cancellationToken) ?? sealedTo;
        if (_signalled != (sealedTo, newest))
            feed.Signal();
        _signalled = (sealedTo, newest);
        var upTo = db.Dialect.IsShared ? Math.Min(_seen, newest) : newest;
        _seen = newest;
        return upTo > sealedTo && await SealAsync(db, upTo, cancellationToken);
    }

    private async Task<bool> SealAsync(AtStatusDbContext db, long upTo, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var head = await LockAsync(db, AuditCheckpoint.Head, cancellationToken);
        if (head is null)
            db.AuditCheckpoints.Add(head = new AuditCheckpoint { Name = AuditCheckpoint.Head });
        // Read to be written: that waits for whoever has not committed yet.
        var entries = await db.AuditEntries.FromSqlRaw(ToWrite(db, "AuditEntries"))
            .Where(e => e.Hash == null && e.Id > head.LastId && e.Id <= upTo).OrderBy(e => e.Id).Take(BatchSize).ToListAsync(cancellationToken);
        foreach (var entry in entries)
        {
            entry.Hash = AuditHash.Of(entry, head.Hash);
            (head.LastId, head.Hash, head.Count, head.At) = (entry.Id, entry.Hash, head.Count + 1, Time.GetUtcNow().UtcDateTime);
        }
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Signal();
        return entries.Count == BatchSize;
    }

    /// <summary>A checkpoint, which nobody else can read to write until the transaction ends; null where there is none.</summary>
    internal static Task<AuditCheckpoint?> LockAsync(AtStatusDbContext db, string name, CancellationToken cancellationToken) =>
        db.AuditCheckpoints.FromSqlRaw(ToWrite(db, "AuditCheckpoints")).SingleOrDefaultAsync(c => c.Name == name, cancellationToken);

    /// <summary>The rows of a table, read to be written.</summary>
    private static string ToWrite(AtStatusDbContext db, string table) => $"SELECT * FROM \"{table}\"{db.Dialect.ForUpdate}";

    private async Task CloseFailedSignInsAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var over = now - TimeSpan.FromMinutes(1) - Grace;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await db.FailedSignIns.AnyAsync(f => f.Minute <= over, cancellationToken))
            return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await db.FailedSignIns.FromSqlRaw(ToWrite(db, "FailedSignIns")).AsNoTracking()
            .Where(f => f.Minute <= over).OrderBy(f => f.Minute).ThenBy(f => f.Address).ThenBy(f => f.Account).ToListAsync(cancellationToken);
        await db.FailedSignIns.Where(f => f.Minute <= over).ExecuteDeleteAsync(cancellationToken);
        await AuditWriter.InsertAsync(db, [.. rows.GroupBy(f => (f.Minute, f.Address)).Select(group => FailedSignIns.EntryOf([.. group]))]);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Sealing the audit trail failed; trying again.")]
    private partial void LogSealingFailed(Exception e);
}

/// <summary>Says that there are other entries of the audit trail, or that some were sealed.</summary>
public sealed class AuditFeed : Feed;

using System.Globalization;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access.Audit;

/// <summary>What the check of the audit trail found.</summary>
/// <param name="Checked">How many sealed entries were looked at.</param>
/// <param name="Removed">How many retention had removed before them.</param>
/// <param name="Unsealed">How many are not sealed yet.</param>
/// <param name="Head">The hash of the last sealed entry.</param>
/// <param name="HeadId">Its number; 0 where none is sealed.</param>
/// <param name="FoundAt">The number of the entry with the hash that was asked for; null where there is none, or none was asked for.</param>
/// <param name="Break">What is wrong, as a sentence that names the first bad entry; null where nothing is.</param>
public sealed record AuditVerdict(long Checked, long Removed, long Unsealed, byte[] Head, long HeadId, long? FoundAt, string? Break);

/// <summary>
/// Checks that the chain of the audit trail is whole: that no entry was changed, removed, inserted or put elsewhere since it was sealed. Runs beside a
/// console; what is sealed or removed by retention meanwhile is no break.
/// </summary>
public sealed class AuditVerification(IDbContextFactory<AtStatusDbContext> contexts)
{
    private const int BatchSize = 1_000;

    /// <param name="wanted">A hash to look for, as somebody has noted it; null for none.</param>
    public async Task<AuditVerdict> RunAsync(byte[]? wanted = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var front = await CheckpointAsync(db, AuditCheckpoint.Front, cancellationToken);
            var verdict = await WalkAsync(db, front, wanted, cancellationToken);
            // Retention has removed what was being read.
            var after = await CheckpointAsync(db, AuditCheckpoint.Front, cancellationToken);
            if (after?.LastId == front?.LastId)
                return verdict;
        }
    }

    private static async Task<AuditVerdict> WalkAsync(AtStatusDbContext db, AuditCheckpoint? front, byte[]? wanted, CancellationToken cancellationToken)
    {
        var head = await CheckpointAsync(db, AuditCheckpoint.Head, cancellationToken);
        var end = head?.LastId ?? 0;
        var (previous, last, count) = (front?.Hash ?? AuditHash.Beginning, front?.LastId ?? 0, 0L);
        long? foundAt = front is not null && wanted is not null && front.Hash.AsSpan().SequenceEqual(wanted) ? front.LastId : null;
        AuditEntry? pruned = null;
        var unsealed = await db.AuditEntries.CountAsync(e => e.Id > end, cancellationToken);
        var from = 0L;
        while (true)
        {
            var batch = await db.AuditEntries.AsNoTracking().Where(e => e.Id > from && e.Id <= end).OrderBy(e => e.Id).Take(BatchSize).ToListAsync(cancellationToken);
            foreach (var entry in batch)
            {
                if (entry.Id <= (front?.LastId ?? 0))
                    return Broken($"Entry {entry.Id} stands before the checkpoint of retention, after which the chain begins.");
                if (entry.Hash is null)
                    return Broken($"Entry {entry.Id} is not sealed, though later ones are: it was inserted, or its seal was removed.");
                if (!AuditHash.Of(entry, previous).AsSpan().SequenceEqual(entry.Hash))
                    return Broken($"The chain breaks at entry {entry.Id}: it was changed, or what stood before it was changed, removed or inserted.");
                (previous, last, count) = (entry.Hash, entry.Id, count + 1);
                if (wanted is not null && entry.Hash.AsSpan().SequenceEqual(wanted))
                    foundAt = entry.Id;
                if (entry.Action == AuditAction.Pruned)
                    pruned = entry;
            }
            if (batch.Count < BatchSize)
                break;
            from = batch[^1].Id;
        }
        if (last != end || (head is not null && !previous.AsSpan().SequenceEqual(head.Hash)))
            return Broken($"Entry {end} is missing: it was the last that was sealed, and the chain ends at entry {last}.");
        if ((front?.Count ?? 0) + count != (head?.Count ?? 0))
            return Broken(string.Create(CultureInfo.InvariantCulture, $"Up to entry {end} there have been {head?.Count ?? 0} entries, and the chain has {(front?.Count ?? 0) + count}."));
        if (await db.AuditEntries.AsNoTracking().Where(e => e.Id > end && e.Hash != null).OrderBy(e => e.Id).Select(e => (long?)e.Id).FirstOrDefaultAsync(cancellationToken) is { } forged
            && ((await CheckpointAsync(db, AuditCheckpoint.Head, cancellationToken))?.LastId ?? 0) == end)
            return Broken($"Entry {forged} has a seal that was not made by the console.");
        // The entry of the last removal may not be sealed yet.
        pruned = await db.AuditEntries.AsNoTracking().Where(e => e.Id > end && e.Action == AuditAction.Pruned).OrderByDescending(e => e.Id)
            .FirstOrDefaultAsync(cancellationToken) ?? pruned;
        if (front is null ? pruned is not null : pruned?.After != AuditValues.Write(AuditRetention.Said(front), _ => null))
            return Broken($"The checkpoint before entry {(await db.AuditEntries.MinAsync(e => (long?)e.Id, cancellationToken)) ?? 0} is not the one that retention left.");
        return Result(null);

        AuditVerdict Broken(string problem) => Result(problem);

        AuditVerdict Result(string? problem) => new(count, front?.Count ?? 0, unsealed, previous, last, foundAt, problem);
    }

    private static Task<AuditCheckpoint?> CheckpointAsync(AtStatusDbContext db, string name, CancellationToken cancellationToken) =>
        db.AuditCheckpoints.AsNoTracking().SingleOrDefaultAsync(c => c.Name == name, cancellationToken);
}

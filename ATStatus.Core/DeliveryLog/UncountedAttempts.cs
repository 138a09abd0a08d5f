using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Counts by the hour (<see cref="HourlyAttemptCount"/>) what an earlier version has recorded and had not counted yet: once, at the first start of this
/// one and before any worker runs. Since then each result is counted in the transaction that writes it.
/// </summary>
public sealed class UncountedAttempts(IDbContextFactory<AtStatusDbContext> contexts, DatabaseWritability writability) : IHostedService
{
    /// <summary>The <see cref="Checkpoint"/> of the earlier version's counter: up to which attempt it had come.</summary>
    internal const string CheckpointName = "AttemptHours";

    /// <summary>Where the checkpoint stands once there is nothing left to be counted this way.</summary>
    internal const long Done = long.MaxValue;

    private const int BatchSize = 5_000;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await writability.WaitAsync(cancellationToken);
        await CountAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Counts until nothing is left; nothing where that was done before.</summary>
    internal async Task CountAsync(CancellationToken cancellationToken)
    {
        while (await CountBatchAsync(cancellationToken))
        {
        }
    }

    private sealed record Attempt(long Id, int? NotificationId, bool IsTest, DateTime StartedAt, FailureKind? Failure, int DurationMs);

    /// <summary>Counts the next attempts; false when all are counted.</summary>
    private async Task<bool> CountBatchAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var from = await db.Checkpoints.Where(b => b.Name == CheckpointName).Select(b => (long?)b.Value).SingleOrDefaultAsync(cancellationToken);
        if (from == Done)
            return false;
        var attempts = await db.DeliveryAttempts.AsNoTracking()
            .Where(a => a.Id > (from ?? 0))
            .OrderBy(a => a.Id)
            .Take(BatchSize)
            .Join(db.Deliveries, a => a.DeliveryId, d => d.Id, (a, d) => new Attempt(a.Id, d.NotificationId, d.IsTest, a.StartedAt, a.Failure, a.DurationMs))
            .ToListAsync(cancellationToken);
        var upTo = attempts.Count == 0 ? Done : attempts.Max(a => a.Id);
        try
        {
            if (from is { } known)
            {
                // Another instance counts the same where it is as fast: whoever moves the checkpoint has counted.
                if (await db.Checkpoints.Where(b => b.Name == CheckpointName && b.Value == known)
                    .ExecuteUpdateAsync(row => row.SetProperty(b => b.Value, upTo), cancellationToken) == 0)
                    return true;
            }
            else
            {
                db.Checkpoints.Add(new Checkpoint { Name = CheckpointName, Value = upTo });
            }
            await AddAsync(db, attempts, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException) when (from is null)
        {
            // Another instance was faster; the next look begins where it stands.
        }
        return upTo != Done;
    }

    private static async Task AddAsync(AtStatusDbContext db, List<Attempt> attempts, CancellationToken cancellationToken)
    {
        var counts = attempts
            .Where(a => a is { IsTest: false, NotificationId: not null } && a.Failure != FailureKind.Cancelled)
            .GroupBy(a => (Notification: a.NotificationId!.Value, Hour: HourlyAttemptCount.HourOf(a.StartedAt), IsFailure: a.Failure is not null, Bucket: DurationBuckets.Of(a.DurationMs)))
            .ToDictionary(g => g.Key, g => g.Count());
        if (counts.Count == 0)
            return;
        var notifications = counts.Keys.Select(k => k.Notification).Distinct().ToArray();
        // A notification that is deleted at this moment has nothing to be counted for.
        var existing = await db.Notifications.Where(n => notifications.Contains(n.Id)).Select(n => n.Id).ToHashSetAsync(cancellationToken);
        var (first, last) = (counts.Keys.Min(k => k.Hour), counts.Keys.Max(k => k.Hour));
        var rows = await db.HourlyAttemptCounts
            .Where(h => notifications.Contains(h.NotificationId) && h.Hour >= first && h.Hour <= last)
            .ToDictionaryAsync(h => (h.NotificationId, h.Hour, h.IsFailure, h.Bucket), cancellationToken);
        foreach (var (key, count) in counts.Where(c => existing.Contains(c.Key.Notification)))
        {
            if (rows.TryGetValue(key, out var row))
                row.Count += count;
            else
                db.HourlyAttemptCounts.Add(new HourlyAttemptCount { NotificationId = key.Notification, Hour = key.Hour, IsFailure = key.IsFailure, Bucket = key.Bucket, Count = count });
        }
    }
}

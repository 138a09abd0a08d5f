using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Counts attempts by the hour (<see cref="HourlyAttemptCount"/>) behind the engine's back: it reads on from where it stopped, so a send costs
/// nothing more, what was recorded before this version is counted too, and a crash neither loses a count nor counts twice (the bookmark is
/// written with the counts).
/// </summary>
public sealed partial class AttemptCounter(
    IDbContextFactory<AtStatusDbContext> contexts, SqliteWriteLock gate, DatabaseOptions database, DatabaseWritability writability, RetentionClock clock,
    TimeProvider time, ILogger<AttemptCounter> logger)
    : BackgroundService
{
    private const string BookmarkName = "AttemptHours";
    private const int BatchSize = 5_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How long counts are kept: a year and what a comparison with the month before it needs.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Between two batches, on the real clock: those who wait to write are let in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _counting = new(1, 1);
    private long _settledUpTo;
    private DateTime _removedAt;

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "What could not be counted (a database out of reach) is counted the next time; the counter must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await writability.WaitAsync(stoppingToken);
                await CountAsync(stoppingToken);
                await RemoveOldAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogCountingFailed(e);
            }
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _counting.Dispose();
        base.Dispose();
    }

    /// <summary>Counts everything that was recorded since the last time.</summary>
    internal async Task CountAsync(CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken);
        try
        {
            var upTo = await SettledUpToAsync(cancellationToken);
            while (await CountBatchAsync(upTo, cancellationToken))
                await Task.Delay(Pause, cancellationToken);
        }
        finally
        {
            _counting.Release();
        }
    }

    /// <summary>
    /// Up to which attempt no other can still appear. SQLite has one writer, so that is the last there is. On SQL Server a number is
    /// taken before its transaction commits, so it is the last there was when it was asked the time before.
    /// </summary>
    private async Task<long> SettledUpToAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var last = await db.DeliveryAttempts.MaxAsync(a => (long?)a.Id, cancellationToken) ?? 0;
        var settled = database.Provider == DatabaseProvider.Sqlite ? last : _settledUpTo;
        _settledUpTo = last;
        return settled;
    }

    private sealed record Attempt(long Id, int? NotificationId, bool IsTest, DateTime StartedAt, FailureKind? Failure, int DurationMs);

    /// <summary>Counts the next attempts; false when there are none.</summary>
    private async Task<bool> CountBatchAsync(long upTo, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var bookmark = await db.Bookmarks.SingleOrDefaultAsync(b => b.Name == BookmarkName, cancellationToken);
        var from = bookmark?.Value ?? 0;
        var attempts = await db.DeliveryAttempts.AsNoTracking()
            .Where(a => a.Id > from && a.Id <= upTo)
            .OrderBy(a => a.Id)
            .Take(BatchSize)
            .Join(db.Deliveries, a => a.DeliveryId, d => d.Id, (a, d) => new Attempt(a.Id, d.NotificationId, d.IsTest, a.StartedAt, a.Failure, a.DurationMs))
            .ToListAsync(cancellationToken);
        if (attempts.Count == 0)
            return false;
        if (bookmark is null)
            db.Bookmarks.Add(bookmark = new Checkpoint { Name = BookmarkName });
        bookmark.Value = attempts.Max(a => a.Id);
        try
        {
            await AddAsync(db, attempts, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another instance counts the same; whoever was first has moved the bookmark, and the next look begins behind it.
            return false;
        }
        return true;
    }

    private static async Task AddAsync(AtStatusDbContext db, List<Attempt> attempts, CancellationToken cancellationToken)
    {
        var counts = attempts
            .Where(a => a is { IsTest: false, NotificationId: not null } && a.Failure != FailureKind.Cancelled)
            .GroupBy(a => (Notification: a.NotificationId!.Value, Hour: HourOf(a.StartedAt), IsFailure: a.Failure is not null, Bucket: DurationBuckets.Of(a.DurationMs)))
            .ToDictionary(g => g.Key, g => g.Count());
        if (counts.Count == 0)
            return;
        var notifications = counts.Keys.Select(k => k.Notification).Distinct().ToArray();
        // A notification that is deleted at this moment has nothing to be counted for.
        var existing = await db.Notifications.Where(n => notifications.Contains(n.Id)).Select(n => n.Id).ToHashSetAsync(cancellationToken);
        var (first, last) = (counts.Keys.Min(k => k.Hour), counts.Keys.Max(k => k.Hour));
        var rows = await db.AttemptHours
            .Where(h => notifications.Contains(h.NotificationId) && h.Hour >= first && h.Hour <= last)
            .ToDictionaryAsync(h => (h.NotificationId, h.Hour, h.IsFailure, h.Bucket), cancellationToken);
        foreach (var (key, count) in counts.Where(c => existing.Contains(c.Key.Notification)))
        {
            if (rows.TryGetValue(key, out var row))
                row.Count += count;
            else
                db.AttemptHours.Add(new HourlyAttemptCount { NotificationId = key.Notification, Hour = key.Hour, IsFailure = key.IsFailure, Bucket = key.Bucket, Count = count });
        }
    }

    private static DateTime HourOf(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerHour));

    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (now - _removedAt < TimeSpan.FromDays(1) || !clock.IsTrusted)
            return;
        _removedAt = now;
        var limit = now - Kept;
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.AttemptHours.Where(h => h.Hour < limit).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Counting attempts failed; trying again.")]
    private partial void LogCountingFailed(Exception e);
}

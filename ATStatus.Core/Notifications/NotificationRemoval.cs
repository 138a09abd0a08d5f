using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Notifications;

/// <summary>
/// Removes the rows of notifications that were deleted (<see cref="Notification.DeletedAt"/>). What waits becomes skipped, then the log is
/// detached, then the row goes, at most <see cref="BatchSize"/> rows in a statement and one batch of each in a transaction: a long
/// history neither keeps other writers waiting nor locks the log on SQL Server. Whatever was done is found done by the next step, so a
/// start goes on where the console stopped, and several instances may do the same.
/// </summary>
public sealed partial class NotificationRemoval(
    IDbContextFactory<AtStatusDbContext> contexts,
    DeliveryFeed feed,
    DeliveryMetrics metrics,
    DatabaseWritability writability,
    TimeProvider time,
    ILogger<NotificationRemoval> logger) : BackgroundLoop(writability, time, TimeSpan.FromSeconds(5))
{
    /// <summary>How often it looks for deleted notifications while there are none: an instance that stopped may have left one.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Between two batches, for those who wait to write.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The most rows of a statement. SQL Server trades some 5,000 row locks of one statement for a lock on the whole table.
    /// </summary>
    internal int BatchSize { get; set; } = 1_000;

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken) => await StepAsync(stoppingToken) ? Pause : Idle;

    protected override void LogFailed(Exception e) => LogStepFailed(e);

    /// <summary>A batch of each deleted notification. Returns whether there was any.</summary>
    internal async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        List<int> deleted;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            deleted = await db.Notifications.IgnoreQueryFilters().AsNoTracking().Where(n => n.DeletedAt != null)
                .OrderBy(n => n.Id).Select(n => n.Id).ToListAsync(cancellationToken);
        }
        foreach (var id in deleted)
            await AdvanceAsync(id, cancellationToken);
        return deleted.Count > 0;
    }

    /// <summary>
    /// The first batch of one that was just deleted, which is all of it where the history is short. A failure is not the deletion's: that
    /// is saved, and the background goes on.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, the notification is deleted, and the background tries again.")]
    internal async Task BeginAsync(int id)
    {
        try
        {
            await AdvanceAsync(id, CancellationToken.None);
        }
        catch (Exception e)
        {
            if (!Writability.Explains(e))
                LogStepFailed(e);
        }
    }

    private async Task AdvanceAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (skipped, isLast) = await SkipAsync(db, id, cancellationToken);
        // Deliveries before the notification, as the engine writes them: on SQL Server the other order can end in a deadlock.
        if (isLast && await DetachAsync(db, id, cancellationToken) && await RemoveCountsAsync(db, id, cancellationToken)
            && await ForgetAlertsAsync(db, id, BatchSize, cancellationToken))
        {
            await db.Notifications.IgnoreQueryFilters().Where(n => n.Id == id && n.DeletedAt != null)
                .ExecuteDeleteAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        if (skipped > 0)
            metrics.Skipped(skipped);
        feed.Signal();
    }

    /// <summary>
    /// Skips what waits. What is being sent is finished; the engine finds no notification then, and skips it instead of a further attempt.
    /// Returns how many were skipped, and whether it was the last batch.
    /// </summary>
    private async Task<(int Skipped, bool IsLast)> SkipAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        var ids = await NextWaiting(db, id).Take(BatchSize).ToArrayAsync(cancellationToken);
        if (ids.Length == 0)
            return (0, true);
        var skipped = await DeliveryCancellation.SkipAsync(
            Waiting(db, id).Where(d => EF.Parameter(ids).Contains(d.Id)), Time.GetUtcNow().UtcDateTime, SkipCause.NotificationDeleted,
            DeliveryStore.NotificationDeleted, cancellationToken);
        return (skipped, ids.Length < BatchSize);
    }

    /// <summary>
    /// In the order of the index that holds only what is not settled: by their numbers, each batch would look for a few that wait in all of
    /// a long history.
    /// </summary>
    internal static IQueryable<long> NextWaiting(AtStatusDbContext db, int id) =>
        Waiting(db, id).OrderBy(d => d.Subject).ThenBy(d => d.EventId).ThenBy(d => d.Id).Select(d => d.Id);

    private static IQueryable<Delivery> Waiting(AtStatusDbContext db, int id) => db.Deliveries.Where(
        d => d.NotificationId == id && !d.IsTest && d.SettledAt == null
            && (d.State == DeliveryState.Pending || d.State == DeliveryState.Retrying));

    /// <summary>
    /// Lets the log stand without the notification. The rows' versions stay: an attempt that is under way still records its result. Returns
    /// whether it was the last batch.
    /// </summary>
    private async Task<bool> DetachAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        var attached = db.Deliveries.Where(d => d.NotificationId == id);
        var ids = await attached.OrderBy(d => d.Id).Select(d => d.Id).Take(BatchSize).ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return true;
        var (first, last) = (ids[0], ids[^1]);
        await attached.Where(d => d.Id >= first && d.Id <= last)
            .ExecuteUpdateAsync(delivery => delivery.SetProperty(d => d.NotificationId, (int?)null), cancellationToken);
        return ids.Count < BatchSize;
    }

    /// <summary>Removes its hourly counts, whole hours at a time. Returns whether it was the last batch.</summary>
    private async Task<bool> RemoveCountsAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        var counts = db.HourlyAttemptCounts.Where(h => h.NotificationId == id);
        var hours = await counts.OrderBy(h => h.Hour).Select(h => h.Hour).Take(BatchSize + 1).ToListAsync(cancellationToken);
        if (hours.Count <= BatchSize)
        {
            await counts.ExecuteDeleteAsync(cancellationToken);
            return true;
        }
        // An hour has some dozen rows, so that the hours before the last one are a batch that is not empty.
        var until = hours[^1];
        await counts.Where(h => h.Hour < until).ExecuteDeleteAsync(cancellationToken);
        return false;
    }

    /// <summary>Whoever alerted it when failing alerts nobody from now on. Returns whether it was the last batch.</summary>
    internal static async Task<bool> ForgetAlertsAsync(AtStatusDbContext db, int id, int batchSize, CancellationToken cancellationToken)
    {
        var alerting = db.Notifications.IgnoreQueryFilters().Where(n => n.AlertNotificationId == id);
        var found = await alerting.OrderBy(n => n.Id).Select(n => new { n.Id, n.Name, IsDeleted = n.DeletedAt != null }).Take(batchSize).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return true;
        var (first, last) = (found[0].Id, found[^1].Id);
        foreach (var notification in found.Where(n => !n.IsDeleted))
        {
            db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.Notification, notification.Id, notification.Name)
            {
                Before = new Dictionary<string, object?> { ["alert"] = new AuditReference(AuditObject.Notification, id) },
                After = new Dictionary<string, object?> { ["alert"] = null },
            });
        }
        await alerting.Where(n => n.Id >= first && n.Id <= last).ExecuteUpdateAsync(
            row => row.SetProperty(n => n.AlertNotificationId, (int?)null).SetProperty(n => n.Version, n => n.Version + 1),
            cancellationToken);
        return found.Count < batchSize;
    }

    [LoggerMessage(LogLevel.Error, "Removing a deleted notification failed; trying again.")]
    private partial void LogStepFailed(Exception e);
}

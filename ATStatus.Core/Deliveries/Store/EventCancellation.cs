using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>What a person's Delete and Requeue of an event's job in the dashboard do to the rows of its deliveries.</summary>
public sealed class EventCancellation(
    IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, DeliveryMetrics metrics, Lazy<IDispatchSignals> signals, TimeProvider time)
{
    /// <summary>The most rows in one statement: SQL Server would lock the table beyond 5,000, and nobody's write waits for long.</summary>
    private const int Batch = 1_000;

    /// <summary>
    /// Skips what the job has not claimed. What is in flight ends and is recorded; it is skipped unless it arrives. What is held or has a job of its own
    /// stays as it is.
    /// </summary>
    public async Task CancelAsync(long eventId)
    {
        int skipped;
        var isFirst = true;
        do
        {
            await using var db = await contexts.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var ids = await ForJob(db, eventId).OrderBy(d => d.Id).Select(d => d.Id).Take(Batch).ToListAsync();
            skipped = ids.Count == 0 ? 0 : await DeliveryCancellation.SkipAsync(
                ForJob(db, eventId).Where(d => ids.Contains(d.Id)), time.GetUtcNow().UtcDateTime, SkipCause.Cancelled, DeliveryCancellation.InDashboard,
                CancellationToken.None);
            if (skipped < ids.Count || ids.Count < Batch)
            {
                // Whoever was claimed meanwhile is in flight now.
                await db.Deliveries
                    .Where(d => d.EventId == eventId && d.State == DeliveryState.Sending && !d.IsOwn && !d.IsRedelivery && !d.IsTest && d.CancelReason == null)
                    .ExecuteUpdateAsync(row => row
                        .SetProperty(d => d.CancelReason, DeliveryCancellation.InDashboard).SetProperty(d => d.Version, d => d.Version + 1));
            }
            if (isFirst)
                db.Audit.Record(ChangeOf(AuditAction.Cancelled, eventId));
            isFirst = false;
            await transaction.CommitAsync();
            metrics.Skipped(skipped);
            feed.Signal();
        }
        while (skipped > 0);
    }

    /// <summary>
    /// Begins a new round for what has failed, as jobs of the deliveries' own. Returns whether there is anything to send: that, or what is still pending.
    /// </summary>
    public async Task<bool> RequeueAsync(long eventId)
    {
        var notifications = new List<int>();
        await using var db = await contexts.CreateDbContextAsync();
        var isPending = await ForJob(db, eventId).AnyAsync();
        while (true)
        {
            var failed = await Failed(db, eventId).OrderBy(d => d.Id).Select(d => new { d.Id, NotificationId = d.NotificationId!.Value }).Take(Batch).ToListAsync();
            if (failed.Count == 0)
                break;
            var ids = failed.ConvertAll(d => d.Id);
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (await DeliveryRequeue.RequeueHeldAsync(Failed(db, eventId).Where(d => ids.Contains(d.Id)), time.GetUtcNow().UtcDateTime, CancellationToken.None) == 0)
                break;
            if (notifications.Count == 0)
                db.Audit.Record(ChangeOf(AuditAction.Redelivered, eventId));
            await transaction.CommitAsync();
            notifications.AddRange(failed.Select(d => d.NotificationId));
        }
        foreach (var notification in notifications.Distinct())
            signals.Value.NotificationChanged(notification);
        feed.Signal();
        return isPending || notifications.Count > 0;
    }

    private static AuditChange ChangeOf(AuditAction action, long eventId) => new(action, AuditObject.Event, eventId, "") { EventIds = [eventId] };

    private static IQueryable<Delivery> ForJob(AtStatusDbContext db, long eventId) =>
        db.Deliveries.Where(Delivery.ForEventJob).Where(d => d.EventId == eventId);

    private static IQueryable<Delivery> Failed(AtStatusDbContext db, long eventId) => db.Deliveries
        .Where(d => d.EventId == eventId && d.State == DeliveryState.Failed && !d.IsTest && d.Notification != null && d.Notification.Enabled);
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>What <see cref="DeliveryDispatcher"/> asks of the database and writes into it: rows that wait, and what is known of whom they wait for.</summary>
public sealed class DispatchQueries(IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, DeliveryMetrics metrics, TimeProvider time)
{
    /// <summary>The most rows in one statement: nobody else's write waits longer.</summary>
    private const int Batch = 1_000;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>The notifications with deliveries that are held and due.</summary>
    internal async Task<List<int>> NotificationsWithHeldAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.AsNoTracking()
            .Where(d => d.Hold != null && d.NotificationId != null && d.DueAt <= now)
            .Select(d => d.NotificationId!.Value).Distinct().ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The first deliveries of a notification that are held and due, in the order in which they fell due. Left out are those that wait for an
    /// earlier one of their subject: where the notification keeps its events in order until that is settled, otherwise, where the delivery itself
    /// keeps to an order, until its first attempt of the present round is recorded.
    /// </summary>
    /// <param name="isInOrder">Whether the notification keeps its events in order.</param>
    /// <param name="count">How many at most.</param>
    internal async Task<(List<(long Id, bool IsRetry)> Next, bool HasOrdered)> HeldAsync(int notificationId, bool isInOrder, int count)
    {
        var now = Now;
        await using var db = await contexts.CreateDbContextAsync();
        var held = db.Deliveries.AsNoTracking().Where(d => d.NotificationId == notificationId && d.Hold != null && d.DueAt <= now);
        // Two questions, each with an index of its own: one of both would read all that waits for each row.
        held = isInOrder
            ? held.Where(d => !db.Deliveries.Any(e =>
                e.NotificationId == d.NotificationId && e.Subject == d.Subject && e.EventId < d.EventId && !e.IsTest && e.SettledAt == null))
            : held.Where(d => d.Hold != HoldReason.Order || !db.Deliveries.Any(e =>
                e.NotificationId == d.NotificationId && e.Subject == d.Subject && e.EventId < d.EventId && !e.IsTest && e.SettledAt == null
                && e.RoundAttempts == 0));
        held = held.Where(d => d.Hold != HoldReason.Order || d.Event!.SaveId == null || !db.Events.Any(x =>
            x.SaveId == d.Event.SaveId && x.Id < d.EventId && db.Deliveries.Any(e =>
                e.EventId == x.Id && e.NotificationId == d.NotificationId && !e.IsTest && e.SettledAt == null && e.RoundAttempts == 0)));
        var rows = await held.OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(count)
            .Select(d => new { d.Id, d.State }).ToListAsync();
        // Also one that was left out: the end of the one before it lets it in.
        var hasOrdered = await db.Deliveries.AnyAsync(d => d.NotificationId == notificationId && d.Hold == HoldReason.Order && d.DueAt <= now);
        return (rows.ConvertAll(r => (r.Id, r.State == DeliveryState.Retrying)), hasOrdered);
    }

    /// <summary>Writes down why deliveries wait that have no job; what has been settled meanwhile stays as it is.</summary>
    internal async Task HoldAsync(IEnumerable<(long Id, HoldReason Hold)> deliveries, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var group in deliveries.GroupBy(r => r.Hold, r => r.Id))
        {
            foreach (var ids in group.Chunk(Batch))
            {
                HoldReason? hold = group.Key;
                await db.Deliveries
                    .Where(d => ids.Contains(d.Id) && (d.State == DeliveryState.Pending || d.State == DeliveryState.Retrying))
                    .ExecuteUpdateAsync(
                        row => row.SetProperty(d => d.Hold, hold).SetProperty(d => d.IsOwn, true).SetProperty(d => d.Version, d => d.Version + 1),
                        cancellationToken);
            }
        }
    }

    /// <summary>
    /// Writes down which job carries deliveries whose first attempt failed in their event's job, so that a redelivery finds it. No version is raised: who
    /// has read the row meanwhile must not collide with this.
    /// </summary>
    internal async Task NoteJobAsync(long deliveryId, string jobId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Deliveries
            .Where(d => d.Id == deliveryId && (d.State == DeliveryState.Retrying || d.State == DeliveryState.Failed))
            .ExecuteUpdateAsync(row => row.SetProperty(d => d.JobId, jobId));
    }

    /// <summary>Which of these deliveries are still to be sent.</summary>
    internal async Task<List<long>> OpenAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.AsNoTracking()
            .Where(d => ids.Contains(d.Id) && (d.State == DeliveryState.Pending || d.State == DeliveryState.Sending))
            .Select(d => d.Id).ToListAsync(cancellationToken);
    }

    /// <summary>What is known of notifications: of those that are on, whether they want order and how fast and how they fare; of the others, why they get nothing.</summary>
    internal async Task<(List<(int Id, bool IsInOrder, RateLimit? Rate, NotificationHealth? Health)> On, Dictionary<int, (SkipCause Cause, string Reason)> Off)> ReadStatesAsync(
        IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Notifications.AsNoTracking().Where(n => ids.Contains(n.Id))
            .GroupJoin(db.NotificationHealth, n => n.Id, h => h.NotificationId, (n, health) => new { n, health })
            .SelectMany(x => x.health.DefaultIfEmpty(), (x, h) => new { x.n.Id, x.n.Enabled, x.n.DisabledReason, x.n.InOrder, x.n.Transport.Options.RateLimit, x.n.Transport.Options.RatePer, Health = h })
            .ToListAsync(cancellationToken);
        var off = rows.Where(r => !r.Enabled).ToDictionary(r => r.Id, r => (SkipCause.NotificationOff, DeliveryStore.NotificationOff(r.DisabledReason)));
        foreach (var id in ids.Except(rows.Select(r => r.Id)))
            off[id] = (SkipCause.NotificationDeleted, DeliveryStore.NotificationDeleted);
        return ([.. rows.Where(r => r.Enabled).Select(r => (r.Id, r.InOrder, RateLimit.Of(new() { RateLimit = r.RateLimit, RatePer = r.RatePer }), r.Health))], off);
    }

    /// <summary>Skips what waits for a notification that is off or gone, a batch at a time.</summary>
    internal async Task SkipHeldAsync(int notificationId, (SkipCause Cause, string Reason) why, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var ids = await db.Deliveries.AsNoTracking()
                .Where(d => d.NotificationId == notificationId && d.Hold != null)
                .OrderBy(d => d.DueAt).ThenBy(d => d.Id).Select(d => d.Id).Take(Batch).ToListAsync(cancellationToken);
            if (ids.Count == 0)
                return;
            metrics.Skipped(await DeliveryCancellation.SkipAsync(
                db.Deliveries.Where(d => ids.Contains(d.Id) && d.Hold != null), Now, why.Cause, why.Reason, cancellationToken));
            feed.Signal();
        }
    }

    /// <summary>A notification that was let in slowly after its circuit closed has nothing waiting any more.</summary>
    internal async Task DrainedAsync(int notificationId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.NotificationHealth.Where(h => h.NotificationId == notificationId && h.OpenedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(h => h.DrainingSince, (DateTime?)null));
    }
}

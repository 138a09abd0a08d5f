using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Recovery;

/// <summary>
/// What a notification missed and can be resent: what failed, and what was skipped because it was off. Not what a person
/// chose not to notify of, no tests, and nothing that arrived.
/// </summary>
internal static class RecoveryDeliveries
{
    /// <summary>
    /// Those that failed or were skipped at <paramref name="since"/> or later. Settled rows have no due time, so in the index of
    /// (State, DueAt) they stand in the order of their numbers: whoever goes on from a number reads no row twice. The notification's
    /// number is hidden from its own index, which would lead past everything that ever arrived.
    /// </summary>
    /// <param name="state">Failed or skipped.</param>
    /// <param name="since">The moment (UTC).</param>
    public static IQueryable<Delivery> Of(AtStatusDbContext db, int notificationId, DeliveryState state, DateTime since)
    {
        var recoverable = db.Deliveries.AsNoTracking()
            .Where(d => d.State == state && d.DueAt == null && (d.NotificationId ?? 0) == notificationId && !d.IsTest && d.SettledAt >= since);
        return state == DeliveryState.Skipped ? recoverable.Where(d => d.SkipCause == SkipCause.NotificationOff) : recoverable;
    }

    /// <summary>What of it a recovery has not come to yet. What failed after it was asked for is none of its business.</summary>
    public static IQueryable<Delivery> Left(AtStatusDbContext db, RecoveryRun recovery, DeliveryState state) =>
        Of(db, recovery.NotificationId, state, recovery.Since)
            .Where(d => d.Id > recovery.Done && d.Id <= recovery.UpTo && d.SettledAt <= recovery.RequestedAt);

    /// <summary>Those of <paramref name="ids"/> that are still as <see cref="Left"/> found them: nobody has begun a new round or removed them.</summary>
    public static IQueryable<Delivery> Still(AtStatusDbContext db, RecoveryRun recovery, DeliveryState state, long[] ids) =>
        db.Deliveries.Where(d => ids.Contains(d.Id) && d.NotificationId == recovery.NotificationId && d.State == state
            && d.SettledAt >= recovery.Since && d.SettledAt <= recovery.RequestedAt);

    /// <summary>Those of <paramref name="ids"/> that failed, or were skipped because their notification was off, and can be sent now.</summary>
    public static IQueryable<Delivery> Chosen(AtStatusDbContext db, long[] ids) =>
        db.Deliveries.Where(d => EF.Parameter(ids).Contains(d.Id) && !d.IsTest && d.Notification!.Enabled
            && (d.State == DeliveryState.Failed || (d.State == DeliveryState.Skipped && d.SkipCause == SkipCause.NotificationOff)));

    /// <summary>How many of a notification's deliveries wait at <paramref name="now"/> (UTC). The due time leads to the index of those that are held.</summary>
    public static IQueryable<Delivery> Waiting(AtStatusDbContext db, int notificationId, DateTime now) =>
        db.Deliveries.Where(d => d.NotificationId == notificationId && d.Hold != null && d.DueAt <= now);

    /// <summary>The states that a wish names.</summary>
    public static IEnumerable<DeliveryState> States(bool failed, bool skipped)
    {
        if (failed)
            yield return DeliveryState.Failed;
        if (skipped)
            yield return DeliveryState.Skipped;
    }
}

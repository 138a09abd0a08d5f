using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// What a person's Redeliver, Requeue, Send now and 'Enqueue now' do to the delivery's row. It makes no job: whoever asks has one.
/// </summary>
public sealed class DeliveryRequeue(IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, TimeProvider time)
{
    /// <summary>
    /// Begins a new round of attempts of a settled delivery; one that is under way is left as it is.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else wrote the row at the same moment.</exception>
    public async Task<RequeueResult> RequeueAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var delivery = await Find(db, deliveryId, cancellationToken);
        if (delivery is null)
            return new RequeueResult(RequeueKind.Missing);
        if (!delivery.State.IsSettled())
            return new RequeueResult(RequeueKind.UnderWay);
        if (RefusalOf(delivery) is { } refusal)
            return new RequeueResult(RequeueKind.Refused, refusal);
        var before = delivery.State;
        delivery.Requeue(time.GetUtcNow().UtcDateTime);
        db.Audit.Record(ChangeOf(AuditAction.Redelivered, delivery, before));
        await db.SaveChangesAsync(cancellationToken);
        feed.Signal();
        return new RequeueResult(RequeueKind.Requeued, LastJobId: delivery.JobId);
    }

    /// <summary>Lets a waiting delivery be sent now instead of at its time; nothing to do where its time has come.</summary>
    public async Task ExpediteAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Find(db, deliveryId, cancellationToken) is not { } delivery || delivery.DueAt <= now)
            return;
        var before = delivery.State;
        delivery.Expedite(now);
        db.Audit.Record(ChangeOf(AuditAction.SentNow, delivery, before));
        await db.SaveChangesAsync(cancellationToken);
        feed.Signal();
    }

    /// <summary>
    /// Makes a waiting delivery due because a person wants it sent now. Where its notification's circuit is open it becomes the probe:
    /// whoever asks has perhaps repaired the receiver.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else wrote the row at the same moment.</exception>
    public async Task<ExpediteResult> SendNowAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Find(db, deliveryId, cancellationToken) is not { } delivery)
            return new ExpediteResult(IsMissing: true);
        if (SendNowRefusalOf(delivery, now) is { } refusal)
            return new ExpediteResult(Refusal: refusal);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var before = delivery.State;
        delivery.Expedite(now);
        db.Audit.Record(ChangeOf(AuditAction.SentNow, delivery, before));
        await db.SaveChangesAsync(cancellationToken);
        await db.NotificationHealth
            .Where(h => h.NotificationId == delivery.NotificationId && h.OpenedAt != null && h.NextProbeAt > now)
            .ExecuteUpdateAsync(row => row.SetProperty(h => h.NextProbeAt, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Signal();
        return new ExpediteResult(IsRetry: delivery.State == DeliveryState.Retrying, LastJobId: delivery.JobId);
    }

    /// <summary>Why a delivery cannot be sent now instead of at its time, in words; null when it can.</summary>
    internal static string? SendNowRefusalOf(Delivery delivery, DateTime now) => delivery switch
    {
        { IsTest: true } => "A test is sent once, at once.",
        { State: DeliveryState.Sending } => "This delivery is being sent right now.",
        { State: not (DeliveryState.Pending or DeliveryState.Retrying) } => "This delivery does not wait any more. Redeliver begins a new round of attempts.",
        { Notification: null } => "Its notification was deleted; there is nowhere to send it.",
        { Notification.Enabled: false } => "Its notification is switched off. Switch it on to send.",
        { Hold: { } hold and not HoldReason.Circuit } => hold.DisplayText(),
        { Hold: null } when delivery.DueAt <= now => "This delivery is in the queue already, and is sent as soon as a worker is free.",
        _ => null,
    };

    /// <summary>
    /// What <see cref="Delivery.Requeue"/> does, to many rows in one statement; they are held, so that their notification's queue takes
    /// them at its pace, and those about one subject one after another. Returns how many there were.
    /// </summary>
    internal static Task<int> RequeueHeldAsync(IQueryable<Delivery> settled, DateTime now, CancellationToken cancellationToken)
    {
        DateTime? due = now;
        HoldReason? hold = HoldReason.Order;
        return settled.ExecuteUpdateAsync(
            row => row
                .SetProperty(d => d.State, DeliveryState.Pending)
                .SetProperty(d => d.Hold, hold)
                .SetProperty(d => d.IsOwn, true)
                .SetProperty(d => d.DueAt, due)
                .SetProperty(d => d.SettledAt, (DateTime?)null)
                .SetProperty(d => d.Reason, (string?)null)
                .SetProperty(d => d.SkipCause, (SkipCause?)null)
                .SetProperty(d => d.RoundAttempts, 0)
                .SetProperty(d => d.IsRedelivery, true)
                .SetProperty(d => d.Version, d => d.Version + 1),
            cancellationToken);
    }

    /// <summary>Why a settled delivery cannot be sent again, in words; null when it can.</summary>
    internal static string? RefusalOf(Delivery delivery) =>
        delivery.IsTest ? "A test is sent once. Send another test from the notification."
        : delivery.CarrierId is { } carrier ? $"It was sent with #{carrier}. Redeliver that delivery, which has the whole message."
        : delivery.Notification is null ? "Its notification was deleted; there is nowhere to send it."
        : !delivery.Notification.Enabled ? "Its notification is switched off. Switch it on to redeliver."
        : null;

    /// <summary>What a person did to a delivery, for the audit trail.</summary>
    internal static AuditChange ChangeOf(AuditAction action, Delivery delivery, DeliveryState before) =>
        new(action, AuditObject.Delivery, delivery.Id, delivery.NotificationName)
        {
            Before = new Dictionary<string, object?> { ["state"] = before.ToString() },
            After = new Dictionary<string, object?> { ["state"] = delivery.State.ToString() },
            EventIds = [delivery.EventId],
        };

    private static Task<Delivery?> Find(AtStatusDbContext db, long id, CancellationToken cancellationToken) =>
        db.Deliveries.Include(d => d.Notification).SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
}

/// <summary>What became of the wish to send a waiting delivery now.</summary>
/// <param name="IsMissing">It does not exist.</param>
/// <param name="Refusal">Why not, in words, where refused; nothing was changed then.</param>
/// <param name="IsRetry">It waits for another attempt of its round, not for the first.</param>
/// <param name="LastJobId">The Hangfire job that carried it last, if one did.</param>
public sealed record ExpediteResult(bool IsMissing = false, string? Refusal = null, bool IsRetry = false, string? LastJobId = null);

/// <summary>What became of the wish to begin a new round.</summary>
/// <param name="Refusal">Why not, in words, where refused.</param>
/// <param name="LastJobId">The Hangfire job that carried the delivery last, if one did.</param>
public sealed record RequeueResult(RequeueKind Kind, string? Refusal = null, string? LastJobId = null);

/// <summary>The kinds of <see cref="RequeueResult"/>.</summary>
public enum RequeueKind
{
    /// <summary>A new round has begun; the delivery is due.</summary>
    Requeued,

    /// <summary>It was not settled; nothing was changed.</summary>
    UnderWay,

    /// <summary>It may not be sent again.</summary>
    Refused,

    /// <summary>It does not exist.</summary>
    Missing,
}

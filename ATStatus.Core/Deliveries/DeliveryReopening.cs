using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// What a person's Redeliver, Requeue and 'Enqueue now' do to the delivery's row. It makes no job: whoever asks has one.
/// </summary>
public sealed class DeliveryReopening(IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, TimeProvider time)
{
    /// <summary>
    /// Begins a new round of attempts of a settled delivery; one that is under way is left as it is.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else wrote the row at the same moment.</exception>
    public async Task<ReopenResult> ReopenAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var delivery = await Find(db, deliveryId, cancellationToken);
        if (delivery is null)
            return new ReopenResult(ReopenKind.Missing);
        if (!delivery.State.IsSettled())
            return new ReopenResult(ReopenKind.UnderWay);
        if (RefusalOf(delivery) is { } refusal)
            return new ReopenResult(ReopenKind.Refused, refusal);
        delivery.Reopen(time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancellationToken);
        feed.Signal();
        return new ReopenResult(ReopenKind.Reopened, LastJobId: delivery.JobId);
    }

    /// <summary>Lets a waiting delivery be sent now instead of at its time.</summary>
    public async Task HastenAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await Find(db, deliveryId, cancellationToken) is not { } delivery)
            return;
        delivery.Hasten(time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancellationToken);
        feed.Signal();
    }

    /// <summary>Why a settled delivery cannot be sent again, in words; null when it can.</summary>
    internal static string? RefusalOf(Delivery delivery) =>
        delivery.IsTest ? "A test is sent once. Send another test from the notification."
        : delivery.Notification is null ? "Its notification was deleted; there is nowhere to send it."
        : !delivery.Notification.Enabled ? "Its notification is switched off. Switch it on to redeliver."
        : null;

    private static Task<Delivery?> Find(AtStatusDbContext db, long id, CancellationToken cancellationToken) =>
        db.Deliveries.Include(d => d.Notification).SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
}

/// <summary>What became of the wish to begin a new round.</summary>
/// <param name="Kind">Which it is.</param>
/// <param name="Refusal">Why not, in words, where refused.</param>
/// <param name="LastJobId">The Hangfire job that carried the delivery last, if one did.</param>
public sealed record ReopenResult(ReopenKind Kind, string? Refusal = null, string? LastJobId = null);

/// <summary>The kinds of <see cref="ReopenResult"/>.</summary>
public enum ReopenKind
{
    /// <summary>A new round has begun; the delivery is due.</summary>
    Reopened,

    /// <summary>It was not settled; nothing was changed.</summary>
    UnderWay,

    /// <summary>It may not be sent again.</summary>
    Refused,

    /// <summary>It does not exist.</summary>
    Missing,
}

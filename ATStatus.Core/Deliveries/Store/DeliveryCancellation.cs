using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// What a person's Cancel delivery in the log, and Delete of its job in the dashboard, do to the delivery's row. An attempt that is under way
/// is not interrupted: its result decides.
/// </summary>
/// <param name="signals">Signalled that what waits in order may follow. Lazy: who makes jobs needs the filter that needs this.</param>
public sealed class DeliveryCancellation(
    IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, DeliveryMetrics metrics, Lazy<IDispatchSignals> signals, TimeProvider time)
{
    /// <summary>The reason of a delivery whose job a person deleted in the dashboard.</summary>
    public const string InDashboard = "Cancelled in the dashboard";

    /// <summary>How often a row is read again that somebody else has written meanwhile: a delivery is claimed and recorded a few times in its life.</summary>
    private const int MostTries = 20;

    /// <summary>The reason of a delivery that a person cancelled in the log.</summary>
    public static string By(string person) => $"Cancelled by {person}";

    /// <summary>Ends a delivery as skipped, or has it end so after the attempt under way.</summary>
    /// <param name="reason">By whom, in words.</param>
    /// <param name="cancellationToken">Stops it; what is committed stays.</param>
    /// <exception cref="DbUpdateConcurrencyException">Others wrote the row again and again.</exception>
    public async Task<CancelResult> CancelAsync(long deliveryId, string reason, CancellationToken cancellationToken = default)
    {
        for (var tries = 1; ; tries++)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            if (await db.Deliveries.SingleOrDefaultAsync(d => d.Id == deliveryId, cancellationToken) is not { } delivery)
                return new CancelResult(IsMissing: true);
            if (RefusalOf(delivery) is { } refusal)
                return new CancelResult(Refusal: refusal);
            var before = delivery.State;
            delivery.Cancel(time.GetUtcNow().UtcDateTime, reason);
            db.Audit.Record(DeliveryRequeue.ChangeOf(AuditAction.Cancelled, delivery, before));
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (tries < MostTries)
            {
                // It was claimed, or its result came: how it stands now decides.
                continue;
            }
            Signal(delivery);
            return new CancelResult(IsUnderWay: delivery.State == DeliveryState.Sending, LastJobId: delivery.JobId);
        }
    }

    private void Signal(Delivery delivery)
    {
        if (delivery.State == DeliveryState.Skipped)
        {
            metrics.Skipped(1);
            // Its job, if it waits for a worker, never runs: nobody else would free its place in the queue.
            signals.Value.Finished(delivery.NotificationId, delivery.Id, isHeld: false);
        }
        if (delivery.NotificationId is { } notification)
            signals.Value.NotificationChanged(notification);
        feed.Signal();
    }

    /// <summary>What <see cref="Delivery.Skip"/> does, to many rows in one statement. Returns how many there were.</summary>
    internal static Task<int> SkipAsync(IQueryable<Delivery> waiting, DateTime now, SkipCause cause, string reason, CancellationToken cancellationToken)
    {
        DateTime? at = now;
        SkipCause? why = cause;
        return waiting.ExecuteUpdateAsync(
            row => row
                .SetProperty(d => d.State, DeliveryState.Skipped)
                .SetProperty(d => d.SkipCause, why)
                .SetProperty(d => d.Reason, reason)
                .SetProperty(d => d.SettledAt, at)
                .SetProperty(d => d.DueAt, (DateTime?)null)
                .SetProperty(d => d.Hold, (HoldReason?)null)
                .SetProperty(d => d.Version, d => d.Version + 1),
            cancellationToken);
    }

    /// <summary>Why a delivery cannot be cancelled, in words; null when it can.</summary>
    internal static string? RefusalOf(Delivery delivery) => delivery switch
    {
        { IsTest: true } => "A test is sent once, at once. It cannot be cancelled.",
        { State: DeliveryState.Delivered } => "This delivery has already been delivered.",
        { State: DeliveryState.Failed } => "This delivery has already failed permanently. Nothing more is sent.",
        { State: DeliveryState.Skipped, SkipCause: SkipCause.Cancelled } => "This delivery has already been cancelled.",
        { State: DeliveryState.Skipped } => "This delivery was skipped. Nothing is sent.",
        { CancelReason: not null } => "This delivery has already been cancelled. The attempt under way finishes first.",
        _ => null,
    };
}

/// <summary>What became of the wish to cancel a delivery.</summary>
/// <param name="IsMissing">It does not exist.</param>
/// <param name="Refusal">Why not, in words, where refused; nothing was changed then.</param>
/// <param name="IsUnderWay">An attempt is under way; its result decides.</param>
/// <param name="LastJobId">The Hangfire job that carried it last, if one did.</param>
public sealed record CancelResult(bool IsMissing = false, string? Refusal = null, bool IsUnderWay = false, string? LastJobId = null);

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Recovery;

/// <summary>
/// Redeliver in the log: a new round of attempts of the same delivery. Requeue in the dashboard does the same. And Send now: the
/// next attempt of the present round, before its time. And Cancel delivery: no further attempt.
/// </summary>
[Needs(Right.Redeliver)]
public sealed class RedeliveryService(DeliveryRequeue requeue, DeliveryCancellation cancellation, JobHandOver jobs, DeliveryTracing tracing)
{
    /// <summary>Begins the new round and hands the delivery over.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    /// <exception cref="IllegalTransitionException">It is under way, was a test, or its notification is off or deleted.</exception>
    public async Task RedeliverAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        using var reserved = jobs.Reserve([deliveryId]);
        RequeueResult result;
        try
        {
            result = await requeue.RequeueAsync(deliveryId, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            result = new RequeueResult(RequeueKind.UnderWay);
        }
        switch (result.Kind)
        {
            case RequeueKind.Missing:
                throw new NotFoundException("delivery");
            case RequeueKind.UnderWay:
                throw new IllegalTransitionException("This delivery is already under way.");
            case RequeueKind.Refused:
                throw new IllegalTransitionException(result.Refusal!);
            default:
                using (tracing.BeginRedelivery(deliveryId))
                {
                    // Hangfire's filters block while they work; not on the caller's thread, which may be a circuit's.
                    await Task.Run(() => jobs.HandOverAgain(deliveryId, result.LastJobId), CancellationToken.None);
                }
                break;
        }
    }

    /// <summary>Makes a waiting delivery due and hands it over.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    /// <exception cref="IllegalTransitionException">
    /// It is under way or settled, waits for something that a person cannot hurry (its turn, an earlier delivery), was a test, or its
    /// notification is off or deleted.
    /// </exception>
    public async Task SendNowAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        using var reserved = jobs.Reserve([deliveryId]);
        ExpediteResult result;
        try
        {
            result = await requeue.SendNowAsync(deliveryId, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            result = new ExpediteResult(Refusal: "This delivery is already under way.");
        }
        if (result.IsMissing)
            throw new NotFoundException("delivery");
        if (result.Refusal is { } refusal)
            throw new IllegalTransitionException(refusal);
        // Not on the caller's thread; see above.
        await Task.Run(
            () => jobs.HandOverNow(deliveryId, result.LastJobId, result.IsRetry ? QueueNames.Retries : QueueNames.Own), CancellationToken.None);
    }

    /// <summary>Skips a delivery that waits; one that is being sent is skipped once its attempt has failed. Returns whether one is under way.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    /// <exception cref="IllegalTransitionException">It is settled, has been cancelled already, or is a test.</exception>
    public async Task<bool> CancelAsync(long deliveryId, Actor actor, CancellationToken cancellationToken = default)
    {
        var reason = DeliveryCancellation.By(actor.Name);
        CancelResult result;
        try
        {
            result = await cancellation.CancelAsync(deliveryId, reason, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            result = new CancelResult(Refusal: "This delivery keeps changing. Try again.");
        }
        if (result.IsMissing)
            throw new NotFoundException("delivery");
        if (result.Refusal is { } refusal)
            throw new IllegalTransitionException(refusal);
        // Not on the caller's thread; see above.
        if (result is { IsUnderWay: false, LastJobId: { } jobId })
            await Task.Run(() => jobs.Withdraw(jobId, reason), CancellationToken.None);
        return result.IsUnderWay;
    }
}

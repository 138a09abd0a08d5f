using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Outbox;

/// <summary>Redeliver in the log: a new round of attempts of the same delivery. Requeue in the dashboard does the same.</summary>
public sealed class RedeliveryService(DeliveryReopening reopening, DeliveryQueue queue, DeliveryTraces traces)
{
    /// <summary>Begins the new round and hands the delivery over.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    /// <exception cref="IllegalTransitionException">It is under way, was a test, or its notification is off or deleted.</exception>
    public async Task RedeliverAsync(long deliveryId, CancellationToken cancellationToken = default)
    {
        using var reserved = queue.Reserve([deliveryId]);
        ReopenResult result;
        try
        {
            result = await reopening.ReopenAsync(deliveryId, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            result = new ReopenResult(ReopenKind.UnderWay);
        }
        switch (result.Kind)
        {
            case ReopenKind.Missing:
                throw new NotFoundException("delivery");
            case ReopenKind.UnderWay:
                throw new IllegalTransitionException("This delivery is already under way.");
            case ReopenKind.Refused:
                throw new IllegalTransitionException(result.Refusal!);
            default:
                using (traces.BeginRedelivery(deliveryId))
                {
                    // Hangfire's filters block while they work; not on the caller's thread, which may be a circuit's.
                    await Task.Run(() => queue.HandOverAgain(deliveryId, result.LastJobId), CancellationToken.None);
                }
                break;
        }
    }
}

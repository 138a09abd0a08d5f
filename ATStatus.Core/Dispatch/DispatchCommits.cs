using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;

namespace ATStatus.Core.Dispatch;

/// <summary>What units of work ask of the dispatcher: before their commit what is held, after it the jobs.</summary>
public sealed partial class DeliveryDispatcher
{
    /// <summary>Whether the health of each of these is known here, so that nobody needs to read it.</summary>
    internal bool KnowsHealth(IEnumerable<Notification> notifications) =>
        notifications.All(n => queues.Find(n.Id) is { } queue && queues.Within(queue, () => queue.IsKnown));

    /// <summary>Why a delivery that is being saved is held; null where its event's job, or a job of its own, may send it.</summary>
    /// <param name="health">How that fares, where it is not known here.</param>
    internal HoldReason? HoldAtSave(Notification notification, NotificationHealth? health)
    {
        var queue = queues.Of(notification.Id);
        return queues.Within(queue, () =>
        {
            (queue.IsInOrder, queue.Rate) = (notification.InOrder, RateLimit.Of(notification.Transport.Options));
            if (!queue.IsKnown)
                queue.SetHealth(health ?? NotificationHealth.Fresh(notification.Id, Now));
            return sending.IsPaused ? HoldReason.Paused
                : queue.IsOpen ? HoldReason.Circuit
                : queues.IsSlow(queue) ? HoldReason.SlowEndpoints
                : (HoldReason?)null;
        });
    }

    /// <summary>Deliveries are committed: their events, and what has a job of its own, get their jobs. What was held waits in its queue.</summary>
    /// <param name="deliveries">The unit's deliveries, in the order of their events.</param>
    /// <param name="saveId">The number that the unit's events carry.</param>
    internal void Commit(IReadOnlyList<Delivery> deliveries, long? saveId)
    {
        var own = new List<long>();
        var waiting = new HashSet<NotificationQueue>();
        foreach (var delivery in deliveries.Where(d => d is { State: DeliveryState.Pending, IsOwn: true }))
        {
            var queue = queues.Of(delivery.NotificationId!.Value);
            queues.Within(queue, () =>
            {
                if (delivery.Hold is not null)
                {
                    queue.Enqueue(delivery.Id, isRetry: false);
                    waiting.Add(queue);
                }
                else if (queue.Add(delivery.Id))
                {
                    _inFlight[delivery.Id] = queue;
                    own.Add(delivery.Id);
                }
            });
        }
        _chains.Commit(saveId, [.. deliveries.Where(d => d.IsForEventJob).Select(d => d.EventId).Distinct()]);
        jobs.HandOver(own);
        foreach (var queue in waiting)
            Pump(queue);
    }

    public void FirstAttemptFailed(long deliveryId, Deliveries.Store.RecordedAttempt recorded, Deliveries.FirstAttemptTrace? trace) =>
        jobs.HandOverAfterFirst(deliveryId, recorded, trace, jobId => Task.Run(() => NoteJobAsync(deliveryId, jobId)));

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; without it the dashboard only goes on showing a job that another has replaced.")]
    private async Task NoteJobAsync(long deliveryId, string jobId)
    {
        try
        {
            await queries.NoteJobAsync(deliveryId, jobId);
        }
        catch (Exception e)
        {
            LogUnlessExplained(e);
        }
    }

    /// <summary>Makes the job of an event that has none; see <see cref="Sweeper"/>.</summary>
    internal void Restart(long eventId) => _chains.Restart(eventId);

    public void EventEnded(long eventId) => Task.Run(() => _chains.Ended(eventId));
}

using ATStatus.Core.Model;

namespace ATStatus.Core.Dispatch;

/// <summary>What units of work ask of the lanes: places before their commit, jobs after it.</summary>
public sealed partial class DeliveryDispatcher
{
    /// <summary>Whether each of these has a lane that knows its health, so that nobody needs to read it.</summary>
    internal bool Know(IEnumerable<Notification> notifications) =>
        notifications.All(n => _lanes.TryGetValue(n.Id, out var lane) && Within(lane, () => lane.IsKnown));

    /// <summary>Begins to choose which deliveries of a unit of work have a job after its commit.</summary>
    /// <param name="sequence">What its deliveries are in sequence of; null for one that has no order to keep.</param>
    internal DispatchReservation Reserve(EventSequence? sequence) => new(this, sequence);

    /// <summary>Why a delivery that is being saved must wait; null when a place is reserved for it.</summary>
    /// <param name="notification">Who it goes to.</param>
    /// <param name="health">How that fares, where its lane does not know it.</param>
    /// <param name="sequence">What the delivery is in sequence of.</param>
    /// <param name="follows">Whether one of the same unit of work comes before it.</param>
    internal HoldReason? TryReserve(Notification notification, NotificationHealth? health, EventSequence? sequence, bool follows)
    {
        var lane = Lane(notification.Id);
        return Within(lane, () =>
        {
            lane.IsInOrder = notification.InOrder;
            if (!lane.IsKnown)
                lane.Know(health ?? NotificationHealth.Fresh(notification.Id, Now));
            var hold = HoldOf(lane);
            // The place of the one before becomes its own.
            if (hold is null or HoldReason.Capacity && (follows || (sequence is not null && lane.Order.IsLive(sequence))))
                return HoldReason.Order;
            if (hold is null)
                lane.Reserved++;
            return hold;
        });
    }

    internal void GiveBack(int notificationId)
    {
        var lane = Lane(notificationId);
        Within(lane, () => lane.Reserved--);
        if (lane.IsWaiting)
            Pump(lane);
    }

    /// <summary>What was reserved is committed: it gets its jobs. What was held waits in its lane.</summary>
    /// <param name="deliveries">The unit's deliveries, in the order of their events.</param>
    /// <param name="sequenceOf">What deliveries to a notification are in sequence of, where they are.</param>
    internal void Commit(IReadOnlyList<Delivery> deliveries, Func<int, EventSequence?> sequenceOf)
    {
        var go = new List<long>();
        var waiting = new HashSet<NotificationQueue>();
        foreach (var delivery in deliveries.Where(d => d.State == DeliveryState.Pending))
        {
            var lane = Lane(delivery.NotificationId!.Value);
            Within(lane, () =>
            {
                if (sequenceOf(lane.NotificationId) is { } sequence)
                    lane.Follow(sequence, delivery.Id);
                if (delivery.Hold is not null)
                {
                    lane.Await(delivery.Id, isRetry: false);
                    waiting.Add(lane);
                    return;
                }
                lane.Reserved--;
                if (lane.Add(delivery.Id))
                    _out[delivery.Id] = lane;
                go.Add(delivery.Id);
            });
        }
        queue.HandOver(go);
        foreach (var lane in waiting)
            Pump(lane);
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Notifications;

namespace ATStatus.Core.Outbox;

/// <summary>The choices of one unit of work: which of its deliveries have a job after the commit. Undone by disposal without commit.</summary>
internal sealed class LaneReservation(DeliveryLanes lanes) : IDisposable
{
    private readonly List<int> _reserved = [];

    /// <summary>Why a new delivery waits; null when a place was reserved for it.</summary>
    public DeliveryHold? HoldOf(Notification notification, NotificationHealth? health)
    {
        var hold = lanes.TryReserve(notification, health);
        if (hold is null)
            _reserved.Add(notification.Id);
        return hold;
    }

    /// <summary>The transaction is committed.</summary>
    public void Commit(IReadOnlyList<Delivery> deliveries)
    {
        _reserved.Clear();
        lanes.Commit(deliveries);
    }

    /// <summary>Gives back what was not used.</summary>
    public void Dispose()
    {
        _reserved.ForEach(lanes.GiveBack);
        _reserved.Clear();
    }
}

using ATStatus.Core.Model;

namespace ATStatus.Core.Dispatch;

/// <summary>The choices of one unit of work: which of its deliveries have a job after the commit. Undone by disposal without commit.</summary>
/// <param name="lanes">Who is asked for places.</param>
/// <param name="sequence">What the unit's deliveries are in sequence of; null for one that has no order to keep.</param>
internal sealed class DispatchReservation(DeliveryDispatcher lanes, EventSequence? sequence) : IDisposable
{
    private readonly List<int> _reserved = [];
    private readonly HashSet<int> _seen = [];
    private readonly HashSet<int> _followed = [];

    /// <summary>Why a new delivery waits; null when a place was reserved for it.</summary>
    public HoldReason? HoldOf(Notification notification, NotificationHealth? health)
    {
        var follows = sequence is not null && !_seen.Add(notification.Id);
        if (follows)
            _followed.Add(notification.Id);
        var hold = lanes.TryReserve(notification, health, sequence, follows);
        if (hold is null)
            _reserved.Add(notification.Id);
        return hold;
    }

    /// <summary>The transaction is committed.</summary>
    public void Commit(IReadOnlyList<Delivery> deliveries)
    {
        _reserved.Clear();
        lanes.Commit(deliveries, SequenceOf);
    }

    /// <summary>What deliveries to a notification are in sequence of; null where there is but one of them.</summary>
    private EventSequence? SequenceOf(int notificationId) => sequence?.IsShared == true || _followed.Contains(notificationId) ? sequence : null;

    /// <summary>Gives back what was not used.</summary>
    public void Dispose()
    {
        _reserved.ForEach(lanes.GiveBack);
        _reserved.Clear();
    }
}

using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Notifications and their health, as the store's connection has read or written them last, for as long as nobody else has
/// written any (<see cref="Persistence.NotificationWrites"/>). Each is a snapshot: who changes one changes a copy.
/// </summary>
internal sealed class KnownHealth
{
    private readonly Dictionary<int, Notification> _notifications = [];
    private readonly Dictionary<int, NotificationHealth> _health = [];
    private long? _writes;

    /// <summary>Forgets everything where others have written. Within the transaction.</summary>
    /// <param name="writes">Another number than the last time, where they have; null where nothing tells.</param>
    public void Refresh(long? writes)
    {
        if (writes is null || writes != _writes)
            Forget();
        _writes = writes;
    }

    public void Forget()
    {
        _notifications.Clear();
        _health.Clear();
    }

    public bool TryGet(int id, [NotNullWhen(true)] out Notification? notification, out NotificationHealth? health)
    {
        health = _health.GetValueOrDefault(id);
        return _notifications.TryGetValue(id, out notification);
    }

    public void Keep(IEnumerable<Notification> notifications, IEnumerable<NotificationHealth> health)
    {
        foreach (var notification in notifications)
            _notifications[notification.Id] = notification;
        Keep(health);
    }

    /// <summary>Keeps what is written; where the writing fails the connection ends, and this with it.</summary>
    public void Keep(IEnumerable<NotificationHealth> health)
    {
        foreach (var one in health)
            _health[one.NotificationId] = one;
    }
}

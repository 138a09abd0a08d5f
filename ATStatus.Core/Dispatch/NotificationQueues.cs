using System.Collections.Concurrent;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// The queue of each notification, and how many jobs it may have at this moment: slow ones share half of the workers, so that the rest is left
/// to the others.
/// </summary>
public sealed class NotificationQueues(ConcurrencyLimiter limiter, WebhookOptions options)
{
    private readonly ConcurrentDictionary<int, NotificationQueue> _queues = new();
    private int _slow;

    internal ICollection<NotificationQueue> All => _queues.Values;

    internal NotificationQueue Of(int notificationId) => _queues.GetOrAdd(notificationId, id => new NotificationQueue(id, options));

    /// <summary>Null for a notification that nothing was asked about yet.</summary>
    internal NotificationQueue? Find(int notificationId) => _queues.GetValueOrDefault(notificationId);

    /// <summary>Whether its notification is slow, by its health or as this process has measured its sends.</summary>
    internal bool IsSlow(NotificationQueue queue) => queue.IsSlow || limiter.IsSlow(queue.NotificationId);

    /// <summary>How many jobs a notification's deliveries may have at this moment, first attempts in flight taken off.</summary>
    internal int LimitOf(NotificationQueue queue) => IsSlow(queue) && Volatile.Read(ref _slow) >= Math.Max(1, options.RetryWorkers / 2)
        ? 0
        : options.SendsPerNotification - limiter.FirstAttemptsOf(queue.NotificationId);

    /// <summary>Changes or asks a queue under its lock, and counts the jobs of slow ones.</summary>
    internal T Within<T>(NotificationQueue queue, Func<T> change)
    {
        lock (queue.SyncRoot)
        {
            var slow = queue.IsSlow ? queue.InFlight : 0;
            try
            {
                return change();
            }
            finally
            {
                Interlocked.Add(ref _slow, (queue.IsSlow ? queue.InFlight : 0) - slow);
            }
        }
    }

    internal void Within(NotificationQueue queue, Action change) => Within(queue, () =>
    {
        change();
        return true;
    });
}

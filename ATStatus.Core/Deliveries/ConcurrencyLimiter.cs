using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Who may send at this moment in this process. No notification has more sends under way than it may; when half of the workers
/// are busy each has one; and notifications that time out share at most half of the workers. So one that hangs can only hold up itself.
/// </summary>
public sealed class ConcurrencyLimiter(WebhookOptions options, TimeProvider time)
{
    /// <summary>A notification with a send under way for this long counts as one that times out, before it has.</summary>
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Slot> _taken = [];

    private sealed record Slot(int NotificationId, bool TimesOut, bool IsRetry, long Since);

    /// <summary>Takes a slot for one send. Answers why not, or null when it is taken.</summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="notificationId">Who it goes to.</param>
    /// <param name="timesOut">Whether that notification's last attempt timed out.</param>
    /// <param name="isRetry">Whether a worker of the retries carries it.</param>
    /// <param name="isProbe">Whether its circuit is open: then there is one at a time.</param>
    public HoldReason? Take(long deliveryId, int notificationId, bool timesOut, bool isRetry, bool isProbe = false)
    {
        lock (_lock)
        {
            var own = 0;
            var pool = 0;
            var slowInPool = 0;
            var slow = timesOut;
            foreach (var slot in _taken.Values)
            {
                var hangs = slot.TimesOut || time.GetElapsedTime(slot.Since) >= SlowAfter;
                if (slot.NotificationId == notificationId)
                {
                    own++;
                    slow |= hangs;
                }
                if (slot.IsRetry != isRetry)
                    continue;
                pool++;
                if (hangs)
                    slowInPool++;
            }
            if (isProbe && own > 0)
                return HoldReason.Circuit;
            var half = Half(isRetry);
            if (own >= (pool >= half ? 1 : options.SendsPerNotification))
                return HoldReason.Capacity;
            if (slow && slowInPool >= half)
                return HoldReason.SlowEndpoints;
            _taken[deliveryId] = new Slot(notificationId, timesOut, isRetry, time.GetTimestamp());
            return null;
        }
    }

    /// <summary>Gives the slot back; nothing where none was taken.</summary>
    public void Leave(long deliveryId)
    {
        lock (_lock)
            _taken.Remove(deliveryId);
    }

    /// <summary>How many retries to one notification are under way.</summary>
    public int RetriesOf(int notificationId)
    {
        lock (_lock)
        {
            var count = 0;
            foreach (var slot in _taken.Values)
                count += slot.IsRetry && slot.NotificationId == notificationId ? 1 : 0;
            return count;
        }
    }

    /// <summary>How many sends are under way.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _taken.Count;
        }
    }

    private int Half(bool isRetry) => Math.Max(1, (isRetry ? options.RetryWorkers : options.Workers) / 2);
}

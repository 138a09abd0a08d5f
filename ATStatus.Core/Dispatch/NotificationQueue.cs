using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// What this process knows of one notification's deliveries: those that have a job, the first of those that wait, and whether
/// there are more in the database. Bounded, however long the queue in the database is. Guarded by its own lock.
/// </summary>
internal sealed class NotificationQueue(int notificationId, WebhookOptions options)
{
    /// <summary>How many waiting deliveries are kept at hand.</summary>
    public const int PrefetchSize = 64;

    private readonly HashSet<long> _inFlight = [];
    private readonly LinkedList<(long Id, bool IsRetry)> _next = new();
    private readonly HashSet<long> _nextIds = [];
    private NotificationHealth? _health;
    private double _tokens;
    private DateTime _tokensAt;

    /// <summary>As its health has it, and counting those that have a job and are not claimed yet.</summary>
    private DateTime? _rateNextAt;

    public Lock SyncRoot { get; } = new();

    public int NotificationId => notificationId;

    /// <summary>Null until it was read.</summary>
    public bool? IsInOrder { get; set; }

    /// <summary>How fast it may be sent to; null for no limit.</summary>
    public RateLimit? Rate { get; set; }

    /// <summary>There are deliveries held in the database beyond those at hand.</summary>
    public bool HasMore { get; set; }

    /// <summary>Some of those in the database wait for an earlier one of their subject, so that each one's end can let another in.</summary>
    public bool HasOrdered { get; set; }

    /// <summary>Somebody is reading the next ones from the database.</summary>
    public bool IsReading { get; set; }

    /// <summary>How many jobs of its deliveries' own are queued or running.</summary>
    public int InFlight => _inFlight.Count;

    public bool IsKnown => _health is not null && IsInOrder is not null;

    public bool IsDraining => _health is { IsOpen: false, DrainingSince: not null };

    public bool IsOpen => _health?.IsOpen == true;

    /// <summary>Its last attempt timed out, or its circuit has not let everything through yet: no event's job sends to it.</summary>
    public bool IsSlow => _health?.LastTimedOut == true || IsDraining;

    /// <summary>Whether there is something to let in, or to find out whether there is.</summary>
    public bool IsWaiting => HasMore || _next.Count > 0 || IsDraining;

    public IReadOnlyCollection<long> Known => [.. _inFlight, .. _nextIds];

    public bool NeedsReading => !IsReading && _next.Count == 0 && (HasMore || IsDraining);

    public void SetHealth(NotificationHealth health)
    {
        _health = health;
        if (health.RateNextAt is { } at && !(_rateNextAt > at))
            _rateNextAt = at;
    }

    /// <summary>Why a delivery whose job was lost must wait, or null when it may have another.</summary>
    public HoldReason? HoldOf(int limit, DateTime now)
    {
        if (IsInOrder != false)
            return HoldReason.Order;
        if (_health is not { } health || (health.IsOpen && health.NextProbeAt > now))
            return HoldReason.Circuit;
        return HasMore || _next.Count > 0 || IsDraining || InFlight >= (health.IsOpen ? 1 : limit) ? HoldReason.Capacity : null;
    }

    /// <summary>Puts a saved delivery that waits behind those at hand, or leaves it to the database.</summary>
    public void Enqueue(long deliveryId, bool isRetry)
    {
        if (HasMore || IsInOrder != false || _next.Count >= PrefetchSize)
            HasMore = true;
        else
            Prefetch(deliveryId, isRetry);
    }

    /// <summary>Puts a delivery that was read from the database behind those at hand.</summary>
    public void Prefetch(long deliveryId, bool isRetry)
    {
        if (!_inFlight.Contains(deliveryId) && _nextIds.Add(deliveryId))
            _next.AddLast((deliveryId, isRetry));
    }

    /// <summary>Forgets those at hand: the database tells anew which come first.</summary>
    public void ClearPrefetched()
    {
        _next.Clear();
        _nextIds.Clear();
        HasMore = true;
    }

    /// <summary>More was held. Of those that wait for a rate, any may come before the ones at hand.</summary>
    public void LookAgain()
    {
        if (Rate is not null)
            ClearPrefetched();
        HasMore = true;
    }

    public bool Add(long deliveryId) => _inFlight.Add(deliveryId);

    public void Remove(long deliveryId) => _inFlight.Remove(deliveryId);

    /// <summary>The next were read.</summary>
    /// <param name="hasOrdered">Whether some of those that are held wait for an earlier one.</param>
    public void Read(bool hasOrdered) => HasOrdered = hasOrdered;

    /// <summary>Takes those at hand that may have a job now.</summary>
    public List<(long Id, bool IsRetry)> Take(int limit, DateTime now)
    {
        var taken = new List<(long, bool)>();
        if (_next.Count == 0)
            return taken;
        var free = Free(limit, now);
        var node = _next.First;
        while (free > 0 && node is not null)
        {
            var (next, following) = (node.Value, node.Next);
            _next.Remove(node);
            _nextIds.Remove(next.Id);
            if (_inFlight.Add(next.Id))
            {
                free--;
                _rateNextAt = Rate?.Next(_rateNextAt, now);
                _tokens -= IsDraining ? 1 : 0;
                taken.Add(next);
            }
            node = following;
        }
        return taken;
    }

    /// <summary>How many more jobs it may have now.</summary>
    public int Free(int limit, DateTime now)
    {
        if (_health is not { } health)
            return 0;
        var rate = Rate?.Available(_rateNextAt, now) ?? int.MaxValue;
        if (health.IsOpen)
            return health.NextProbeAt <= now && InFlight == 0 ? Math.Min(1, rate) : 0;
        var free = Math.Min(limit - InFlight, rate);
        return health.DrainingSince is { } since && free > 0 ? Math.Min(free, AvailableTokens(since, now)) : free;
    }

    public void Drained() => _health!.DrainingSince = null;

    /// <summary>How many the pace of draining allows now: so many a second, twice as many every 30 seconds.</summary>
    private int AvailableTokens(DateTime since, DateTime now)
    {
        var doublings = Math.Clamp((now - since).TotalSeconds / 30, 0, 10);
        var perSecond = options.DrainPerSecond * Math.Pow(2, Math.Floor(doublings));
        if (_tokensAt < since)
            (_tokens, _tokensAt) = (1, now);
        _tokens = Math.Min(Math.Max(1, perSecond / 4), _tokens + perSecond * Math.Max(0, (now - _tokensAt).TotalSeconds));
        _tokensAt = now;
        return (int)_tokens;
    }
}

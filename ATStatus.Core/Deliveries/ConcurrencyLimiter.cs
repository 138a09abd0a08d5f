using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Who may send at this moment in this process: the places for first attempts, given to the notification that has used least time, and the cap of
/// each notification over all of its sends. A send that is in flight for long gives its place back, so that a slow notification holds up only itself.
/// </summary>
/// <remarks>
/// Time used counts from taking a place until the send has ended, sends in flight up to now. It forgets: idle time earns nothing (who begins to wait
/// starts no lower than the smallest of all that wait or send), and no notification falls more than two time limits behind the others.
/// </remarks>
public sealed class ConcurrencyLimiter : IDisposable
{
    /// <summary>A send in flight for longer is slow, and so is a notification whose sends take longer on average.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    /// <summary>A slow notification is not slow any more when its sends take less than this on average.</summary>
    public static readonly TimeSpan FastBelow = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a first attempt waits for its notification's other sends before it is held.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The weight of the newest duration in the average.</summary>
    private const double Newest = 0.2;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly int _cap;
    private readonly int _mostUnrecorded;
    private readonly int _mostSlow;
    private readonly int _mostSlowOwn;
    private readonly long _farthest;
    private readonly ITimer _timer;
    private readonly Dictionary<int, Account> _accounts = [];

    /// <summary>Those that wait and have nothing in flight: their time used stands still, so they can be sorted.</summary>
    private readonly SortedSet<Account> _resting = new(Account.ByTimeUsed);

    /// <summary>Those with something in flight; some of them wait too.</summary>
    private readonly HashSet<Account> _sending = [];
    private readonly Dictionary<long, OwnSend> _own = [];
    private int _free;
    private int _slow;
    private int _slowOwn;
    private int _unrecorded;
    private long _least;
    private bool _isTicking;
    private bool _isStopped;

    public ConcurrencyLimiter(WebhookOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_time, _origin) = (time, time.GetTimestamp());
        (_free, _cap) = (options.Workers, options.SendsPerNotification);
        // The rest of 4 × Workers, at least 40, is for own jobs, which cannot be more than their workers.
        _mostUnrecorded = Math.Max(40, 4 * options.Workers) - options.RetryWorkers;
        _mostSlow = 2 * options.Workers;
        _mostSlowOwn = Math.Max(1, options.RetryWorkers / 2);
        _farthest = 2 * options.Timeout.Ticks;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed record OwnSend(Account Account, bool IsSlow);

    /// <summary>How many sends are in flight.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _sending.Sum(account => account.InFlight) + _own.Count;
        }
    }

    /// <summary>How many first attempts of a notification are in flight, slow ones included.</summary>
    public int FirstAttemptsOf(int notificationId)
    {
        lock (_lock)
            return _accounts.TryGetValue(notificationId, out var account) ? account.InFlight : 0;
    }

    /// <summary>Whether a notification's sends take long, as this process has measured them.</summary>
    public bool IsSlow(int notificationId)
    {
        lock (_lock)
            return _accounts.TryGetValue(notificationId, out var account) && account.IsSlow;
    }

    /// <summary>Queues first attempts for places. Each request is called back, on any thread, when it gets one or will get none.</summary>
    internal void Enter(IEnumerable<PlaceRequest> requests)
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            var now = Now;
            foreach (var request in requests)
            {
                if (_isStopped)
                {
                    callbacks.Add(request.Stopped);
                    continue;
                }
                var account = AccountOf(request.NotificationId);
                if (account is { InFlight: 0, Waiting.Count: 0 })
                    account.Used = Math.Max(account.Used, Least(now));
                (request.Since, request.FullBefore) = (now, account.FullAt(now));
                Change(account, () => account.Waiting.AddLast(request));
            }
            Grant(now, callbacks);
        }
        callbacks.ForEach(callback => callback());
    }

    /// <summary>A send has ended, or was not made: its place is free.</summary>
    /// <param name="request">The first attempt.</param>
    /// <param name="duration">How long it took; null where nothing was sent.</param>
    internal void Sent(PlaceRequest request, TimeSpan? duration)
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            var now = Now;
            var account = request.Account!;
            var least = Least(now);
            Change(account, () =>
            {
                account.Flights.Remove(request);
                account.StartSum -= request.Since;
                account.Used = Math.Min(account.Used + now - request.Since, least + _farthest);
            });
            account.NoteFull(_cap, now);
            if (request.IsSlow)
                _slow--;
            else
                _free++;
            Measure(account, duration);
            Grant(now, callbacks);
        }
        callbacks.ForEach(callback => callback());
    }

    /// <summary>What became of a first attempt is written, or it was not claimed.</summary>
    internal void Recorded()
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            _unrecorded--;
            Grant(Now, callbacks);
        }
        callbacks.ForEach(callback => callback());
    }

    /// <summary>
    /// Takes the right to one send of a delivery's own job. Returns why not, or null when it is taken: no notification has more sends in flight than
    /// its cap, one whose circuit is open has one, and slow ones share half of the workers.
    /// </summary>
    public HoldReason? TryTakeOwn(long deliveryId, int notificationId, bool isSlow, bool isProbe)
    {
        lock (_lock)
        {
            // An earlier holder never gave it back; its lease has expired.
            Leave(deliveryId, null);
            var account = AccountOf(notificationId);
            var inFlight = account.InFlight + account.Own;
            if (isProbe && inFlight > 0)
                return HoldReason.Circuit;
            if (inFlight >= _cap)
                return HoldReason.Capacity;
            var slow = isSlow || account.IsSlow;
            if (slow && _slowOwn >= _mostSlowOwn)
                return HoldReason.SlowEndpoints;
            _own.Add(deliveryId, new OwnSend(account, slow));
            account.Own++;
            account.NoteFull(_cap, Now);
            _slowOwn += slow ? 1 : 0;
            return null;
        }
    }

    /// <summary>An own job's send has ended and is written; nothing where it had taken none.</summary>
    /// <param name="duration">How long the send took; null where nothing was sent.</param>
    public void LeaveOwn(long deliveryId, TimeSpan? duration = null)
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            Leave(deliveryId, duration);
            Grant(Now, callbacks);
        }
        callbacks.ForEach(callback => callback());
    }

    private void Leave(long deliveryId, TimeSpan? duration)
    {
        if (!_own.Remove(deliveryId, out var send))
            return;
        send.Account.Own--;
        send.Account.NoteFull(_cap, Now);
        _slowOwn -= send.IsSlow ? 1 : 0;
        Measure(send.Account, duration);
    }

    /// <summary>Gives out no more places and calls waiting requests back.</summary>
    public void Stop()
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            _isStopped = true;
            foreach (var account in _accounts.Values)
            {
                callbacks.AddRange(account.Waiting.Select(request => (Action)request.Stopped));
                Change(account, account.Waiting.Clear);
            }
        }
        callbacks.ForEach(callback => callback());
    }

    /// <summary>Takes places back from sends that have become slow, and lets go who has waited too long for its notification's own sends.</summary>
    internal void Tick()
    {
        var callbacks = new List<Action>();
        lock (_lock)
        {
            var now = Now;
            foreach (var account in _sending.ToArray())
            {
                foreach (var request in account.Flights)
                {
                    // What is in flight already counts with the time that it has taken so far.
                    account.IsSlow |= Averaged(account, TimeSpan.FromTicks(now - request.Since)) > SlowAfter;
                    if (request.IsSlow || now - request.Since < SlowAfter.Ticks || _slow >= _mostSlow)
                        continue;
                    request.IsSlow = true;
                    _slow++;
                    _free++;
                    callbacks.Add(request.Slowed);
                }
            }
            // Own sends alone can fill a notification's cap.
            foreach (var account in _sending.Concat(_resting).Where(a => a.FullSince is not null && a.Waiting.Count > 0).ToArray())
            {
                while (account.Waiting.First is { Value: var first } && (account.IsSlow || account.FullAt(now) - first.FullBefore >= Patience.Ticks))
                {
                    Change(account, account.Waiting.RemoveFirst);
                    callbacks.Add(first.Held);
                }
            }
            Grant(now, callbacks);
        }
        callbacks.ForEach(callback => callback());
    }

    public void Dispose() => _timer.Dispose();

    private long Now => _time.GetElapsedTime(_origin).Ticks;

    private Account AccountOf(int notificationId)
    {
        if (!_accounts.TryGetValue(notificationId, out var account))
            _accounts[notificationId] = account = new Account(notificationId);
        return account;
    }

    /// <summary>Changes what an account waits for or has in flight, and files it where it belongs then.</summary>
    private void Change(Account account, Action change)
    {
        _resting.Remove(account);
        change();
        if (account.InFlight > 0)
        {
            _sending.Add(account);
            return;
        }
        _sending.Remove(account);
        if (account.Waiting.Count > 0)
            _resting.Add(account);
    }

    /// <summary>Gives free places to those that have used least time.</summary>
    private void Grant(long now, List<Action> callbacks)
    {
        while (_free > 0 && _unrecorded < _mostUnrecorded && Next(now) is { } account)
        {
            var request = account.Waiting.First!.Value;
            Change(account, () =>
            {
                account.Waiting.RemoveFirst();
                account.Flights.Add(request);
                account.StartSum += now;
            });
            account.NoteFull(_cap, now);
            (request.Account, request.Since) = (account, now);
            _free--;
            _unrecorded++;
            callbacks.Add(request.Granted);
        }
        var needsTicks = _sending.Count > 0 || _resting.Count > 0;
        if (needsTicks == _isTicking)
            return;
        _isTicking = needsTicks;
        var interval = needsTicks ? TickInterval : Timeout.InfiniteTimeSpan;
        _timer.Change(interval, interval);
    }

    private Account? Next(long now)
    {
        Account? best = null;
        foreach (var account in _resting)
        {
            if (account.Own >= _cap)
                continue;
            best = account;
            break;
        }
        foreach (var account in _sending)
        {
            if (account.Waiting.Count > 0 && account.InFlight + account.Own < _cap && (best is null || account.CompareTo(best, now) < 0))
                best = account;
        }
        return best;
    }

    /// <summary>The smallest time used of all that wait or send; it never falls.</summary>
    private long Least(long now)
    {
        var least = _resting.Min?.Used ?? long.MaxValue;
        foreach (var account in _sending)
            least = Math.Min(least, account.UsedAt(now));
        if (least != long.MaxValue && least > _least)
            _least = least;
        return _least;
    }

    private static TimeSpan Averaged(Account account, TimeSpan took) => account.Average is { } average ? average + (took - average) * Newest : took;

    private static void Measure(Account account, TimeSpan? duration)
    {
        if (duration is not { } took)
            return;
        account.Average = Averaged(account, took);
        account.IsSlow = account.IsSlow ? account.Average >= FastBelow : account.Average > SlowAfter;
    }

    /// <summary>What one notification has used, waits for and has in flight.</summary>
    internal sealed class Account(int notificationId)
    {
        /// <summary>For accounts without anything in flight.</summary>
        public static readonly IComparer<Account> ByTimeUsed = Comparer<Account>.Create((a, b) => ReferenceEquals(a, b) ? 0 : a.CompareTo(b, 0));

        /// <summary>The time used by what has ended, in ticks.</summary>
        public long Used { get; set; }

        public long StartSum { get; set; }

        public LinkedList<PlaceRequest> Waiting { get; } = new();

        public List<PlaceRequest> Flights { get; } = [];

        public int InFlight => Flights.Count;

        /// <summary>Sends of own jobs.</summary>
        public int Own { get; set; }

        public TimeSpan? Average { get; set; }

        public bool IsSlow { get; set; }

        /// <summary>Since when it has as many sends in flight as it may; null while it has fewer.</summary>
        public long? FullSince { get; private set; }

        private long _full;

        /// <summary>How long it has had as many sends in flight as it may, in all.</summary>
        public long FullAt(long now) => _full + (now - FullSince ?? 0);

        /// <summary>What is in flight has changed.</summary>
        public void NoteFull(int cap, long now)
        {
            if (InFlight + Own >= cap)
            {
                FullSince ??= now;
                return;
            }
            _full = FullAt(now);
            FullSince = null;
        }

        public long UsedAt(long now) => Used + InFlight * now - StartSum;

        /// <summary>Least time used first, then the longest wait, then by number.</summary>
        public int CompareTo(Account other, long now)
        {
            var byUse = UsedAt(now).CompareTo(other.UsedAt(now));
            if (byUse != 0)
                return byUse;
            var byWait = (Waiting.First?.Value.Since ?? 0).CompareTo(other.Waiting.First?.Value.Since ?? 0);
            return byWait != 0 ? byWait : NotificationId.CompareTo(other.NotificationId);
        }

        private int NotificationId => notificationId;
    }
}

/// <summary>A first attempt that waits for a place, or has one. Its callbacks must return at once.</summary>
internal abstract class PlaceRequest(int notificationId)
{
    public int NotificationId => notificationId;

    /// <summary>Since when it waits, then since when it is in flight; the limiter's own.</summary>
    public long Since { get; set; }

    /// <summary>How long its notification had been at its cap, in all, when it began to wait; the limiter's own.</summary>
    public long FullBefore { get; set; }

    /// <summary>Whose places it takes; the limiter's own.</summary>
    public ConcurrencyLimiter.Account? Account { get; set; }

    /// <summary>It has given its place back, and is still in flight; the limiter's own.</summary>
    public bool IsSlow { get; set; }

    /// <summary>It has a place.</summary>
    public abstract void Granted();

    /// <summary>It has been in flight for long and has no place any more.</summary>
    public abstract void Slowed();

    /// <summary>Its notification has had all its sends in flight for too long: it gets no place.</summary>
    public abstract void Held();

    /// <summary>No more places are given out.</summary>
    public abstract void Stopped();
}

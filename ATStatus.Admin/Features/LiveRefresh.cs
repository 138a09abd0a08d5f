using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;

namespace ATStatus.Admin.Features;

/// <summary>
/// Keeps a page fresh: asks again when a feed signals a change and, because what is shown also ages, by the clock. A burst of changes is
/// one question; the next begins only when the last one has been answered.
/// </summary>
public sealed class LiveRefresh : IDisposable
{
    /// <summary>How often lists ask by the clock whose changes other instances do not signal.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    /// <summary>How often the others do.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(30);

    /// <summary>How long a change waits for others that belong to it.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(300);

    /// <summary>The shortest time between two questions that are asked at once.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Func<Task> _ask;
    private readonly TimeSpan _every;
    private readonly TimeSpan _gather;
    private readonly ITimer _timer;
    private readonly List<IDisposable> _subscriptions;
    private bool _running;
    private bool _asked;
    private bool _resting;
    private bool _disposed;

    /// <summary>Asks at once: for what changes one by one, like deliveries.</summary>
    /// <param name="feed">What tells of changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="every">How often to ask at least.</param>
    /// <param name="ask">Comes on a thread of the pool: goes to the component's own, asks again and shows it. What it throws is passed over.</param>
    public LiveRefresh(Feed feed, TimeProvider time, TimeSpan every, Func<Task> ask)
        : this([feed], time, every, TimeSpan.Zero, ask)
    {
    }

    /// <param name="feeds">What tells of changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="every">How often to ask at least.</param>
    /// <param name="gather">How long a change waits for others that belong to it; zero asks at once.</param>
    /// <param name="ask">Comes on a thread of the pool: goes to the component's own, asks again and shows it. What it throws is passed over.</param>
    public LiveRefresh(IEnumerable<Feed> feeds, TimeProvider time, TimeSpan every, TimeSpan gather, Func<Task> ask)
    {
        (_every, _gather, _ask) = (every, gather, ask);
        _timer = time.CreateTimer(_ => TimeIsUp(), null, every, Timeout.InfiniteTimeSpan);
        _subscriptions = [.. feeds.Select(feed => feed.Subscribe(Changed))];
    }

    private void Changed()
    {
        lock (_lock)
        {
            if (_asked || _disposed)
                return;
            _asked = true;
            if (_running || _resting)
                return;
            if (_gather > TimeSpan.Zero)
            {
                _timer.Change(_gather, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        // On the pool: the one who signals goes on.
        _ = Task.Run(RunAsync);
    }

    private void TimeIsUp()
    {
        lock (_lock)
        {
            if (_resting && !_asked && !_disposed)
            {
                _resting = false;
                _timer.Change(_every - Gap, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        _ = RunAsync();
    }

    [SuppressMessage("Design", "CA1031", Justification = "One answer that fails must not end the refresh; the page handles and logs its own errors.")]
    private async Task RunAsync()
    {
        lock (_lock)
        {
            if (_running || _disposed)
                return;
            (_running, _asked, _resting) = (true, false, false);
        }
        try
        {
            await _ask();
        }
        catch (Exception)
        {
            // The page was left while it was asked, or says itself what is wrong. It is asked again.
        }
        lock (_lock)
        {
            _running = false;
            if (_disposed)
                return;
            _resting = _gather == TimeSpan.Zero;
            _timer.Change(_resting ? Gap : _asked ? _gather : _every, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }
}

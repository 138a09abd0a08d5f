using ATStatus.Core.Deliveries;

namespace ATStatus.Admin.Features.Overview;

/// <summary>
/// Calls for a refresh when deliveries change and, because other instances are not heard, by a slow clock. A burst of changes is
/// one refresh; the next begins only when the last one has ended.
/// </summary>
public sealed class LiveRefresh : IDisposable
{
    /// <summary>How long a change waits for others that belong to it.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(500);

    /// <summary>The clock's interval while nothing is heard.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Func<Task> _refresh;
    private readonly ITimer _timer;
    private readonly IDisposable _subscription;
    private bool _running;
    private bool _asked;
    private bool _disposed;

    /// <param name="feed">What tells of changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="refresh">Comes on a thread of the pool and must not throw.</param>
    public LiveRefresh(DeliveryFeed feed, TimeProvider time, Func<Task> refresh)
    {
        _refresh = refresh;
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, Slow, Timeout.InfiniteTimeSpan);
        _subscription = feed.Subscribe(Ask);
    }

    private void Ask()
    {
        lock (_gate)
        {
            if (_asked || _disposed)
                return;
            _asked = true;
            if (!_running)
                _timer.Change(Gather, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RunAsync()
    {
        lock (_gate)
        {
            if (_running || _disposed)
                return;
            (_running, _asked) = (true, false);
        }
        await _refresh();
        lock (_gate)
        {
            _running = false;
            if (!_disposed)
                _timer.Change(_asked ? Gather : Slow, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _subscription.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }
}

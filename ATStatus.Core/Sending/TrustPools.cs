namespace ATStatus.Core.Sending;

/// <summary>
/// A pool of connections for each rule by which receivers are verified: a connection that one rule accepted is never used again under
/// another. Certificates change, and a test is sent with whatever stands in a form, so pools that nobody uses are closed.
/// </summary>
/// <param name="open">Makes a pool: for a rule, and whether each request gets a new connection.</param>
/// <param name="idleLimit">After how long without a request one is closed; longer than any request takes.</param>
internal sealed class TrustPools(Func<ReceiverTrust, bool, HttpMessageInvoker> open, TimeSpan idleLimit, TimeProvider time) : IDisposable
{
    // Almost every request takes this one, without a lock.
    private readonly Lazy<HttpMessageInvoker> _system = new(() => open(ReceiverTrust.System, false));
    private readonly Lock _lock = new();
    private readonly Dictionary<(ReceiverTrust Trust, bool IsFresh), Pool> _others = [];
    private bool _isDisposed;

    /// <summary>How many there are beside the system's.</summary>
    public int Others
    {
        get
        {
            lock (_lock) return _others.Count;
        }
    }

    /// <param name="isFresh">Whether the request must not go out on a connection that was used before.</param>
    public HttpMessageInvoker For(ReceiverTrust trust, bool isFresh = false)
    {
        if (trust == ReceiverTrust.System && !isFresh) return _system.Value;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_others.TryGetValue((trust, isFresh), out var pool))
            {
                CloseIdle();
                _others.Add((trust, isFresh), pool = new Pool(open(trust, isFresh)));
            }

            pool.LastUsed = time.GetTimestamp();
            return pool.Connections;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var pool in _others.Values) pool.Connections.Dispose();
            _others.Clear();
        }

        if (_system.IsValueCreated) _system.Value.Dispose();
    }

    private void CloseIdle()
    {
        foreach (var (key, pool) in _others.Where(other => time.GetElapsedTime(other.Value.LastUsed) > idleLimit).ToList())
        {
            _others.Remove(key);
            pool.Connections.Dispose();
        }
    }

    private sealed class Pool(HttpMessageInvoker connections)
    {
        public HttpMessageInvoker Connections { get; } = connections;

        public long LastUsed { get; set; }
    }
}

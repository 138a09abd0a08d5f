using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>
/// The operating system's resolver on threads of its own. A look-up blocks its thread, for half a minute where no name server answers; on
/// the thread pool sixty of them would stop the whole program. Each name is looked up once at a time, whoever asks meanwhile shares the
/// result, and names whose last look-up timed out have a few threads of their own, so that they hold up nobody else.
/// </summary>
public sealed class NameLookups : INameResolver
{
    /// <summary>Threads for names that answered last time, or were never asked for: more than the workers that can ask at once.</summary>
    internal const int Threads = 96;

    /// <summary>Threads for names whose last look-up timed out.</summary>
    internal const int SlowThreads = 8;

    /// <summary>Names that wait for a thread, and names that are remembered as slow, at most.</summary>
    internal const int MostNames = 1_000;

    /// <summary>A look-up that fails after this long has timed out; one that is refused at once costs its thread nothing.</summary>
    internal static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    /// <summary>What the system's resolver needs of a stack, with room.</summary>
    private const int StackBytes = 512 * 1024;

    private readonly Func<string, IPAddress[]> _find;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lookup> _open = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _slow = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _slowOrder = new();
    private readonly WorkerPool _usual = new("Name look-up", Threads);
    private readonly WorkerPool _late = new("Slow name look-up", SlowThreads);

    public NameLookups(TimeProvider time)
        : this(Dns.GetHostAddresses, time)
    {
    }

    /// <param name="find">Looks a name up and blocks until it is found or not.</param>
    /// <param name="time">The clock that tells which look-ups were slow.</param>
    internal NameLookups(Func<string, IPAddress[]> find, TimeProvider time) => (_find, _time) = (find, time);

    /// <summary>How many threads look names up at this moment: usual and slow ones.</summary>
    internal (int Usual, int Slow) Running
    {
        get
        {
            lock (_lock) return (_usual.Running, _late.Running);
        }
    }

    /// <summary>How many names are remembered as slow.</summary>
    internal int Remembered
    {
        get
        {
            lock (_lock) return _slow.Count;
        }
    }

    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lookup = Join(host);
        try
        {
            return await lookup.Found.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock) lookup.Waiters--;
        }
    }

    private Lookup Join(string host)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(host, out var lookup))
            {
                var pool = _slow.Contains(host) ? _late : _usual;
                if (pool.Waiting.Count >= MostNames) throw new SocketException((int)SocketError.TryAgain);
                if (pool.Running < pool.Threads) Start(pool);
                _open.Add(host, lookup = new Lookup(host));
                pool.Waiting.Enqueue(lookup);
            }

            lookup.Waiters++;
            return lookup;
        }
    }

    /// <summary>One more thread for the look-up that is about to be queued; it waits for the lock.</summary>
    private void Start(WorkerPool pool)
    {
        try
        {
            new Thread(() => Work(pool), StackBytes) { IsBackground = true, Name = pool.Name }.UnsafeStart();
            pool.Running++;
        }
        catch (OutOfMemoryException) when (pool.Running > 0)
        {
            // The system gives no more threads: those that run take it in its turn.
        }
    }

    private void Work(WorkerPool pool)
    {
        while (Next(pool) is { } lookup)
        {
            var begun = _time.GetTimestamp();
            var (addresses, failure) = Find(lookup.Host);
            Remember(lookup.Host, isSlow: failure is not null && _time.GetElapsedTime(begun) >= SlowAfter);
            if (addresses is not null) lookup.Found.TrySetResult(addresses);
            else lookup.Fail(failure!);
        }
    }

    /// <summary>The next name that somebody still waits for; a thread that finds none ends.</summary>
    private Lookup? Next(WorkerPool pool)
    {
        lock (_lock)
        {
            while (pool.Waiting.TryDequeue(out var lookup))
            {
                // A slow name is asked for even so: behind the other slow ones it may never come to its turn while an attempt lasts, and
                // would not be found to answer again.
                if (lookup.Waiters > 0 || pool == _late) return lookup;
                _open.Remove(lookup.Host);
                lookup.Found.TrySetCanceled();
            }

            pool.Running--;
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is belongs to those who wait; the thread must go on.")]
    private (IPAddress[]? Addresses, Exception? Failure) Find(string host)
    {
        try
        {
            return (_find(host), null);
        }
        catch (ArgumentException)
        {
            // Longer than a name can be.
            return (null, new SocketException((int)SocketError.HostNotFound));
        }
        catch (Exception error)
        {
            return (null, error);
        }
    }

    private void Remember(string host, bool isSlow)
    {
        lock (_lock)
        {
            _open.Remove(host);
            if (!isSlow)
            {
                _slow.Remove(host);
            }
            else if (_slow.Add(host))
            {
                _slowOrder.Enqueue(host);
                // The oldest are forgotten; some of those have answered since and are gone already.
                while (_slowOrder.Count > MostNames)
                    _slow.Remove(_slowOrder.Dequeue());
            }
        }
    }

    private sealed class Lookup(string host)
    {
        public string Host => host;

        public TaskCompletionSource<IReadOnlyList<IPAddress>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Waiters { get; set; }

        public void Fail(Exception why)
        {
            Found.TrySetException(why);
            // Seen, also where everybody has left.
            _ = Found.Task.Exception;
        }
    }

    private sealed class WorkerPool(string name, int threads)
    {
        public string Name => name;

        public int Threads => threads;

        public Queue<Lookup> Waiting { get; } = new();

        public int Running { get; set; }
    }
}

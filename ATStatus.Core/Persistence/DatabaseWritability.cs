using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>Since when the database cannot be written, and why.</summary>
/// <param name="Since">Since when (UTC).</param>
public sealed record DatabaseTrouble(DatabaseFault Fault, DateTime Since);

/// <summary>
/// Whether the database can be written, as this process knows it: from writes that failed, and from a row that it writes every ten seconds
/// (<see cref="DatabaseMonitor"/>). Everybody who writes asks it. While it cannot be written, saves are refused at once with a message,
/// whatever runs in the background waits, and the log has one line a minute; this looks again after growing pauses and lets everything go on.
/// </summary>
public sealed partial class DatabaseWritability(
    DatabaseProbe probe, DatabaseOptions options, TimeProvider time, ILogger<DatabaseWritability> logger) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between two looks: what the console saves again comes no later than this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A fault this soon after the last is the same: small writes can succeed on a disk that is full for others.</summary>
    private static readonly TimeSpan SameFault = TimeSpan.FromMinutes(1);

    /// <summary>How old a look may be for readiness to believe it.</summary>
    private static readonly TimeSpan LookHolds = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private SqliteFileWatch? _file;
    private DatabaseTrouble? _trouble;
    private TaskCompletionSource _writable = Completed();
    private CancellationTokenSource _lost = new();
    private int _pauses;
    private long? _openedAt;
    private long? _loggedAt;
    private (long At, bool IsComplete)? _look;
    private bool _isSaid;
    private bool _isLooking;

    /// <summary>Since when it cannot be written, and why; null while it can.</summary>
    public DatabaseTrouble? Trouble => Volatile.Read(ref _trouble);

    public bool IsWritable => Trouble is null;

    /// <summary>Whether the start has found the database: see <see cref="Watch"/>.</summary>
    internal bool IsWatched { get; private set; }

    /// <summary>Raised, on whatever thread, when <see cref="Trouble"/> has changed. Who listens returns at once.</summary>
    public event Action? Changed;

    /// <summary>
    /// Whether the last look, at most 20 seconds ago, wrote its row and found every migration of this version. Asking costs nothing.
    /// </summary>
    public bool IsReady
    {
        get
        {
            lock (_lock)
                return _trouble is null && _look is (var at, true) && time.GetElapsedTime(at) <= LookHolds;
        }
    }

    /// <summary>Fires when it cannot be written any more; another one after that.</summary>
    internal CancellationToken Lost
    {
        get
        {
            lock (_lock)
                return _lost.Token;
        }
    }

    /// <summary>Returns at once while it can be written, and otherwise when it can again.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return _writable.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Refuses a write while it cannot succeed.</summary>
    /// <exception cref="DatabaseNotWritableException">It cannot be written.</exception>
    public void ThrowIfNotWritable()
    {
        if (Trouble is { } trouble)
            throw new DatabaseNotWritableException(trouble.Fault);
    }

    /// <summary>Refuses to call saved what went into a file that is no longer at its path.</summary>
    /// <exception cref="DatabaseNotWritableException">It was removed or replaced.</exception>
    internal void ThrowIfReplaced()
    {
        if (_file is null or { IsInPlace: true })
            return;
        Close(DatabaseFault.Replaced);
        throw new DatabaseNotWritableException(DatabaseFault.Replaced);
    }

    /// <summary>
    /// Takes note of a failure. Returns whether it is the database's as a whole: then it is, or will be, in the log by itself, and whoever
    /// met it waits instead of logging it too.
    /// </summary>
    public bool Explains(Exception failure)
    {
        if (DatabaseFaults.Of(failure) is not { } fault)
            return false;
        // What was refused here says nothing new.
        if (failure is DatabaseNotWritableException)
            return true;
        if (DatabaseFaults.IsCertain(failure))
            Close(fault);
        else
            _ = LookAsync();
        return true;
    }

    /// <summary>Takes note that no transaction could be begun, for whatever reason.</summary>
    internal void CannotBegin(Exception failure)
    {
        // What was refused here says nothing new.
        if (failure is not DatabaseNotWritableException { InnerException: null })
            Close(DatabaseFaults.Of(failure) ?? DatabaseFault.Unreachable);
    }

    /// <summary>Whether this process itself is what keeps others from writing: a SQLite file has one writer (<see cref="SqliteWriteLock"/>).</summary>
    internal bool IsWriting { get; set; }

    /// <summary>From now on the file that is at its path is the one that everything has to be written to. For SQLite.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">It cannot be opened.</exception>
    internal void Watch()
    {
        IsWatched = true;
        _file ??= options.Dialect.WatchFile(options.ConnectionString);
    }

    /// <summary>One look: writes the row, and opens or closes accordingly.</summary>
    internal async Task LookAsync()
    {
        var isWriting = IsWriting;
        var (fault, isComplete) = _file is { IsInPlace: false } ? (DatabaseFault.Replaced, false) : await probe.TryAsync();
        // It waited for a long write of this process, which may have ended just now: that says nothing, and the last look holds.
        var isOwn = fault == DatabaseFault.Locked && (isWriting || IsWriting);
        lock (_lock)
            _look = (time.GetTimestamp(), isOwn ? _look is (_, true) : fault is null && isComplete);
        if (isOwn)
            return;
        if (fault is { } why)
            Close(why);
        else
            Open();
    }

    private void Close(DatabaseFault fault)
    {
        if (fault == DatabaseFault.Locked && IsWriting)
            return;
        CancellationTokenSource? lost = null;
        lock (_lock)
        {
            if (_disposed.IsCancellationRequested)
                return;
            if (_trouble is null)
            {
                lost = _lost;
                _trouble = new DatabaseTrouble(fault, time.GetUtcNow().UtcDateTime);
                _writable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_openedAt is null || time.GetElapsedTime(_openedAt.Value) > SameFault)
                    _pauses = 0;
            }
            else if (_trouble.Fault != fault)
            {
                _trouble = _trouble with { Fault = fault };
            }
            else
            {
                LogOnceAMinute();
                return;
            }
            LogOnceAMinute();
            if (!_isLooking)
            {
                _isLooking = true;
                _ = Task.Run(LookUntilWritableAsync);
            }
        }
        // The one of this trouble: if it is over by now, there is another for the next.
        lost?.Cancel();
        Changed?.Invoke();
    }

    private void Open()
    {
        lock (_lock)
        {
            if (_trouble is null || _disposed.IsCancellationRequested)
                return;
            _trouble = null;
            _openedAt = time.GetTimestamp();
            _lost = new CancellationTokenSource();
            _writable.TrySetResult();
            // Said as often as the opposite was.
            if (_isSaid)
                LogWritable();
            _isSaid = false;
        }
        Changed?.Invoke();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A look that fails is made again; this must not end.")]
    private async Task LookUntilWritableAsync()
    {
        while (GoesOnLooking())
        {
            await Task.Delay(NextPause(), time, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LookAsync();
            }
            catch (Exception)
            {
                Close(DatabaseFault.Unreachable);
            }
        }
    }

    /// <summary>Decided under the lock, so that whoever closes either finds it looking or begins a new one.</summary>
    private bool GoesOnLooking()
    {
        lock (_lock)
            return _isLooking = _trouble is not null && !_disposed.IsCancellationRequested;
    }

    /// <summary>None before the first look, then twice as long each time. Kept where the next fault follows soon.</summary>
    private TimeSpan NextPause()
    {
        lock (_lock)
        {
            var doublings = _pauses++ - 1;
            if (doublings < 0)
                return TimeSpan.Zero;
            var pause = FirstPause * Math.Pow(2, Math.Min(doublings, 10));
            return pause < LongestPause ? pause : LongestPause;
        }
    }

    private void LogOnceAMinute()
    {
        // Before it is watched the start is under way, and says itself what stopped it.
        if (!IsWatched || (_loggedAt is { } at && time.GetElapsedTime(at) < SameFault))
            return;
        (_loggedAt, _isSaid) = (time.GetTimestamp(), true);
        LogNotWritable(_trouble!.Fault.DisplayText(), _trouble.Since);
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed.IsCancellationRequested)
                return;
            _disposed.Cancel();
            _writable.TrySetCanceled();
        }
        _file?.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "{Words} Nothing is saved or sent since {Since:u}; both go on automatically once it can be written.")]
    private partial void LogNotWritable(string words, DateTime since);

    [LoggerMessage(LogLevel.Information, "The database can be written again.")]
    private partial void LogWritable();
}

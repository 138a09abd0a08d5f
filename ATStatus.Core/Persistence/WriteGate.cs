namespace ATStatus.Core.Persistence;

/// <summary>
/// Lets the busy writers of this process write one after the other on SQLite, which has one writer at a time: they queue here and are
/// woken in turn. Left to SQLite they would sleep and poll, longer with each try, while the file is free. On SQL Server it is open.
/// </summary>
public sealed class WriteGate(DatabaseOptions options)
{
    private readonly SemaphoreSlim? _gate = options.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1, 1) : null;

    /// <summary>Waits for the turn; dispose what it answers when the transaction has ended. Not for use within itself.</summary>
    public async ValueTask<WriteTurn> EnterAsync(CancellationToken cancellationToken = default)
    {
        if (_gate is not null)
            await _gate.WaitAsync(cancellationToken);
        return new WriteTurn(_gate);
    }
}

/// <summary>A turn at writing.</summary>
public sealed class WriteTurn(SemaphoreSlim? gate) : IDisposable
{
    private SemaphoreSlim? _gate = gate;

    /// <summary>Lets the next one write; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
}

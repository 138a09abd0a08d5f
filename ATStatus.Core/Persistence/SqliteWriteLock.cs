namespace ATStatus.Core.Persistence;

/// <summary>
/// Lets the busy writers of this process write one after the other on SQLite, which has one writer at a time: they queue here and are
/// woken in turn. Left to SQLite they would sleep and poll, longer with each try, while the file is free. On SQL Server it is open.
/// While the database cannot be written nobody gets a turn, and whoever waits for one is refused.
/// </summary>
public sealed class SqliteWriteLock(DatabaseOptions options, DatabaseWritability writability)
{
    private readonly SemaphoreSlim? _semaphore = options.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1, 1) : null;

    /// <summary>Waits for the turn; dispose what it answers when the transaction has ended. Not for use within itself.</summary>
    /// <exception cref="DatabaseNotWritableException">The database cannot be written.</exception>
    public async ValueTask<SqliteWriteTurn> EnterAsync(CancellationToken cancellationToken = default)
    {
        writability.ThrowIfNotWritable();
        if (_semaphore is not null && !_semaphore.Wait(0, CancellationToken.None))
        {
            await WaitAsync(_semaphore, cancellationToken);
            // Whoever had the turn may be who found out.
            if (!writability.IsWritable)
            {
                _semaphore.Release();
                writability.ThrowIfNotWritable();
                return await EnterAsync(cancellationToken);
            }
        }
        return new SqliteWriteTurn(_semaphore);
    }

    private async Task WaitAsync(SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, writability.Lost);
            try
            {
                await semaphore.WaitAsync(stop.Token);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                writability.ThrowIfNotWritable();
            }
        }
    }
}

/// <summary>A turn at writing.</summary>
public sealed class SqliteWriteTurn(SemaphoreSlim? semaphore) : IDisposable
{
    private SemaphoreSlim? _semaphore = semaphore;

    /// <summary>Lets the next one write; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _semaphore, null)?.Release();
}

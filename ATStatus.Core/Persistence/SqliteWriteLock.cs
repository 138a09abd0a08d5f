using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Lets the writers of this process write one after the other on SQLite, which has one writer at a time: they queue here and are woken in
/// turn. Left to SQLite they would sleep and poll, longer with each try, while the file is free. Every transaction and every statement outside one
/// passes here (<see cref="WriteInterceptor"/>), so no writer can forget it. On SQL Server it is open. While the database cannot be written nobody gets a
/// turn, and whoever waits for one is refused.
/// </summary>
/// <remarks>
/// Not for use within itself: who has begun a transaction writes through its context alone until it ends.
/// </remarks>
public sealed class SqliteWriteLock(DatabaseOptions options, DatabaseWritability writability)
{
    /// <summary>Longer than any transaction takes. Whoever waits longer waits for itself, and is told instead of hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BlockingPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim? _semaphore = options.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1, 1) : null;

    /// <summary>Waits for the turn; dispose what it returns when the transaction has ended.</summary>
    /// <exception cref="DatabaseNotWritableException">The database cannot be written.</exception>
    internal async ValueTask<SqliteWriteTurn> EnterAsync(CancellationToken cancellationToken = default)
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

    /// <summary>
    /// The same for a library that writes without waiting asynchronously. Who has the turn may need this very thread to go on, so it waits no longer than
    /// SQLite itself would.
    /// </summary>
    /// <exception cref="DatabaseNotWritableException">The database cannot be written.</exception>
    /// <exception cref="TimeoutException">The turn did not come.</exception>
    internal SqliteWriteTurn Enter()
    {
        writability.ThrowIfNotWritable();
        if (_semaphore is not null && !_semaphore.Wait(BlockingPatience))
            throw TooLong();
        return new SqliteWriteTurn(_semaphore);
    }

    private async Task WaitAsync(SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, writability.Lost);
            try
            {
                if (!await semaphore.WaitAsync(Patience, stop.Token))
                    throw TooLong();
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                writability.ThrowIfNotWritable();
            }
        }
    }

    private static TimeoutException TooLong() => new("Another transaction of this process has been writing for too long.");
}

/// <summary>A turn at writing.</summary>
internal sealed class SqliteWriteTurn(SemaphoreSlim? semaphore) : IDisposable
{
    private static readonly ConditionalWeakTable<object, SqliteWriteTurn> Turns = [];

    private SemaphoreSlim? _semaphore = semaphore;

    /// <summary>It lasts as long as this: a transaction, or a command outside one.</summary>
    public void LastFor(object holder)
    {
        if (_semaphore is not null)
            Turns.Add(holder, this);
    }

    /// <summary>Ends the turn that lasts as long as this, if there is one.</summary>
    public static void End(object holder)
    {
        if (Turns.TryGetValue(holder, out var turn))
            turn.Dispose();
    }

    /// <summary>Lets the next one write; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _semaphore, null)?.Release();
}

/// <summary>Makes Entity Framework's transactions end their turn at writing however they end.</summary>
internal sealed class SqliteTransactionFactory(RelationalTransactionFactoryDependencies dependencies) : IRelationalTransactionFactory
{
    public RelationalTransaction Create(
        IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
        IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned) =>
        new Transaction(connection, transaction, transactionId, logger, transactionOwned, dependencies.SqlGenerationHelper);

    private sealed class Transaction(
        IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
        IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned, ISqlGenerationHelper sql)
        : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sql)
    {
        protected override void ClearTransaction()
        {
            try
            {
                base.ClearTransaction();
            }
            finally
            {
                SqliteWriteTurn.End(this.GetDbTransaction());
            }
        }

        protected override async Task ClearTransactionAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await base.ClearTransactionAsync(cancellationToken);
            }
            finally
            {
                SqliteWriteTurn.End(this.GetDbTransaction());
            }
        }
    }
}

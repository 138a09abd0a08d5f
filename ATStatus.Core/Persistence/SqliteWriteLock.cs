using System.Collections.Concurrent;
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
public sealed class SqliteWriteLock(DatabaseOptions options, DatabaseWritability writability, NotificationWrites notifications) : IDisposable
{
    /// <summary>Longer than any transaction takes. Whoever waits longer waits for itself, and is told instead of hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BlockingPatience = TimeSpan.FromSeconds(10);

    private readonly WriterThread? _thread = options.Provider == DatabaseProvider.Sqlite ? new WriterThread() : null;
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    /// <summary>
    /// Waits for the turn; dispose what it returns when the transaction has ended. Whoever had to wait goes on with a thread that is only for those who have the
    /// turn: leave it then (<see cref="LeaveAsync"/>).
    /// </summary>
    /// <exception cref="DatabaseNotWritableException">The database cannot be written.</exception>
    /// <exception cref="TimeoutException">The turn did not come.</exception>
    internal async ValueTask<SqliteWriteTurn> EnterAsync(CancellationToken cancellationToken = default)
    {
        writability.ThrowIfNotWritable();
        while (Ask() is { } place)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, writability.Lost);
            try
            {
                await place.Value.Task.WaitAsync(Patience, stop.Token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                GiveUp(place);
                throw TooLong();
            }
            catch (OperationCanceledException)
            {
                GiveUp(place);
                cancellationToken.ThrowIfCancellationRequested();
                writability.ThrowIfNotWritable();
                continue;
            }
            // Whoever had the turn may be who found out.
            if (writability.IsWritable)
                break;
            Release();
            await LeaveAsync().ConfigureAwait(false);
            writability.ThrowIfNotWritable();
        }
        return Turn();
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
        if (Ask() is { } place && !place.Value.Task.Wait(BlockingPatience))
        {
            GiveUp(place);
            throw TooLong();
        }
        return Turn();
    }

    /// <summary>Goes on with the thread pool where this is the thread of those who have the turn. Call it when the turn has ended.</summary>
    internal static async ValueTask LeaveAsync()
    {
        if (WriterThread.IsCurrent)
            await Task.Yield();
    }

    /// <summary>Whoever has the turn has begun its transaction.</summary>
    internal void Began() => writability.IsWriting = true;

    /// <summary>Lets the next one write.</summary>
    internal void Release()
    {
        writability.IsWriting = false;
        notifications.TurnEnded();
        TaskCompletionSource next;
        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                _isTaken = false;
                return;
            }
            _waiting.RemoveFirst();
            next = first.Value;
        }
        _thread!.GoOnWith(next);
    }

    /// <summary>Ends the thread; who waits still gets the turn.</summary>
    public void Dispose() => _thread?.Dispose();

    private SqliteWriteTurn Turn() => new(_thread is null ? null : this);

    /// <summary>Takes the turn where it is free and returns null; otherwise a place in the queue.</summary>
    private LinkedListNode<TaskCompletionSource>? Ask()
    {
        if (_thread is null)
            return null;
        lock (_lock)
        {
            if (_isTaken)
                return _waiting.AddLast(new TaskCompletionSource());
            _isTaken = true;
            return null;
        }
    }

    /// <summary>Leaves the queue; a turn that was given at the same moment goes to the next.</summary>
    private void GiveUp(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_lock)
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
                return;
            }
        }
        Release();
    }

    private static TimeoutException TooLong() => new("Another transaction of this process has been writing for too long.");

    /// <summary>
    /// Whoever gets the turn after a wait goes on here. In the thread pool it would wait once more, behind all that is to be done there, and everybody behind it
    /// for the turn: a tenth of the time (decision 3).
    /// </summary>
    private sealed class WriterThread : IDisposable
    {
        [ThreadStatic]
        private static bool _isCurrent;

        private readonly BlockingCollection<TaskCompletionSource> _next = [];

        public WriterThread() => new Thread(Run) { IsBackground = true, Name = "SQLite writers" }.Start();

        public static bool IsCurrent => _isCurrent;

        public void GoOnWith(TaskCompletionSource turn)
        {
            try
            {
                _next.Add(turn);
            }
            catch (InvalidOperationException)
            {
                // It has ended with the console.
                _ = Task.Run(turn.SetResult);
            }
        }

        public void Dispose() => _next.CompleteAdding();

        private void Run()
        {
            _isCurrent = true;
            foreach (var turn in _next.GetConsumingEnumerable())
                turn.SetResult();
            _next.Dispose();
        }
    }
}

internal sealed class SqliteWriteTurn(SqliteWriteLock? writeLock) : IDisposable
{
    private static readonly ConditionalWeakTable<object, SqliteWriteTurn> Turns = [];

    private SqliteWriteLock? _lock = writeLock;

    /// <summary>It lasts as long as this: a transaction, or a command outside one.</summary>
    public void LastFor(object holder)
    {
        if (_lock is null)
            return;
        Turns.Add(holder, this);
        if (holder is DbTransaction)
            _lock.Began();
    }

    /// <summary>Ends the turn that lasts as long as this, if there is one.</summary>
    public static void End(object holder)
    {
        if (Turns.TryGetValue(holder, out var turn))
            turn.Dispose();
    }

    /// <summary>Lets the next one write; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _lock, null)?.Release();
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
            await SqliteWriteLock.LeaveAsync();
        }
    }
}

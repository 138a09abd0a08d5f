using System.Data.Common;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Stands before every write of a context: lets SQLite's writers write one after the other (<see cref="SqliteWriteLock"/>), refuses a write while
/// the database cannot be written, tells <see cref="DatabaseWritability"/> of failures, and lets no commit pass for saved that went into a file which is no longer at its path.
/// Before a commit the transaction's entries of the audit trail are written.
/// </summary>
internal sealed class WriteInterceptor(DatabaseWritability writability, SqliteWriteLock writeLock, NotificationWrites notifications, AuditWriter audit)
    : IDbTransactionInterceptor, ISaveChangesInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor
{
    /// <summary>Begins it here, when it is its turn: Entity Framework tells nobody of a transaction that could not be begun.</summary>
    public InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        writability.ThrowIfNotWritable();
        if (result.HasResult)
            return result;
        var turn = writeLock.Enter();
        try
        {
            var transaction = connection.BeginTransaction(eventData.IsolationLevel);
            turn.LastFor(transaction);
            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch (Exception e)
        {
            turn.Dispose();
            if (writability.Explains(e))
                throw new DatabaseNotWritableException(DatabaseFaults.Of(e)!.Value, e);
            throw;
        }
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        writability.ThrowIfNotWritable();
        if (result.HasResult)
            return result;
        var turn = await writeLock.EnterAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(eventData.IsolationLevel, cancellationToken);
            turn.LastFor(transaction);
            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch (Exception e)
        {
            turn.Dispose();
            await SqliteWriteLock.LeaveAsync();
            if (writability.Explains(e))
                throw new DatabaseNotWritableException(DatabaseFaults.Of(e)!.Value, e);
            throw;
        }
    }

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (eventData.Context is AtStatusDbContext db)
            audit.CommittingAsync(db).GetAwaiter().GetResult();
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is AtStatusDbContext db)
            await audit.CommittingAsync(db, cancellationToken);
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => writability.ThrowIfReplaced();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        writability.ThrowIfReplaced();
        return Task.CompletedTask;
    }

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => writability.Explains(eventData.Exception);

    public Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        writability.Explains(eventData.Exception);
        return Task.CompletedTask;
    }

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        RefuseOutside(eventData.Context?.Database.CurrentTransaction);
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        RefuseOutside(eventData.Context?.Database.CurrentTransaction);
        return ValueTask.FromResult(result);
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        writability.ThrowIfReplaced();
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        writability.ThrowIfReplaced();
        return ValueTask.FromResult(result);
    }

    public InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        RefuseOutside(command.Transaction);
        if (command.Transaction is null)
            writeLock.Enter().LastFor(command);
        notifications.Running(command.CommandText);
        return result;
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        RefuseOutside(command.Transaction);
        if (command.Transaction is null)
            (await writeLock.EnterAsync(cancellationToken)).LastFor(command);
        notifications.Running(command.CommandText);
        return result;
    }

    public InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        // SaveChanges writes with commands that read, and always within a transaction.
        if (eventData.CommandSource == CommandSource.SaveChanges)
            notifications.Running(command.CommandText);
        return result;
    }

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ReaderExecuting(command, eventData, result));

    public int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        SqliteWriteTurn.End(command);
        writability.ThrowIfReplaced();
        return result;
    }

    public async ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        SqliteWriteTurn.End(command);
        writability.ThrowIfReplaced();
        await LeaveAfter(command);
        return result;
    }

    public void CommandFailed(DbCommand command, CommandErrorEventData eventData)
    {
        SqliteWriteTurn.End(command);
        writability.Explains(eventData.Exception);
    }

    public Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        CommandFailed(command, eventData);
        return LeaveAfter(command);
    }

    public void CommandCanceled(DbCommand command, CommandEndEventData eventData) => SqliteWriteTurn.End(command);

    public Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default)
    {
        SqliteWriteTurn.End(command);
        return LeaveAfter(command);
    }

    /// <summary>Within a transaction the turn lasts on.</summary>
    private static Task LeaveAfter(DbCommand command) => command.Transaction is null ? SqliteWriteLock.LeaveAsync().AsTask() : Task.CompletedTask;

    public void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData) => Note(eventData);

    public Task ConnectionFailedAsync(DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Note(eventData);
        return Task.CompletedTask;
    }

    /// <summary>What belongs to a transaction that has begun is for the database to refuse: it may be what others were waiting for.</summary>
    private void RefuseOutside(object? transaction)
    {
        if (transaction is null)
            writability.ThrowIfNotWritable();
    }

    /// <summary>At its start the console connects to learn whether there is a database at all; that there is none is no fault.</summary>
    private void Note(ConnectionErrorEventData eventData)
    {
        if (writability.IsWatched)
            writability.Explains(eventData.Exception);
    }
}

using System.Data.Common;
using ATStatus.Core.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>
/// Lets SQLite itself refuse writes, by settings of each connection: a disk that is full, or a file that can only be read. Reads go on.
/// Unlike a real one it needs neither root nor a disk of its own.
/// </summary>
/// <param name="fault">What it is like while it is armed.</param>
internal sealed class UnwritableDatabase(UnwritableDatabase.Kind fault) : IDbConnectionInterceptor, IDbTransactionInterceptor
{
    private volatile bool _isArmed;
    private int _meetings;

    public enum Kind
    {
        /// <summary>Whatever is written is refused.</summary>
        ReadOnly,

        /// <summary>Whatever needs another page is refused; what fits into a page that is there succeeds, as on a real disk.</summary>
        Full,
    }

    /// <summary>Whether writes are refused.</summary>
    public bool IsArmed
    {
        get => _isArmed;
        set => _isArmed = value;
    }

    /// <summary>How often somebody has come to a connection while it was armed.</summary>
    public int Meetings => Volatile.Read(ref _meetings);

    /// <summary>Puts it into every context of these services.</summary>
    public void AddTo(IServiceCollection services) =>
        services.ConfigureDbContext<SqliteAtStatusDbContext>(builder => builder.AddInterceptors(this));

    public void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    public InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        Apply(connection);
        return result;
    }

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return ValueTask.FromResult(result);
    }

    private void Apply(DbConnection connection)
    {
        if (_isArmed)
            Interlocked.Increment(ref _meetings);
        using var command = ((SqliteConnection)connection).CreateCommand();
        command.CommandText = (fault, _isArmed) switch
        {
            (Kind.ReadOnly, true) => "PRAGMA query_only=ON",
            (Kind.ReadOnly, false) => "PRAGMA query_only=OFF",
            // SQLite takes no less than there are.
            (_, true) => "PRAGMA max_page_count=1",
            (_, false) => "PRAGMA max_page_count=1073741823",
        };
        command.ExecuteNonQuery();
    }
}

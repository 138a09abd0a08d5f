using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Sets what SQLite keeps per connection: how long a statement waits for another writer. (The journal mode is kept in
/// the file and set once, at start.) Lets no connection that can only read outlast the moment in which it was opened.
/// </summary>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    public static readonly SqliteConnectionSetup Instance = new();

    // synchronous=FULL is SQLite's default and stays: what a page calls saved is on the disk.
    /// <summary>The provider's own patience on top of SQLite's would be half a minute: who waits for a locked database is told after ten seconds.</summary>
    private const int Patience = 10;

    /// <summary>
    /// A checkpoint copies each page once, however often it was written since the last: with eight times the default (32 MiB of log) the pages that
    /// every delivery touches are copied an eighth as often.
    /// </summary>
    private const string Pragmas = "PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=8000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        ((SqliteConnection)connection).DefaultTimeout = Patience;
        KeepOutOfPoolWhereReadOnly(connection);
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    /// <summary>SQLite works on the caller's thread either way.</summary>
    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }

    /// <summary>
    /// While the file cannot be written (rights, a file system that turned read-only), SQLite opens it for reading without a word, and
    /// the connection stays so. In the pool it would fail writes long after the file can be written again.
    /// </summary>
    private static void KeepOutOfPoolWhereReadOnly(DbConnection connection)
    {
        if (connection is SqliteConnection sqlite && raw.sqlite3_db_readonly(sqlite.Handle, "main") == 1)
            SqliteConnection.ClearPool(sqlite);
    }
}

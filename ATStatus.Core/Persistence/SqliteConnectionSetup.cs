using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Sets what SQLite keeps per connection: how long a statement waits for another writer. (The journal mode is kept in
/// the file and set once, at start.)
/// </summary>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    public static readonly SqliteConnectionSetup Instance = new();

    // synchronous=FULL is SQLite's default and stays: what a page calls saved is on the disk.
    private const string Pragmas = "PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

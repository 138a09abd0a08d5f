using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Makes the database and brings it to this version at start. Of two instances that start together on SQL Server the one waits for the
/// other; on SQLite there is only one.
/// </summary>
public sealed partial class DatabaseMigrator(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseOptions options, ILogger<DatabaseMigrator> logger)
{
    /// <summary>SQL Server's error for CREATE DATABASE with a name that is taken.</summary>
    private const int DatabaseExists = 1801;

    /// <summary>SQL Server's error for a database that is not there, not there yet, or not for this account.</summary>
    private const int CannotOpen = 4060;

    /// <summary>How often, and after which pauses, a database is looked for that another instance is making: for about a minute.</summary>
    private const int Looks = 120;

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    /// <summary>An index over a long log, or data that moves, takes longer than any statement of a running console.</summary>
    private static readonly TimeSpan StatementLimit = TimeSpan.FromHours(1);

    /// <summary>
    /// Makes a SQL Server's database if there is none; empty, and any number of instances at once. Returns when it can be opened. Nothing
    /// for SQLite, whose file is made by the migration.
    /// </summary>
    public async Task CreateAsync(CancellationToken cancellationToken = default)
    {
        if (options.Provider != DatabaseProvider.SqlServer)
            return;
        // Past the pool: after a failure it would answer for a while without asking the server.
        var own = new SqlConnectionStringBuilder(options.ConnectionString) { Pooling = false };
        for (var look = 1; ; look++)
        {
            try
            {
                await using var connection = new SqlConnection(own.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (SqlException e) when (e.Number == CannotOpen && look < Looks)
            {
                await using var db = await contexts.CreateDbContextAsync(cancellationToken);
                try
                {
                    await db.GetService<IRelationalDatabaseCreator>().CreateAsync(cancellationToken);
                }
                catch (SqlException made) when (made.Number is DatabaseExists or CannotOpen)
                {
                    // Another instance has begun to make it at the same moment.
                    await Task.Delay(LookPause, cancellationToken);
                }
            }
        }
    }

    /// <summary>Makes the database if there is none and applies what is missing.</summary>
    /// <exception cref="NewerDatabaseException">The database has been migrated further than this version knows. Nothing was written.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await RefuseNewerAsync(db, cancellationToken);
        if (options.Provider == DatabaseProvider.Sqlite)
            await PrepareSqliteAsync(db, cancellationToken);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count == 0)
            return;
        LogMigrating(pending.Count, pending[^1]);
        // The context goes back into its pool without it.
        db.Database.SetCommandTimeout(StatementLimit);
        await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Refuses a database that a newer version has migrated; asked before anything is written (the journal mode is, too).</summary>
    /// <exception cref="NewerDatabaseException">It has migrations that this version does not know.</exception>
    public static async Task RefuseNewerAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        if (applied.Except(db.Database.GetMigrations(), StringComparer.OrdinalIgnoreCase).Max(StringComparer.Ordinal) is { } unknown)
            throw new NewerDatabaseException(unknown);
    }

    /// <summary>
    /// Write-ahead logging lets pages read while a delivery is written. A process killed while it migrated leaves a row
    /// that the next one would wait for without end; the caller holds the instance lock, so the row is stale.
    /// </summary>
    private static async Task PrepareSqliteAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
            var locked = await db.Database
                .SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'")
                .SingleAsync(cancellationToken);
            if (locked > 0)
                await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\";", cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    [LoggerMessage(LogLevel.Information, "Bringing the database to this version: {Count} migrations, the last is {Last}.")]
    private partial void LogMigrating(int count, string last);
}

/// <summary>The database was migrated by a newer version of the program.</summary>
/// <param name="migration">The newest migration that this version does not know.</param>
public sealed class NewerDatabaseException(string migration) : Exception($"The migration {migration} is not known to this version.")
{
    /// <summary>The newest migration that this version does not know.</summary>
    public string Migration { get; } = migration;
}

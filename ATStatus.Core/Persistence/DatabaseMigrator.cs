using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Brings the database to this version at start. Two instances that start together on SQL Server wait for each other
/// (EF Core takes an application lock); on SQLite there is only one.
/// </summary>
public sealed partial class DatabaseMigrator(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseOptions options, ILogger<DatabaseMigrator> logger)
{
    /// <summary>SQL Server's error for CREATE DATABASE with a name that is taken.</summary>
    private const int DatabaseExists = 1801;

    /// <summary>Makes the database if there is none and applies what is missing.</summary>
    /// <exception cref="NewerDatabaseException">The database has been migrated further than this version knows. Nothing was written.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await RefuseNewerAsync(db, cancellationToken);
        if (options.Provider == DatabaseProvider.Sqlite)
            await PrepareSqliteAsync(db, cancellationToken);

        try
        {
            await ApplyAsync(db, cancellationToken);
        }
        catch (SqlException e) when (e.Number == DatabaseExists)
        {
            // Another instance that started at the same moment has just made the database; EF Core's lock begins only after that.
            await ApplyAsync(db, cancellationToken);
        }
    }

    /// <summary>Refuses a database that a newer version has migrated; asked before anything is written (the journal mode is, too).</summary>
    /// <exception cref="NewerDatabaseException">It has migrations that this version does not know.</exception>
    public static async Task RefuseNewerAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        if (applied.Except(db.Database.GetMigrations(), StringComparer.OrdinalIgnoreCase).Max(StringComparer.Ordinal) is { } unknown)
            throw new NewerDatabaseException(unknown);
    }

    private async Task ApplyAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count == 0)
            return;
        LogMigrating(pending.Count, pending[^1]);
        await db.Database.MigrateAsync(cancellationToken);
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

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Makes the database and brings it to this version at start. Of two instances that start together on SQL Server the one waits for the
/// other; on SQLite there is only one.
/// </summary>
public sealed partial class DatabaseMigrator(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseOptions options, ILogger<DatabaseMigrator> logger)
{
    /// <summary>An index over a long log, or data that moves, takes longer than any statement of a running console.</summary>
    private static readonly TimeSpan StatementLimit = TimeSpan.FromHours(1);

    /// <summary>Makes the database if there is none, empty, where the migration does not.</summary>
    public Task CreateAsync(CancellationToken cancellationToken = default) => options.Dialect.CreateAsync(contexts, options.ConnectionString, cancellationToken);

    /// <summary>Makes the database if there is none and applies what is missing.</summary>
    /// <exception cref="NewerDatabaseException">The database has been migrated further than this version knows. Nothing was written.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await RefuseNewerAsync(db, cancellationToken);
        await options.Dialect.PrepareAsync(db, cancellationToken);
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

    [LoggerMessage(LogLevel.Information, "Bringing the database to this version: {Count} migrations, the last is {Last}.")]
    private partial void LogMigrating(int count, string last);
}

/// <summary>The database was migrated by a newer version of the program.</summary>
/// <param name="migration">The newest migration that this version does not know.</param>
public sealed class NewerDatabaseException(string migration) : Exception($"The migration {migration} is not known to this version.")
{
    public string Migration { get; } = migration;
}

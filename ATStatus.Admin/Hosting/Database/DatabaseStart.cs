using System.Data.Common;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>What has to be done to the database before anything uses it.</summary>
internal sealed class DatabaseStart(
    AdminSettings settings, InstanceLock instance, DatabaseMigrator migrator, DatabaseIdentityStore identities, CookieNames cookies,
    StoredKeys keys, IDbContextFactory<AtStatusDbContext> contexts, StartSteps steps)
{
    /// <summary>
    /// Makes the database where there is none and then, while no other instance does the same: brings it to this version, makes the
    /// tables of the jobs, names the cookies after it, encrypts the keys in it and makes the first one, and does what the caller has to
    /// do besides.
    /// </summary>
    /// <param name="finish">What else only one instance at a time may do.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="StartRefusedException">The database cannot be used.</exception>
    public Task PrepareAsync(Func<Task> finish, CancellationToken cancellationToken = default) => ExplainAsync(async () =>
    {
        // The lock is the database's own, so this cannot stand behind it.
        await steps.RunAsync("opening the database", () => migrator.CreateAsync(cancellationToken));
        await using var start = await steps.RunAsync(
            "waiting for another instance that is starting on this database", () => instance.EnterStartAsync(cancellationToken));
        await steps.RunAsync("bringing the database to this version, which takes minutes where the log is long", async () =>
        {
            await migrator.MigrateAsync(cancellationToken);
            await JobSchema.InstallAsync(settings.Database, cancellationToken);
        });
        cookies.Use((await identities.GetAsync(cancellationToken)).DatabaseId);
        await keys.EncryptAsync(cancellationToken);
        keys.MakeFirst();
        await finish();
        return true;
    });

    /// <summary>Works on a database that a console may be using at the same time: takes no lock and changes nothing about it.</summary>
    /// <exception cref="StartRefusedException">The database cannot be used, is not of this version, or has keys that cannot be opened.</exception>
    public Task<T> UseAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken = default) => ExplainAsync(async () =>
    {
        // SQLite would make an empty one.
        if (settings.SqliteFile is { } file && !File.Exists(file))
            throw new StartRefusedException($"There is no database {file}.");
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            await DatabaseMigrator.RefuseNewerAsync(db, cancellationToken);
            if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
                throw new StartRefusedException("The database is of an older version. Start the console once: it brings the database to this one.");
        }
        await keys.RefuseUnopenedAsync(cancellationToken);
        return await work();
    });

    private async Task<T> ExplainAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NewerDatabaseException e)
        {
            throw new StartRefusedException(
                $"The database {settings.SqliteFile ?? "of ConnectionStrings:ATStatus"} was used by a newer version of this program (it has {e.Migration}, which this one does not know). Start that version, or restore the backup made before the upgrade.", e);
        }
        catch (SqliteException e)
        {
            throw new StartRefusedException(
                $"The database {settings.SqliteFile} cannot be used: {MeaningOf(e.SqliteErrorCode)} (SQLite error {e.SqliteErrorCode}).", e);
        }
        catch (SqlException e)
        {
            // The message can hold parts of the connection string: the number is enough to look it up.
            throw new StartRefusedException(
                $"The database of ConnectionStrings:ATStatus cannot be reached or brought to this version (SQL Server error {e.Number}).", e);
        }
        catch (Exception e) when (e is DbException or TimeoutException || e.InnerException is DbException)
        {
            throw new StartRefusedException("The database of ConnectionStrings:ATStatus cannot be reached or brought to this version.", e);
        }
    }

    private static string MeaningOf(int error) => error switch
    {
        5 or 6 => "another program keeps it locked",
        8 => "it is read-only",
        10 => "the disk failed to read or write",
        11 => "the file is damaged",
        13 => "the disk is full",
        14 => "the file cannot be opened",
        26 => "the file is not a SQLite database",
        _ => "it cannot be brought to this version",
    };
}

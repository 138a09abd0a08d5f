using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Finds out whether the database can be written by writing one row into it (<see cref="Model.Checkpoint"/>). Past Entity Framework,
/// which would log each failure with its statement.
/// </summary>
/// <param name="services">Where the contexts come from, asked for when needed: they are made with what uses this.</param>
public sealed class DatabaseProbe(IServiceProvider services, DatabaseOptions options, TimeProvider time)
{
    private const string RowName = "Written";

    /// <summary>How long it waits for another writer before it calls the database locked, in seconds.</summary>
    private const int Patience = 5;

    /// <summary>Writes the row. Returns why that failed, and whether the database has every migration of this version.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is what was asked for.")]
    internal async Task<(DatabaseFault? Fault, bool IsComplete)> TryAsync()
    {
        try
        {
            // SQLite works on the caller's thread.
            return (null, await Task.Run(WriteAsync));
        }
        catch (Exception e)
        {
            return (DatabaseFaults.Of(e) ?? DatabaseFault.Unreachable, false);
        }
    }

    private async Task<bool> WriteAsync()
    {
        var contexts = services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>();
        await using var db = await contexts.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.CommandTimeout = Patience;
        if (options.Dialect.WaitAtMost(Patience) is { } limit)
        {
            command.CommandText = limit;
            await command.ExecuteNonQueryAsync();
        }
        var isComplete = await IsCompleteAsync(db, command);
        if (!isComplete)
            return false;
        command.CommandText = options.Dialect.SetCheckpoint;
        Add(command, "@name", RowName, Model.Checkpoint.NameLength);
        // Another value each time: SQLite writes no page whose bytes stay the same.
        Add(command, "@value", time.GetUtcNow().ToUnixTimeMilliseconds());
        await command.ExecuteNonQueryAsync();
        return true;
    }

    private static async Task<bool> IsCompleteAsync(AtStatusDbContext db, DbCommand command)
    {
        var missing = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        command.CommandText = """SELECT "MigrationId" FROM "__EFMigrationsHistory" """;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            missing.Remove(reader.GetString(0));
        return missing.Count == 0;
    }

    private static void Add(DbCommand command, string name, object value, int? length = null)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        if (length is { } characters)
            parameter.Size = characters;
        command.Parameters.Add(parameter);
    }
}

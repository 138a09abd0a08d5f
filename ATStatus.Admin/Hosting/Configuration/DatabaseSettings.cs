using ATStatus.Core.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Reads <c>Database:Provider</c> and <c>ConnectionStrings:ATStatus</c>. No message shows the connection string.</summary>
internal static class DatabaseSettings
{
    private const string Key = "ConnectionStrings:ATStatus";

    /// <summary>What pages, the writer and whatever looks around now and then may have open at once beside the workers.</summary>
    private const int OtherConnections = 100;

    /// <summary>The database, and the absolute path of its file where it is one.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="contentRoot">What a relative path is relative to.</param>
    /// <param name="workers">How many workers may each have a connection open.</param>
    public static (DatabaseOptions Options, string? SqliteFile) Read(IConfiguration configuration, string contentRoot, int workers)
    {
        var section = new SettingsSection(configuration, "Database", "Provider");
        var given = configuration[Key] is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        var provider = section.Text("Provider");
        if (provider is null || provider.Equals(nameof(DatabaseProvider.Sqlite), StringComparison.OrdinalIgnoreCase))
            return Sqlite(given, contentRoot);
        return provider.Equals(nameof(DatabaseProvider.SqlServer), StringComparison.OrdinalIgnoreCase)
            ? (SqlServer(given, workers), null)
            : throw section.Wrong("Provider", "Sqlite or SqlServer");
    }

    private static (DatabaseOptions Options, string SqliteFile) Sqlite(string? given, string contentRoot)
    {
        const string Takes = $"{Key} takes, with Database:Provider Sqlite, 'Data Source=<file>' (the folder is made when missing).";
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(given ?? "Data Source=data/atstatus.db");
        }
        catch (ArgumentException)
        {
            // The inner message names what it did not understand, which can be a part of a password: it is dropped.
            throw new StartRefusedException(Takes);
        }
        // A database in memory is gone with its connection, and every operation has one of its own.
        if (string.IsNullOrWhiteSpace(builder.DataSource) || builder.DataSource.StartsWith(':') || builder.Mode == SqliteOpenMode.Memory
            || builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new StartRefusedException(Takes);
        var file = Path.GetFullPath(builder.DataSource, contentRoot);
        builder.DataSource = file;
        // The start makes the file. Later on SQLite must not make an empty one where it was removed.
        if (builder.Mode == SqliteOpenMode.ReadWriteCreate)
            builder.Mode = SqliteOpenMode.ReadWrite;
        return (new DatabaseOptions(DatabaseProvider.Sqlite, builder.ConnectionString), file);
    }

    private static DatabaseOptions SqlServer(string? given, int workers)
    {
        const string Takes = $"{Key} takes, with Database:Provider SqlServer, a connection string with at least Server and Database.";
        try
        {
            if (given is not null && new SqlConnectionStringBuilder(given) is { DataSource.Length: > 0, InitialCatalog.Length: > 0 } builder)
            {
                // The pool's default would answer with an old failure for up to a minute after a server is back.
                if (!builder.ShouldSerialize("PoolBlockingPeriod"))
                    builder.PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock;
                // With fewer connections than may be in use at once, those who wait for one fail after a while.
                if (!builder.ShouldSerialize("Max Pool Size"))
                    builder.MaxPoolSize = Math.Max(builder.MinPoolSize, workers + OtherConnections);
                return new DatabaseOptions(DatabaseProvider.SqlServer, builder.ConnectionString);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            // As above: nothing of the value may be shown.
        }
        throw new StartRefusedException(Takes);
    }
}

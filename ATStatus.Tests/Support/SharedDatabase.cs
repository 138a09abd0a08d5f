using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ATStatus.Tests.Support;

/// <summary>
/// A database that several consoles use at once, as hosts in this process or as programs of their own: a SQLite file whose lock is told
/// otherwise, or a database of the SQL Server that the environment names. Whatever is for several instances runs, on either.
/// </summary>
public sealed class SharedDatabase : IAsyncDisposable
{
    private readonly string _folder;
    private readonly TestDatabase _database;

    private SharedDatabase(string folder, TestDatabase database) => (_folder, _database) = (folder, database);

    /// <summary>What the product is told about it.</summary>
    public DatabaseOptions Options => _database.Options;

    private bool IsSqlite => Options.Provider == DatabaseProvider.Sqlite;

    /// <summary>A SQLite file that is not there yet.</summary>
    public static SharedDatabase Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-shared-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "data", "atstatus.db"), Pooling = false };
        return new SharedDatabase(folder, TestDatabase.SqliteAt(folder, file.ConnectionString));
    }

    /// <summary>A database that is not there yet; skips the test where there is no SQL Server.</summary>
    public static SharedDatabase SqlServer()
    {
        var database = TestDatabase.SqlServer();
        return new SharedDatabase(Directory.CreateTempSubdirectory("atstatus-shared-").FullName, database);
    }

    /// <summary>A console on it, in this process.</summary>
    /// <param name="firstAccount">Whether it makes the first account.</param>
    /// <param name="connectionString">Another way to the same database.</param>
    public Task<ConsoleApp> StartAsync(bool firstAccount = true, string? connectionString = null)
    {
        var options = new ConsoleAppOptions
        {
            Folder = _folder,
            MigratedDatabase = false,
            SharesDatabase = true,
            FirstAccount = firstAccount,
            Settings = Settings(connectionString).ToDictionary(),
        };
        return Task.Run(() => ConsoleApp.StartAsync(options));
    }

    /// <summary>A console on it, as a program that can be killed.</summary>
    public Task<ConsoleProcess> StartProcessAsync(params string[] settings)
    {
        var environment = Settings(null).ToDictionary(
            setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), string? (setting) => setting.Value);
        environment["DOTNET_STARTUP_HOOKS"] = typeof(SharedDatabase).Assembly.Location;
        environment[StartupHook.SharesVariable] = "yes";
        return ConsoleProcess.StartAsync(
            _folder, environment,
            [$"--Admin:Email={ConsoleApp.AdminEmail}", $"--Admin:Password={ConsoleApp.AdminPassword}", .. settings]);
    }

    /// <summary>The library on it.</summary>
    public Task<CoreApp> OpenAsync() => CoreApp.StartAsync(_database, keepDatabase: true);

    /// <summary>A context on it.</summary>
    public AtStatusDbContext OpenContext() => IsSqlite
        ? new SqliteAtStatusDbContext(new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite(Options.ConnectionString).Options)
        : new SqlServerAtStatusDbContext(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>()
            .UseSqlServer(Options.ConnectionString, SqlServerAtStatusDbContext.Configure).Options);

    /// <summary>Makes it as an earlier version would have left it.</summary>
    /// <param name="migration">The last migration of that version; null for this one.</param>
    public async Task MigrateAsync(string? migration)
    {
        await using var db = OpenContext();
        await db.GetService<IMigrator>().MigrateAsync(migration);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        if (!IsSqlite)
            Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<KeyValuePair<string, string>> Settings(string? connectionString) => IsSqlite
        ? []
        : [new("Database:Provider", nameof(DatabaseProvider.SqlServer)), new("ConnectionStrings:ATStatus", connectionString ?? Options.ConnectionString)];
}

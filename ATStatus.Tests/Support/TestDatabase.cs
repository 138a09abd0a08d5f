using ATStatus.Core.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.Support;

/// <summary>An empty database for one test class: a file, or a database of the SQL Server that the environment names.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a SQL Server where tests may make databases.</summary>
    public const string SqlServerVariable = "ATSTATUS_TEST_SQLSERVER";

    private readonly string? _folder;
    private readonly string? _master;
    private readonly string? _name;

    private TestDatabase(DatabaseOptions options, string? folder, string? master, string? name) =>
        (Options, _folder, _master, _name) = (options, folder, master, name);

    /// <summary>What the product is told about it.</summary>
    public DatabaseOptions Options { get; }

    /// <summary>A SQLite file in a folder of its own.</summary>
    public static TestDatabase Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-test-").FullName;
        // Without the pool a disposed test leaves no open file behind.
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "test.db"), Pooling = false };
        return new TestDatabase(new DatabaseOptions(DatabaseProvider.Sqlite, connection.ConnectionString), folder, null, null);
    }

    /// <summary>A SQLite file that another process uses too; the folder is removed with it.</summary>
    public static TestDatabase SqliteAt(string folder, string connectionString) =>
        new(new DatabaseOptions(DatabaseProvider.Sqlite, connectionString), folder, null, null);

    /// <summary>Makes a SQLite file that is not there yet as every migration leaves it, from a copy: to make it anew takes most of a short test.</summary>
    public async Task MakeFileAsync()
    {
        if (Options.Provider == DatabaseProvider.Sqlite && new SqliteConnectionStringBuilder(Options.ConnectionString).DataSource is var file && !File.Exists(file))
            File.Copy(await MigratedDatabase.FileAsync(), file);
    }

    /// <summary>A database of its own on the SQL Server; skips the test where there is none.</summary>
    public static TestDatabase SqlServer()
    {
        TestRequirement.SqlServer.Demand();
        var master = Environment.GetEnvironmentVariable(SqlServerVariable)!;
        var name = $"atstatus_test_{Guid.NewGuid():N}";
        // As the console sets it.
        var connection = new SqlConnectionStringBuilder(master) { InitialCatalog = name, PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock };
        return new TestDatabase(new DatabaseOptions(DatabaseProvider.SqlServer, connection.ConnectionString), null, master, name);
    }

    /// <summary>Removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await DeleteAsync(_folder);
            return;
        }
        SqlConnection.ClearAllPools();
        await using var connection = new SqlConnection(_master);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"IF DB_ID('{_name}') IS NOT NULL BEGIN ALTER DATABASE [{_name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{_name}]; END";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What an edit has started in the background may open the file once more while the folder is being emptied.</summary>
    private static async Task DeleteAsync(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 100)
            {
                await Task.Delay(20);
            }
        }
    }
}

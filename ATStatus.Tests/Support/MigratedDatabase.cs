using ATStatus.Core.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>One empty SQLite database with every migration, made once a run and copied where a test wants one.</summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    public static Task<string> FileAsync() => Made.Value;

    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var file = Path.Combine(folder, "template.db");
        var options = new DatabaseOptions(DatabaseProvider.Sqlite, new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        await using var services = new ServiceCollection()
            .AddLogging().AddPersistence(options).AddSingleton<DatabaseMigrator>()
            .BuildServiceProvider();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync();
        return file;
    }
}

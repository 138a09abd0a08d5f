using ATStatus.Core;
using ATStatus.Core.Incidents;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Hangfire;
using Hangfire.Common;
using Hangfire.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ATStatus.Tests.Support;

/// <summary>
/// Core's real services over a database file of its own, which goes with the fixture. Jobs are made, in memory, and nobody
/// runs them.
/// </summary>
public sealed class CoreServicesFixture : IAsyncDisposable
{
    // Migrating takes longer than most tests; each begins with a copy of a file that was migrated once.
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private readonly string _file = NewFile();

    private string ConnectionString => $"Data Source={_file}";

    /// <summary>Makes the database and registers Core over it.</summary>
    public async Task AddToAsync(IServiceCollection services)
    {
        File.Copy(await Template.Value, _file);
        Register(services, ConnectionString);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        Delete(_file);
        return ValueTask.CompletedTask;
    }

    private static void Register(IServiceCollection services, string connectionString)
    {
        services.AddLogging();
        services.AddDataProtection();
        services.AddPersistence(new DatabaseOptions(DatabaseProvider.Sqlite, connectionString));
        services.DemandOrderedQueries();
        services.AddSingleton(new WebhookOptions());
        services.AddSingleton(new IncidentOptions());
        services.AddSingleton<JobStorage>(new InMemoryStorage());
        services.AddSingleton<IJobFilterProvider>(new JobFilterCollection());
        services.AddSingleton<IBackgroundJobClient>(provider => new BackgroundJobClient(provider.GetRequiredService<JobStorage>()));
        services.AddCore();
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var file = NewFile();
        // Not pooled: the last connection to close empties the write-ahead log into the file that is copied.
        var services = new ServiceCollection();
        Register(services, $"Data Source={file};Pooling=False");
        await using var provider = services.BuildServiceProvider();
        await new DatabaseMigrator(
            provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>(), provider.GetRequiredService<DatabaseOptions>(),
            NullLogger<DatabaseMigrator>.Instance).MigrateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(file);
        return file;
    }

    private static string NewFile() => Path.Combine(Path.GetTempPath(), $"atstatus-test-{Guid.NewGuid():N}.db");

    private static void Delete(string file)
    {
        foreach (var part in new[] { file, file + "-wal", file + "-shm" })
            File.Delete(part);
    }
}

using ATStatus.Core;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using Hangfire;
using Hangfire.Common;
using Hangfire.InMemory;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Support;

/// <summary>
/// The library with a real database and a job storage, but without job servers: a test decides when a job runs. The
/// clock is fake and stands still unless moved.
/// </summary>
public sealed class CoreApp : IAsyncDisposable
{
    /// <summary>A result that is tried to be written for ever fails its test instead of keeping it waiting.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;

    private readonly bool _keepDatabase;

    private CoreApp(TestDatabase database, bool keepDatabase, ServiceProvider services) =>
        (_database, _keepDatabase, _services) = (database, keepDatabase, services);

    /// <summary>The library's services.</summary>
    public IServiceProvider Services => _services;

    public FakeTimeProvider Time => Get<FakeTimeProvider>();

    /// <summary>The clock's time.</summary>
    public DateTime Now => Time.GetUtcNow().UtcDateTime;

    /// <summary>Starts over an empty database, or over one that an earlier app has kept.</summary>
    public static async Task<CoreApp> StartAsync(
        TestDatabase? database = null, Action<WebhookOptions>? configure = null, Action<IServiceCollection>? more = null, bool keepDatabase = false)
    {
        database ??= TestDatabase.Sqlite();
        await database.MakeFileAsync();
        var options = new WebhookOptions { AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8"), System.Net.IPNetwork.Parse("::1/128")] };
        configure?.Invoke(options);

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new FakeTimeProvider(new DateTimeOffset(2026, 1, 14, 12, 0, 0, TimeSpan.Zero)));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<FakeTimeProvider>());
        services.AddSingleton(options);
        services.AddPersistence(database.Options);
        services.DemandOrderedQueries();
        // The name is the console's, so that a console started over the same database can read what was protected here.
        services.AddDataProtection().SetApplicationName("ATStatus.Admin").PersistKeysToDbContext<AtStatusDbContext>();
        services.AddSingleton<JobStorage>(new InMemoryStorage());
        services.AddSingleton<IJobFilterProvider>(provider => new JobFilterCollection
        {
            provider.GetRequiredService<DeliveryJobStates>(), provider.GetRequiredService<EventJobStates>(),
        });
        services.AddSingleton<IBackgroundJobClient>(provider => new BackgroundJobClient(
            provider.GetRequiredService<JobStorage>(), provider.GetRequiredService<IJobFilterProvider>()));
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<Sweeper>();
        services.AddCore();
        more?.Invoke(services);
        var app = new CoreApp(database, keepDatabase, services.BuildServiceProvider());
        await app.Get<DatabaseMigrator>().MigrateAsync();
        // As the console's start does: the first key is not made within a transaction.
        app.Get<IDataProtectionProvider>().CreateProtector("first").Protect([]);
        return app;
    }

    /// <summary>A service.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A context of its own.</summary>
    public AtStatusDbContext Open() => Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContext();

    /// <summary>The sample page with its components.</summary>
    public async Task<StatusPage> SampleDataAsync()
    {
        await Get<SampleData>().LoadAsync();
        await using var db = Open();
        return await db.StatusPages.AsNoTracking().Include(p => p.Components).SingleAsync();
    }

    /// <summary>A webhook notification for every event, or for those given.</summary>
    public Task<int> NotificationAsync(Uri url, string? secret = "s3cret", string name = "Receiver", params EventType[] events) =>
        Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", name, new(url.AbsoluteUri, secret), new(events.Length == 0 ? [.. EventTypes.All] : events)));

    /// <summary>Runs a delivery's job once, as a worker would, without Hangfire.</summary>
    public async Task<DeliveryOutcome> RunJobAsync(long deliveryId)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeliveryJob>().RunAsync(deliveryId).WaitAsync(LongestRun);
    }

    /// <summary>Runs an event's job once, as a worker would, without Hangfire.</summary>
    public Task<EventOutcome> RunEventAsync(long eventId) => Get<EventRuns>().RunAsync(eventId, jobId: null).WaitAsync(LongestRun);

    /// <summary>Every delivery with its attempts, oldest first.</summary>
    public async Task<List<Delivery>> DeliveriesAsync()
    {
        await using var db = Open();
        return await db.Deliveries.AsNoTracking().Include(d => d.Event).Include(d => d.Attempts).OrderBy(d => d.Id).ToListAsync();
    }

    /// <summary>How many jobs wait in a queue of the job storage.</summary>
    public int Enqueued(string queue = QueueNames.Events) => EnqueuedJobs(queue).Count;

    /// <summary>The ids of the jobs that wait in a queue (a deleted job's id stays there until a worker passes by).</summary>
    public IReadOnlyList<string> EnqueuedJobs(string queue = QueueNames.Events) =>
        [.. Get<JobStorage>().GetMonitoringApi().EnqueuedJobs(queue, 0, 1000).Where(j => j.Value.InEnqueuedState).Select(j => j.Key)];

    /// <summary>Stops and removes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (!_keepDatabase)
            await _database.DisposeAsync();
    }
}

using ATStatus.Core.Events;
using Hangfire;
using Hangfire.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Bench;

/// <summary>
/// What a capable user would write in an afternoon: deliveries saved with their event, one job each, and in the job one EF context
/// that claims, POSTs and saves the result. SQLite with the product's settings (WAL, synchronous=FULL, a busy timeout).
/// </summary>
internal sealed class NaiveBaseline : Scenario
{
    private static IServiceProvider _services = null!;
    private static Uri _url = null!;
    private static int _done;

    public sealed class Row
    {
        public long Id { get; set; }

        public int Endpoint { get; set; }

        public string State { get; set; } = "pending";

        public DateTime CreatedAt { get; set; }

        public DateTime? SettledAt { get; set; }

        public long EventId { get; set; }

        public EventRow? Event { get; set; }
    }

    public sealed class EventRow
    {
        public long Id { get; set; }

        public byte[] Payload { get; set; } = [];
    }

    public sealed class Attempt
    {
        public long Id { get; set; }

        public long RowId { get; set; }

        public DateTime StartedAt { get; set; }

        public int Status { get; set; }

        public string Headers { get; set; } = "";
    }

    public sealed class Store(DbContextOptions<Store> options) : DbContext(options)
    {
        public DbSet<Row> Rows => Set<Row>();

        public DbSet<EventRow> Events => Set<EventRow>();

        public DbSet<Attempt> Attempts => Set<Attempt>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Row>().HasIndex(r => r.State);
    }

    public sealed class Job
    {
#pragma warning disable CA1822 // Hangfire makes an instance.
        public async Task RunAsync(long id)
#pragma warning restore CA1822
        {
            await using var scope = _services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<Store>();
            var row = await db.Rows.Include(r => r.Event).SingleAsync(r => r.Id == id);
            row.State = "sending";
            await db.SaveChangesAsync();
            var begun = DateTime.UtcNow;
            await BarePost.SendAsync(_url);
            (row.State, row.SettledAt) = ("delivered", DateTime.UtcNow);
            db.Attempts.Add(new Attempt { RowId = id, StartedAt = begun, Status = 200, Headers = new string('h', 300) });
            await db.SaveChangesAsync();
            Interlocked.Increment(ref _done);
        }
    }

    private readonly string _folder;
    private readonly ServiceProvider _provider;
    private readonly BackgroundJobClient _client;
    private readonly BackgroundJobServer _server;

    private NaiveBaseline(string folder, ServiceProvider provider)
    {
        (_folder, _provider) = (folder, provider);
        var storage = new InMemoryStorage();
        GlobalConfiguration.Configuration.UseStorage(storage);
        _client = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Throughput.Workers }, storage);
    }

    public override int Portion => 500;

    public static async Task<NaiveBaseline> StartAsync(Uri url)
    {
        _url = url;
        var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
        var provider = new ServiceCollection()
            .AddDbContext<Store>(o => o.UseSqlite($"Data Source={Path.Combine(folder, "afternoon.db")};Default Timeout=30"))
            .BuildServiceProvider();
        _services = provider;
        await using var scope = provider.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        await db.Database.EnsureCreatedAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        return new NaiveBaseline(folder, provider);
    }

    public override async Task SendAsync(int count)
    {
        Volatile.Write(ref _done, 0);
        for (var i = 0; i < count; i += Throughput.Notifications)
        {
            await using var scope = _provider.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<Store>();
            var storedEvent = new EventRow
            {
                Payload = EventPayload.Write(
                    EventType.ComponentCreated, DateTime.UtcNow, new StatusPageRef(1, "Main Status", "main"),
                    new ComponentData(i, $"Part {i}", null, ComponentStatus.Operational, 100m)),
            };
            var rows = Enumerable.Range(0, Throughput.Notifications)
                .Select(n => new Row { Endpoint = n, CreatedAt = DateTime.UtcNow, Event = storedEvent }).ToList();
            db.AddRange(rows);
            await db.SaveChangesAsync();
            foreach (var row in rows)
                _client.Enqueue<Job>(job => job.RunAsync(row.Id));
        }
        while (Volatile.Read(ref _done) < count)
            await Task.Delay(5);
    }

    public override async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _provider.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

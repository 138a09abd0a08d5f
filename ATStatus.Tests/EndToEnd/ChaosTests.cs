using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The real program saves events without pause and is killed at random moments. In the end what was sent is held against what was
/// saved. <c>ATSTATUS_TEST_CHAOS_KILLS=50</c> makes it the long run that a person starts.
/// </summary>
public sealed class ChaosTests
{
    private const string KillsVariable = "ATSTATUS_TEST_CHAOS_KILLS";

    [Fact]
    public async Task Whatever_moment_it_dies_at_nothing_saved_is_lost_and_only_what_was_in_flight_is_repeated()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), CultureInfo.InvariantCulture, out var asked) ? asked : 4;
        await using var rig = await Rig.StartAsync();
        var inFlight = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = await rig.RunAsync(saving: true);
            await rig.Receiver.WaitForAsync(rig.Receiver.Requests.Count + 5, TimeSpan.FromSeconds(60));
            await Task.Delay(Random.Shared.Next(0, 1500), TestContext.Current.CancellationToken);
            await process.KillAsync();
            inFlight += rig.Count("State = 'Sending'");
        }
        using (await rig.RunAsync(saving: false))
            await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, TimeSpan.FromMinutes(3));

        var (repeats, events) = await rig.CompareAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills, {events} events saved, {rig.Receiver.Requests.Count} requests, {repeats} repeats, {inFlight} in flight at the kills, 0 lost"));
        Assert.InRange(repeats, 0, inFlight);
    }

    [Fact]
    public async Task Told_to_stop_it_lets_sends_in_flight_end_and_repeats_none()
    {
        await using var rig = await Rig.StartAsync();
        for (var stop = 0; stop < 2; stop++)
        {
            using var process = await rig.RunAsync(saving: true);
            await rig.Receiver.WaitForAsync(rig.Receiver.Requests.Count + 5, TimeSpan.FromSeconds(60));
            Assert.Equal(0, await process.TerminateAsync(TimeSpan.FromSeconds(25)));
            Assert.Equal(0, rig.Count("State = 'Sending'"));
        }
        using (await rig.RunAsync(saving: false))
            await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await rig.CompareAsync()).Repeats);
    }

    /// <summary>The program's folder, its database, and a receiver that takes its time and refuses now and then.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("atstatus-chaos-").FullName;
        private TestDatabase _database = null!;

        public LoopbackReceiver Receiver { get; } = LoopbackReceiver.Start(
            [.. Enumerable.Range(0, 5000).Select(i => Answer.Status(i % 7 == 3 ? 500 : 200).After(TimeSpan.FromMilliseconds(20 + i % 5 * 15))), Answer.Status(200)]);

        private string Titles => Path.Combine(_folder, "saved.txt");

        private string ConnectionString =>
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "data", "atstatus.db"), Pooling = false }.ConnectionString;

        public static async Task<Rig> StartAsync()
        {
            var rig = new Rig();
            Directory.CreateDirectory(Path.Combine(rig._folder, "data"));
            rig._database = TestDatabase.SqliteAt(rig._folder, rig.ConnectionString);
            await using var app = await CoreApp.StartAsync(rig._database, keepDatabase: true);
            await app.SampleDataAsync();
            for (var i = 0; i < 3; i++)
                await app.NotificationAsync(rig.Receiver.Url, name: $"Receiver {i}", events: EventType.IncidentCreated);
            return rig;
        }

        public Task<ConsoleProcess> RunAsync(bool saving) => ConsoleProcess.StartAsync(
            _folder,
            new Dictionary<string, string?>
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(Rig).Assembly.Location,
                [StartupHook.FileVariable] = saving ? Titles : "",
            },
            "--Webhooks:RetryBaseDelay=00:00:01", "--Webhooks:RetryFactor=1", "--Webhooks:MaxAttempts=15",
            "--Admin:Email=admin@example.com", "--Admin:Password=correct horse battery staple", "--Logging:LogLevel:Default=Warning",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information");

        public long Count(string where)
        {
            using var connection = new SqliteConnection(ConnectionString);
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The conditions are those of this file.
            command.CommandText = $"PRAGMA busy_timeout=10000; SELECT COUNT(*) FROM Deliveries WHERE {where}";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read() && reader.GetName(0) != "COUNT(*)")
                reader.NextResult();
            return reader.GetInt64(0);
        }

        /// <summary>Holds what came against what was saved. Answers the repeats: requests that no recorded attempt stands for.</summary>
        public async Task<(long Repeats, int Events)> CompareAsync()
        {
            await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
            await using var db = app.Open();
            var deliveries = await db.Deliveries.AsNoTracking().Include(d => d.Event).Include(d => d.Attempts).AsSplitQuery().ToListAsync();
            var titles = deliveries.Select(d => d.Event!.Title).ToHashSet();
            Assert.All(await File.ReadAllLinesAsync(Titles), title => Assert.Contains(title, titles));

            // Each saved delivery came, with its own bytes under its own id, and nothing else came.
            var requests = Receiver.Requests.ToLookup(r => r.Header("X-Request-ID")!);
            Assert.Equal(deliveries.Select(d => d.RequestId.ToString()).Order(), requests.Select(r => r.Key).Order());
            foreach (var delivery in deliveries)
                Assert.All(requests[delivery.RequestId.ToString()], r => Assert.True(r.Body.AsSpan().SequenceEqual(delivery.Event!.Payload)));
            var recorded = deliveries.Sum(d => d.Attempts.Count(a => a.Failure != FailureKind.Cancelled));
            return (Receiver.Requests.Count - recorded, titles.Count);
        }

        public async ValueTask DisposeAsync()
        {
            await Receiver.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The program is killed, without a chance to say goodbye, while deliveries are queued, in flight and waiting for a retry.</summary>
public sealed class KillTests
{
    private const int Count = 60;
    private const int Kills = 3;
    private const int Workers = 6;
    private const int Scripted = 90;

    [Fact]
    public async Task Nothing_is_lost_and_no_repeat_has_another_request_id()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-kill-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "data", "atstatus.db"), Pooling = false };
        await using var database = TestDatabase.SqliteAt(folder, file.ConnectionString);

        // Every third request fails, so that retries are always waiting; answers take a moment, so that sends are in flight.
        var slowly = TimeSpan.FromMilliseconds(150);
        await using var receiver = LoopbackReceiver.Start(
            [.. Enumerable.Range(0, Scripted).Select(i => ScriptedResponse.Status(Fails(i) ? 500 : 200).After(slowly)), ScriptedResponse.Status(200)]);
        await SaveEventsAsync(database, receiver.Url);
        var log = new KillLog(receiver, Fails, file.ConnectionString);

        for (var kill = 1; kill <= Kills; kill++)
        {
            using var process = await StartAsync(folder);
            await receiver.WaitForAsync(receiver.Requests.Count + 12, TimeSpan.FromSeconds(60));
            await process.KillAsync();
            await log.NoteAsync();
            Assert.InRange(log.InFlight, 0, KillLog.Bound(Workers));
        }
        using (await StartAsync(folder))
            await Eventually.TrueAsync(() => Unfinished(file.ConnectionString) == 0, TimeSpan.FromSeconds(60));

        await using var app = await CoreApp.StartAsync(database, keepDatabase: true);
        var deliveries = await app.DeliveriesAsync();
        Assert.Equal(Count, deliveries.Count);
        Assert.All(deliveries, d => Assert.Equal(DeliveryState.Delivered, d.State));

        // What came is what was saved: each delivery's id with its own bytes, however often.
        var saved = deliveries.ToDictionary(d => d.RequestId.ToString(), d => d.Event!.Payload);
        var requests = receiver.Requests;
        Assert.Equal(saved.Keys.Order(), requests.Select(r => r.Header("X-Request-ID")!).Distinct().Order());
        Assert.All(requests, r => Assert.Equal(saved[r.Header("X-Request-ID")!], r.Body));
        Assert.Equal(Count, requests.Select(r => r.Text).Distinct().Count());

        // A repeat is a failed attempt's retry, or a send that a kill cut off before its result was written: those are in the log.
        Assert.All(log.Repeats(), repeats => Assert.InRange(repeats, 0, KillLog.Bound(Workers)));
        var attempts = deliveries.Sum(d => d.Attempts.Count);
        Assert.InRange(requests.Count, Count, attempts);
        Assert.All(deliveries, d => Assert.InRange(d.Attempts.Count(a => a.Failure is not null and not Core.Sending.FailureKind.Cancelled), 0, 7));
    }

    private static bool Fails(int request) => request < Scripted && request % 3 == 0;

    private static Task<ConsoleProcess> StartAsync(string folder) => ConsoleProcess.StartAsync(
        folder, "--Webhooks:RetryBaseDelay=00:00:01", "--Webhooks:RetryFactor=1", "--Webhooks:MaxAttempts=8", $"--Webhooks:Workers={Workers}",
        "--Admin:Email=admin@example.com", "--Admin:Password=correct horse battery staple");

    /// <summary>Saves the events as the services do, in a process that never sends.</summary>
    private static async Task SaveEventsAsync(TestDatabase database, Uri url)
    {
        await using var app = await CoreApp.StartAsync(database, keepDatabase: true);
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(url, events: EventType.ComponentCreated);
        for (var i = 0; i < Count; i++)
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational));
    }

    private static long Unfinished(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Deliveries WHERE State <> 'Delivered'";
        return (long)command.ExecuteScalar()!;
    }
}

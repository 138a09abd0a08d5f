using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The program is killed while it resends what a notification missed, and takes it up again when it is started.</summary>
public sealed class RecoveryKillTests
{
    // More than two batches.
    private const int Count = 550;
    private const int Kills = 3;

    [Fact]
    public async Task Everything_missed_arrives_whatever_dies_and_only_what_was_in_flight_is_repeated()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-recover-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "data", "atstatus.db"), Pooling = false };
        await using var database = TestDatabase.SqliteAt(folder, file.ConnectionString);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(TimeSpan.FromMilliseconds(10)));
        await MissAsync(database, receiver.Url);

        for (var kill = 1; kill <= Kills; kill++)
        {
            using var process = await StartAsync(folder);
            await receiver.WaitForAsync(receiver.Requests.Count + 60, TimeSpan.FromSeconds(30));
            await process.KillAsync();
        }
        using (await StartAsync(folder))
            await Eventually.TrueAsync(() => Unfinished(file.ConnectionString) == 0, TimeSpan.FromSeconds(60));

        await using var app = await CoreApp.StartAsync(database, keepDatabase: true);
        var deliveries = await app.DeliveriesAsync();
        Assert.Equal(Count, deliveries.Count);
        Assert.All(deliveries, d => Assert.Equal(DeliveryState.Delivered, d.State));
        Assert.Equal(deliveries.Select(d => d.RequestId.ToString()).Order(), receiver.Requests.Select(r => r.Header("X-Request-ID")!).Distinct().Order());
        // What was sent once too often was in flight when the program was killed, and is written down as such.
        Assert.InRange(receiver.Requests.Count, Count, deliveries.Sum(d => d.Attempts.Count));
        Assert.InRange(deliveries.Sum(d => d.Attempts.Count), Count, Count + Kills * 4);
        var recovery = (await app.Get<RecoveryQueries>().FindAsync(1, TestContext.Current.CancellationToken))!.Recoveries[0];
        Assert.Equal((Count, Count, false), (recovery.Total, recovery.Reopened, recovery.IsCancelled));
        Assert.NotNull(recovery.FinishedAt);
    }

    private static Task<ConsoleProcess> StartAsync(string folder) => ConsoleProcess.StartAsync(
        folder, "--Admin:Email=admin@example.com", "--Admin:Password=correct horse battery staple");

    /// <summary>Lets a notification miss what happens, and asks for it afterwards, in a process that sends nothing.</summary>
    private static async Task MissAsync(TestDatabase database, Uri url)
    {
        await using var app = await CoreApp.StartAsync(database, keepDatabase: true);
        var page = await app.SampleDataAsync();
        var id = await app.NotificationAsync(url, events: EventType.ComponentCreated);
        await app.Get<NotificationService>().SetEnabledAsync(id, false);
        for (var i = 0; i < Count; i++)
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {i}", ComponentStatus.Operational));
        await app.Get<NotificationService>().SetEnabledAsync(id, true);
        await app.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, app.Now.AddHours(-1)), new Actor("op"));
    }

    private static long Unfinished(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT COUNT(*) FROM Deliveries WHERE State <> 'Delivered') + (SELECT COUNT(*) FROM Recoveries WHERE FinishedAt IS NULL)";
        return (long)command.ExecuteScalar()!;
    }
}

using System.Net.Sockets;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// What was in flight at each kill of the program, and which requests came again because of it: those of a delivery whose request before it the
/// receiver had not refused.
/// </summary>
/// <param name="receiver">Where all of the program's requests come to.</param>
/// <param name="fails">Whether the receiver refuses the request of this number, the first being 0.</param>
/// <param name="database">The connection string of the program's database.</param>
internal sealed class KillLog(LoopbackReceiver receiver, Func<int, bool> fails, string database)
{
    private readonly List<(int Requests, HashSet<string> InFlight)> _kills = [];

    /// <summary>The most rows that a process may have claimed and not recorded.</summary>
    public static int Bound(int workers) => Math.Max(40, 4 * workers);

    /// <summary>How many rows were claimed and not recorded at the last kill.</summary>
    public int InFlight => _kills[^1].InFlight.Count;

    /// <summary>A kill has just happened.</summary>
    public async Task NoteAsync()
    {
        // What the program has sent and nobody has read yet belongs to the time before it. Connections are accepted in their order.
        using (var last = new TcpClient())
        {
            var accepted = receiver.Connections;
            await last.ConnectAsync(receiver.Url.Host, receiver.Port);
            await Eventually.TrueAsync(() => receiver.Connections > accepted && receiver.OpenConnections <= 1);
        }
        await Eventually.TrueAsync(() => receiver.OpenConnections == 0);
        await using var connection = new SqliteConnection(database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT RequestId FROM Deliveries WHERE State = 'Sending'";
        await using var rows = await command.ExecuteReaderAsync();
        var inFlight = new HashSet<string>();
        while (await rows.ReadAsync())
            inFlight.Add(rows.GetGuid(0).ToString());
        _kills.Add((receiver.Requests.Count, inFlight));
    }

    /// <summary>How many requests came again because of each kill. Fails where one came again that was not in flight at a kill.</summary>
    public IReadOnlyList<int> Repeats()
    {
        var repeats = new int[_kills.Count];
        var latest = new Dictionary<string, int>();
        var requests = receiver.Requests;
        for (var i = 0; i < requests.Count; i++)
        {
            var id = requests[i].Header("X-Request-ID")!;
            if (latest.TryGetValue(id, out var before) && !fails(before))
            {
                var kill = _kills.FindIndex(k => k.Requests > before);
                Assert.True(kill >= 0 && _kills[kill].InFlight.Contains(id), $"Request {i} repeats {before}, which was not in flight at a kill.");
                repeats[kill]++;
            }
            latest[id] = i;
        }
        return repeats;
    }
}

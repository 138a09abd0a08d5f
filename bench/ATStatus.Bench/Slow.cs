using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Bench;

/// <summary>
/// A healthy notification that receives the same events as sixty slow ones, against the same beside sixty that answer at once. Events are
/// saved at a steady pace, whatever becomes of them; what has not begun when the time is up counts as long as it has waited.
/// </summary>
internal static class Slow
{
    private const int Others = 60;

    /// <summary>A send has to be out for a second before it is known to be slow; until then the sixty have the places, and nobody can do better.</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(2);

    private static readonly (string Name, string What, Func<ScriptedResponse> Answer)[] Kinds =
    [
        ("hang", "never answer", ScriptedResponse.Stall),
        ("2s", "answer 200 after 2 s", () => ScriptedResponse.Status(200).After(TimeSpan.FromSeconds(2))),
        ("9s", "answer 200 after 9 s", () => ScriptedResponse.Status(200).After(TimeSpan.FromSeconds(9))),
        ("drip", "answer 200 at once and drip their bodies", () =>
            ScriptedResponse.Repeating("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x", TimeSpan.FromMilliseconds(100))),
    ];

    /// <param name="seconds">How long events are saved.</param>
    /// <param name="savesPerSecond">How many a second; each is a delivery for each of the notifications.</param>
    /// <param name="kinds">Which kinds of slow receivers; all where none is named.</param>
    public static async Task<int> RunAsync(int seconds, int savesPerSecond, string[] kinds)
    {
        // What has run for the first time is slow too.
        await MeasureAsync(ScriptedResponse.Status(200), TimeSpan.FromSeconds(5), savesPerSecond);
        var fast = await MeasureAsync(ScriptedResponse.Status(200), TimeSpan.FromSeconds(seconds), savesPerSecond);
        Figures.Print($"Slow: a healthy notification beside {Others} others, {savesPerSecond} saves a second for {seconds} s; commit → first byte");
        Print("answer at once", fast);
        var lines = new List<(string Name, double Ratio)>();
        foreach (var (name, what, answer) in Kinds.Where(k => kinds.Length == 0 || kinds.Contains(k.Name)))
        {
            var slow = await MeasureAsync(answer(), TimeSpan.FromSeconds(seconds), savesPerSecond);
            Print(what, slow);
            lines.Add(($"slow {name}", Figures.Median(slow.Waits) / Figures.Median(fast.Waits)));
            lines.Add(($"slow {name} 99th", Figures.At(slow.Waits, 0.99) / Figures.At(fast.Waits, 0.99)));
            lines.Add(($"slow {name} settled 99th", Figures.At(slow.Settled, 0.99) / Figures.At(fast.Settled, 0.99)));
            lines.Add(($"slow {name} begun", slow.Begun / (double)slow.Waits.Count));
        }
        foreach (var (name, ratio) in lines)
            Figures.Line(name, ratio);
        return 0;
    }

    private static void Print(string what, Measured measured)
    {
        var (median, most, settled) = (Figures.Median(measured.Waits), Figures.At(measured.Waits, 0.99), Figures.At(measured.Settled, 0.99));
        Figures.Print(
            $"  beside {Others} that {what}: median {median:F1} ms, 99th {most:F1} ms, {settled:F1} ms without the first {Unsettled:%s} s; begun {measured.Begun} of {measured.Waits.Count} saved");
    }

    private static async Task<Measured> MeasureAsync(ScriptedResponse answer, TimeSpan duration, int savesPerSecond)
    {
        await using var healthy = LoopbackReceiver.Start();
        await using var others = LoopbackReceiver.Start(answer);
        await using var console = await ConsoleUnderTest.StartAsync($"--Webhooks:Workers={Throughput.Workers}");
        using var clock = new CommitClock();
        for (var i = 0; i < Others; i++)
            await console.NotificationAsync($"Other {i}", others.Url, EventType.ComponentCreated);
        await console.NotificationAsync("Healthy", healthy.Url, EventType.ComponentCreated);

        var saves = (int)(duration.TotalSeconds * savesPerSecond);
        var committed = new Dictionary<string, DateTimeOffset>();
        using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / savesPerSecond)))
        {
            for (var i = 0; i < saves && await timer.WaitForNextTickAsync(); i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"Part {i}");
                committed[name] = await clock.SaveAsync(() => console.ComponentAsync(name));
            }
        }
        // The last one has had no time yet.
        await Task.Delay(1000);
        var end = DateTimeOffset.UtcNow;
        var came = healthy.Requests.Where(r => r.At <= end)
            .GroupBy(NameOf)
            .ToDictionary(requests => requests.Key, requests => requests.Min(r => r.At));
        return new Measured(
            [.. committed.Select(save => ((came.TryGetValue(save.Key, out var at) ? at : end) - save.Value).TotalMilliseconds)],
            committed.Keys.Count(came.ContainsKey),
            (int)(Unsettled.TotalSeconds * savesPerSecond));
    }

    private static string NameOf(ReceivedRequest request)
    {
        using var payload = JsonDocument.Parse(request.Body);
        return payload.RootElement.GetProperty("data").GetProperty("name").GetString()!;
    }

    /// <param name="Waits">From commit to first byte, in milliseconds, of each save.</param>
    /// <param name="Begun">How many of them came at all.</param>
    /// <param name="Unsettled">How many were saved while nobody knew yet who is slow.</param>
    private sealed record Measured(List<double> Waits, int Begun, int Unsettled)
    {
        public List<double> Settled => Waits[Unsettled..];
    }
}

using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Bench;

/// <summary>How long it takes from the wish to save an incident to the first byte at the receiver.</summary>
internal static class Latency
{
    private const int WarmUp = 50;

    /// <summary>One after the other, idle otherwise; then while other notifications are kept busy.</summary>
    public static async Task<int> RunAsync(int count, int loadPerSecond)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        using var other = new BareReceiver();
        await console.NotificationAsync("Bench", receiver.Url, EventType.IncidentCreated);
        for (var i = 0; i < 50; i++)
            await console.NotificationAsync($"Load {i}", other.Url, EventType.ComponentCreated);
        await MeasureAsync(console, receiver, WarmUp, pause: 0);
        Print("idle", await MeasureAsync(console, receiver, count, pause: 0));

        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            // One component is fifty deliveries.
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(50.0 / loadPerSecond));
            for (var i = 0; !stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None); i++)
                await console.ComponentAsync($"Load {i}");
        });
        await Task.Delay(3000);
        Print($"at {loadPerSecond} deliveries a second", await MeasureAsync(console, receiver, count, pause: 20));
        await stop.CancelAsync();
        await load;
        return 0;
    }

    /// <summary>A healthy notification alone, and beside twenty that have just begun to hang, with a backlog each.</summary>
    public static async Task<int> HangingAsync(int count)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        await using var hanging = LoopbackReceiver.Start(Answer.Stall());
        await console.NotificationAsync("Healthy", receiver.Url, EventType.IncidentCreated);
        for (var i = 0; i < 20; i++)
            await console.NotificationAsync($"Hanging {i}", hanging.Url, EventType.ComponentCreated);
        await MeasureAsync(console, receiver, WarmUp, pause: 0);
        var alone = await MeasureAsync(console, receiver, count, pause: 20);
        for (var i = 0; i < 100; i++)
            await console.ComponentAsync($"Part {i}");
        var beside = await MeasureAsync(console, receiver, count, pause: 20);
        Print("alone", alone);
        Print("beside 20 hanging, 100 waiting each", beside);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"99th percentile, beside / alone: {At(beside, 0.99) / At(alone, 0.99):F2}"));
        return 0;
    }

    private static async Task<List<double>> MeasureAsync(ConsoleUnderTest console, LoopbackReceiver receiver, int count, int pause)
    {
        var toFirstByte = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var before = receiver.Requests.Count;
            var begun = DateTimeOffset.UtcNow;
            await console.IncidentAsync($"Incident {i}");
            var request = (await receiver.WaitForAsync(before + 1))[before];
            toFirstByte.Add((request.At - begun).TotalMilliseconds);
            if (pause > 0)
                await Task.Delay(pause);
        }
        toFirstByte.Sort();
        return toFirstByte;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static void Print(string what, List<double> sorted) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"save begun → first byte, {what}: n = {sorted.Count}, median {At(sorted, 0.5):F1} ms, 99th percentile {At(sorted, 0.99):F1} ms, longest {sorted[^1]:F1} ms"));
}

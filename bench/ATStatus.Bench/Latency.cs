using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Bench;

/// <summary>How long it takes from an incident's commit, and from the wish to save it, to the request at the receiver.</summary>
internal static class Latency
{
    private const int WarmUp = 50;

    /// <summary>One after the other, idle otherwise; then while other notifications are kept busy.</summary>
    public static async Task<int> RunAsync(int count, int loadPerSecond)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        using var other = new BareReceiver();
        using var clock = new CommitClock();
        await console.NotificationAsync("Bench", receiver.Url, EventType.IncidentCreated);
        for (var i = 0; i < 50; i++)
            await console.NotificationAsync($"Load {i}", other.Url, EventType.ComponentCreated);
        await MeasureAsync(console, receiver, clock, WarmUp, pause: 0);
        Print("idle", await MeasureAsync(console, receiver, clock, count, pause: 0));

        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            // One component is fifty deliveries.
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(50.0 / loadPerSecond));
            for (var i = 0; !stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None); i++)
                await console.ComponentAsync($"Load {i}");
        });
        await Task.Delay(3000);
        Print($"at {loadPerSecond} deliveries a second", await MeasureAsync(console, receiver, clock, count, pause: 20));
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
        using var clock = new CommitClock();
        await console.NotificationAsync("Healthy", receiver.Url, EventType.IncidentCreated);
        for (var i = 0; i < 20; i++)
            await console.NotificationAsync($"Hanging {i}", hanging.Url, EventType.ComponentCreated);
        await MeasureAsync(console, receiver, clock, WarmUp, pause: 0);
        var alone = await MeasureAsync(console, receiver, clock, count, pause: 20);
        for (var i = 0; i < 100; i++)
            await console.ComponentAsync($"Part {i}");
        var beside = await MeasureAsync(console, receiver, clock, count, pause: 20);
        Print("alone", alone);
        Print("beside 20 hanging, 100 waiting each", beside);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"99th percentile, beside / alone: {At(beside.FromCommit, 0.99) / At(alone.FromCommit, 0.99):F2}"));
        return 0;
    }

    internal static async Task<Measured> MeasureAsync(ConsoleUnderTest console, LoopbackReceiver receiver, CommitClock clock, int count, int pause)
    {
        var (fromCommit, fromSave) = (new List<double>(count), new List<double>(count));
        for (var i = 0; i < count; i++)
        {
            var before = receiver.Requests.Count;
            var begun = DateTimeOffset.UtcNow;
            var committed = await clock.SaveAsync(() => console.IncidentAsync($"Incident {i}"));
            var request = (await receiver.WaitForAsync(before + 1))[before];
            fromCommit.Add((request.At - committed).TotalMilliseconds);
            fromSave.Add((request.At - begun).TotalMilliseconds);
            if (pause > 0)
                await Task.Delay(pause);
        }
        fromCommit.Sort();
        fromSave.Sort();
        return new Measured(fromCommit, fromSave);
    }

    internal static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    internal static void Print(string what, Measured measured)
    {
        Print($"commit → request there, {what}", measured.FromCommit);
        Print($"save begun → request there, {what}", measured.FromSave);
    }

    private static void Print(string what, List<double> sorted) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: n = {sorted.Count}, median {At(sorted, 0.5):F1} ms, 99th percentile {At(sorted, 0.99):F1} ms, longest {sorted[^1]:F1} ms"));

    /// <summary>Milliseconds, sorted.</summary>
    internal sealed record Measured(List<double> FromCommit, List<double> FromSave);
}

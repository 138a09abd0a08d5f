using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Bench;

/// <summary>How long it takes from an incident's commit, and from the wish to save it, to the request at the receiver.</summary>
internal static class Latency
{
    private const int WarmUp = 50;

    /// <summary>How long one request is waited for: beside an overload it takes long, and is to be told, not to end the measure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How many notifications an event of the third measure has.</summary>
    private const int Many = 5_000;

    /// <summary>How much is sent to find out how much can be.</summary>
    private const int Burst = 20_000;

    /// <summary>
    /// One after the other: idle; while other notifications are kept half as busy as they could be; and, apart from that, at the same load
    /// by saves for thousands of notifications each.
    /// </summary>
    /// <param name="count">How many each time.</param>
    /// <param name="load">Deliveries a second; 0: half of what this machine makes.</param>
    public static async Task<int> RunAsync(int count, int load)
    {
        var lines = new List<(string Name, Measured Measured)>();
        await using (var console = await ConsoleUnderTest.StartAsync())
        {
            using var clock = new CommitClock();
            await using var receiver = LoopbackReceiver.Start();
            await using var other = await ReceiverProcess.StartAsync();
            await console.NotificationAsync("Bench", receiver.Url, EventType.IncidentCreated);
            await console.NotificationsAsync(Throughput.Notifications, other.Url, EventType.ComponentCreated);
            await MeasureAsync(console, receiver, clock, WarmUp, pause: 0);
            lines.Add(("idle", await MeasureAsync(console, receiver, clock, count, pause: 0)));
            if (load == 0)
                load = await RateAsync(console) / 2;
            lines.Add(("half load", await BesideAsync(console, receiver, clock, count, load, Throughput.Notifications)));
        }
        await using (var console = await ConsoleUnderTest.StartAsync())
        {
            using var clock = new CommitClock();
            await using var receiver = LoopbackReceiver.Start();
            await using var other = await ReceiverProcess.StartAsync();
            await console.NotificationsAsync(Many, other.Url, EventType.ComponentCreated);
            await console.NotificationAsync("Bench", receiver.Url, EventType.IncidentCreated);
            await MeasureAsync(console, receiver, clock, WarmUp, pause: 0);
            lines.Add(($"saves of {Many}", await BesideAsync(console, receiver, clock, count, load, Many)));
        }

        Figures.Print(
            $"Latency: half load is {load} deliveries a second, in saves for {Throughput.Notifications} notifications each; apart from these in saves for {Many}");
        foreach (var (name, measured) in lines)
            Print(name, measured);
        foreach (var (name, measured) in lines)
        {
            Figures.Line($"latency {name} median ms", At(measured.FromCommit, 0.5));
            Figures.Line($"latency {name} 99th ms", At(measured.FromCommit, 0.99));
        }
        return 0;
    }

    /// <summary>How many deliveries a second the console makes, warm.</summary>
    private static async Task<int> RateAsync(ConsoleUnderTest console)
    {
        var watch = new System.Diagnostics.Stopwatch();
        for (var pass = 0; pass < 2; pass++)
        {
            watch.Restart();
            for (var i = 0; i < Burst / 2; i += Throughput.Notifications)
                await console.ComponentAsync($"Burst {i}");
            await console.SettledAsync();
        }
        return (int)(Burst / 2 / watch.Elapsed.TotalSeconds);
    }

    private static async Task<Measured> BesideAsync(
        ConsoleUnderTest console, LoopbackReceiver receiver, CommitClock clock, int count, int load, int fanOut)
    {
        using var stop = new CancellationTokenSource();
        var loading = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(fanOut / (double)load));
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await console.ComponentAsync($"Load {i}");
                try
                {
                    await timer.WaitForNextTickAsync(stop.Token);
                }
                catch (OperationCanceledException)
                {
                    // Enough.
                }
            }
        });
        await Task.Delay(3000, CancellationToken.None);
        var measured = await MeasureAsync(console, receiver, clock, count, pause: 20);
        await stop.CancelAsync();
        await loading;
        return measured;
    }

    /// <summary>A healthy notification alone, and beside twenty that have just begun to hang, with a backlog each.</summary>
    public static async Task<int> HangingAsync(int count)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        await using var hanging = LoopbackReceiver.Start(ScriptedResponse.Stall());
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
            var request = (await receiver.WaitForAsync(before + 1, Patience))[before];
            fromCommit.Add((request.At - committed).TotalMilliseconds);
            fromSave.Add((request.At - begun).TotalMilliseconds);
            if (pause > 0)
                await Task.Delay(pause);
        }
        fromCommit.Sort();
        fromSave.Sort();
        return new Measured(fromCommit, fromSave);
    }

    internal static double At(List<double> values, double share) => Figures.At(values, share);

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

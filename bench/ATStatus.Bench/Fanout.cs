using System.Globalization;
using ATStatus.Core.Events;

namespace ATStatus.Bench;

/// <summary>
/// One event for thousands of notifications: from the beginning of its save, and from its commit, to the last POST, against as many bare
/// POSTs by as many loops as there are workers; and the process's peak memory meanwhile against what it had when it was idle, after
/// ordinary events.
/// </summary>
internal static class Fanout
{
    private const int WarmUps = 2;

    /// <summary>How many ordinary events come before the first large one.</summary>
    private const int Ordinary = 400;

    public static async Task<int> RunAsync(int count, int rounds)
    {
        await using var receiver = await ReceiverProcess.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync($"--Webhooks:Workers={Throughput.Workers}");
        using var clock = new CommitClock();
        await console.NotificationsAsync(count, receiver.Url, EventType.ComponentCreated);
        for (var i = 0; i < Throughput.Notifications; i++)
            await console.NotificationAsync($"Ordinary {i}", receiver.Url, EventType.IncidentCreated);
        for (var i = 0; i < Ordinary; i++)
            await console.IncidentAsync($"Incident {i}");
        await console.SettledAsync();
        var idle = ProcessMemory.Current;
        ProcessMemory.RestartPeak();
        var (fromSave, fromCommit, bare) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -WarmUps; round < rounds; round++)
        {
            var posts = await ChildProcess.BarePostsAsync(receiver.Url, count);
            await receiver.TakeAsync();
            var begun = DateTimeOffset.UtcNow;
            var committed = await clock.SaveAsync(() => console.ComponentAsync($"Part {round + WarmUps}"));
            await console.SettledAsync();
            var (received, last) = await receiver.TakeAsync();
            if (received < count)
                throw new InvalidOperationException($"{received} of {count} requests came.");
            var (saving, sending) = ((committed - begun).TotalSeconds, (last - committed).TotalSeconds);
            Figures.Print(
                $"  {(round < 0 ? "warm-up" : "measured")}: save {saving:F2} s, commit → last POST {sending:F2} s, bare {posts:F2} s; {ProcessMemory.Peak:F0} MiB at most");
            if (round < 0)
                continue;
            fromSave.Add(saving + sending);
            fromCommit.Add(sending);
            bare.Add(posts);
        }
        Figures.Print(
            $"Fan-out: one event for {count} notifications, medians of {rounds}; against as many bare POSTs by {Throughput.Workers} loops; {idle:F0} MiB when idle");
        Figures.Line("fanout save", Figures.Median(fromSave.Zip(bare, (a, b) => a / b)));
        Figures.Line("fanout commit", Figures.Median(fromCommit.Zip(bare, (a, b) => a / b)));
        Figures.Line("fanout memory", ProcessMemory.Peak / idle);
        return 0;
    }

    /// <summary>So many bare POSTs, after as many to warm up. Prints the seconds that they took; this process is the baseline's.</summary>
    public static async Task<int> BarePostsAsync(Uri url, int count)
    {
        await using var loops = new LoopBaseline(url, Throughput.Workers);
        await loops.SendAsync(4 * count);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await loops.SendAsync(count);
        Console.WriteLine(watch.Elapsed.TotalSeconds.ToString("F4", CultureInfo.InvariantCulture));
        return 0;
    }
}

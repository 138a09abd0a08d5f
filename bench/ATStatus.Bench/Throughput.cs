using System.Diagnostics;
using System.Globalization;

namespace ATStatus.Bench;

/// <summary>
/// Deliveries per second of the whole way, against ways that do less. Each way runs in a process of its own, against one receiver in
/// this one; the ways take turns, so that a machine that grows slower meanwhile is fair to all. What counts is the ratio.
/// </summary>
internal static class Throughput
{
    private static readonly (string Name, string What)[] Ways =
    [
        ("loop", "a loop of POSTs with one HttpClient"),
        ("loops", "the same, as many loops at once as there are workers"),
        ("hangfire", "a Hangfire job that only POSTs (memory storage)"),
        ("afternoon", "one EF context per job: claim, POST, save the result"),
        ("whole", "ATStatus: saved, queued, signed, sent, attempt recorded"),
        ("filled", "the same, with 1,000,000 delivered rows in the log"),
    ];

    public const int Workers = 50;
    public const int Notifications = 50;

    /// <summary>Answers the rate of the whole way.</summary>
    public static async Task<double> RunAsync(int rounds, int seconds)
    {
        using var receiver = new BareReceiver();
        var runs = Ways.ToDictionary(w => w.Name, _ => new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, _) in Ways)
                runs[name].Add(await ChildAsync(name, receiver.Url, warmUp: 2 * seconds, seconds));
        }

        Print($"Throughput: {Notifications} notifications, {Workers} workers; medians of {rounds} rounds of {seconds} s of processor time, after a warm-up of twice as much");
        foreach (var (name, what) in Ways)
        {
            var (rate, cpu, switches) = (Median(name, m => m.Rate), Median(name, m => m.Cpu), Median(name, m => m.Switches));
            var (allocated, peak) = (Median(name, m => m.Allocated), runs[name].Max(m => m.PeakMiB));
            Print($"  {name,-10} {rate,6:F0}/s  {cpu,5:F0} µs CPU and {switches,4:F1} waits and {allocated,3:F0} KiB for each  {peak,4:F0} MiB at most  {what}");
        }
        foreach (var (over, under) in new[] { ("whole", "loop"), ("whole", "loops"), ("whole", "hangfire"), ("whole", "afternoon"), ("filled", "whole") })
            Print($"  {over} / {under,-10} {Ratio(over, under, m => m.Rate):F2} by the clock, {Ratio(over, under, m => 1 / m.Cpu):F2} by CPU");
        return Median("whole", m => m.Rate);

        double Median(string way, Func<Measured, double> what) => Throughput.Median(runs[way].Select(what));

        // Of the same round: what slowed the machine down then slowed both.
        double Ratio(string over, string under, Func<Measured, double> what) =>
            Throughput.Median(runs[over].Zip(runs[under], (a, b) => what(a) / what(b)));
    }

    /// <summary>The sketch, in some shapes, against what it is to be compared with; by turns.</summary>
    public static async Task RunSketchAsync(int rounds, int seconds, string[] shapes)
    {
        using var receiver = new BareReceiver();
        var ways = shapes.Select(s => "sketch:" + s).Prepend("whole").Prepend("hangfire").Prepend("loops").ToList();
        var runs = ways.ToDictionary(w => w, _ => new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in ways)
                runs[way].Add(await ChildAsync(way, receiver.Url, 2 * seconds, seconds));
        }
        foreach (var way in ways)
            Print($"  {way,-40} {Median(runs[way].Select(m => m.Rate)),6:F0}/s  {Median(runs[way].Select(m => m.Cpu)),5:F0} µs CPU {Median(runs[way].Select(m => m.Allocated)),3:F0} KiB  {runs[way].Max(m => m.PeakMiB),4:F0} MiB  / loops {Ratio(way, "loops"):F2}  / hangfire {Ratio(way, "hangfire"):F2}  / whole {Ratio(way, "whole"):F2}");

        double Ratio(string over, string under) => Median(runs[over].Zip(runs[under], (a, b) => a.Rate / b.Rate));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<Measured> ChildAsync(string way, Uri url, int warmUp, int seconds)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                "way", way, url.AbsoluteUri, warmUp.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        foreach (var line in output.Split('\n').Where(l => l.StartsWith("groups of", StringComparison.Ordinal) || l.StartsWith("left ", StringComparison.Ordinal)))
            Console.WriteLine($"    {way}: {line}");
        return Measured.Of(output) ?? throw new InvalidOperationException($"'{way}' failed:{Environment.NewLine}{output}");
    }

    /// <summary>One way, in a process of its own.</summary>
    public static async Task<int> WayAsync(string name, Uri url, int warmUp, int seconds)
    {
        await using Way way = name switch
        {
            "loop" => new LoopWay(url, 1),
            "loops" => new LoopWay(url, Workers),
            "hangfire" => new HangfireWay(url),
            "afternoon" => await AfternoonWay.StartAsync(url),
            "whole" => await WholeWay.StartAsync(url, rows: 0),
            "filled" => await WholeWay.StartAsync(url, rows: 1_000_000),
            "posts" => await Sketch.PostsScenario.StartAsync(url),
            _ when name.StartsWith("sketch:", StringComparison.Ordinal) => await Sketch.SketchScenario.StartAsync(url, name[7..]),
            _ => throw new ArgumentException("No such way.", nameof(name)),
        };
        return await way.RunAsync(TimeSpan.FromSeconds(warmUp), TimeSpan.FromSeconds(seconds));
    }
}

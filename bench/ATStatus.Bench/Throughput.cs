namespace ATStatus.Bench;

/// <summary>
/// Deliveries per second of the product, against baselines that do less. Each scenario runs in a process of its own, against one receiver
/// in this one; they take turns, so that a machine that grows slower meanwhile is fair to all. What counts is the ratio.
/// </summary>
internal static class Throughput
{
    private static readonly (string Name, string What)[] Scenarios =
    [
        ("loop", "a loop of POSTs with one HttpClient"),
        ("loops", "the same, as many loops at once as there are workers"),
        ("hangfire", "a Hangfire job that only POSTs (memory storage)"),
        ("afternoon", "one EF context per job: claim, POST, save the result"),
        ("whole", "ATStatus: saved, queued, signed, sent, attempt recorded"),
        ("filled", "the same, with 1,000,000 delivered rows in the log"),
        ("whole-1", "ATStatus with one notification: each delivery has a save of its own"),
        ("whole-5", "ATStatus with five notifications"),
    ];

    // The lines of a fan-out of fifty come last: scripts read them.
    private static readonly (string Over, string Under)[] Ratios =
    [
        ("whole-1", "loops"), ("whole-1", "hangfire"), ("whole-5", "loops"), ("whole-5", "hangfire"),
        ("whole", "loop"), ("whole", "loops"), ("whole", "hangfire"), ("whole", "afternoon"), ("filled", "whole"),
    ];

    public const int Workers = 50;
    public const int Notifications = 50;

    /// <summary>Measures all of them and returns the rate of the product.</summary>
    public static async Task<double> RunAsync(int rounds, int seconds)
    {
        using var receiver = new BareReceiver();
        var runs = Scenarios.ToDictionary(s => s.Name, _ => new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, _) in Scenarios)
                runs[name].Add(await ChildProcess.ScenarioAsync(name, receiver.Url, warmUp: 2 * seconds, seconds));
        }

        Figures.Print(
            $"Throughput: {Notifications} notifications, {Workers} workers; medians of {rounds} rounds of {seconds} s of processor time, after a warm-up of twice as much");
        foreach (var (name, what) in Scenarios)
        {
            var (rate, cpu, switches) = (Median(name, m => m.Rate), Median(name, m => m.Cpu), Median(name, m => m.Switches));
            var (allocated, peak) = (Median(name, m => m.Allocated), runs[name].Max(m => m.PeakMiB));
            Figures.Print(
                $"  {name,-10} {rate,6:F0}/s  {cpu,5:F0} µs CPU and {switches,4:F1} waits and {allocated,3:F0} KiB for each  {peak,4:F0} MiB at most  {what}");
        }
        Figures.Line("  processor time, whole / hangfire", Ratio("whole", "hangfire", m => m.Cpu));
        foreach (var (over, under) in Ratios)
            Figures.Print($"  {over} / {under,-10} {Ratio(over, under, m => m.Rate):F2} by the clock, {Ratio(over, under, m => 1 / m.Cpu):F2} by CPU");
        return Median("whole", m => m.Rate);

        double Median(string scenario, Func<Measured, double> what) => Figures.Median(runs[scenario].Select(what));

        // Of the same round: what slowed the machine down then slowed both.
        double Ratio(string over, string under, Func<Measured, double> what) =>
            Figures.Median(runs[over].Zip(runs[under], (a, b) => what(a) / what(b)));
    }

    /// <summary>One scenario, in this process.</summary>
    public static async Task<int> ScenarioAsync(string name, Uri url, int warmUp, int seconds)
    {
        await using Scenario scenario = name switch
        {
            "loop" => new LoopBaseline(url, 1),
            "loops" => new LoopBaseline(url, Workers),
            "hangfire" => new HangfireBaseline(url),
            "afternoon" => await NaiveBaseline.StartAsync(url),
            "whole" => await Product.StartAsync(url, Notifications),
            "whole-1" => await Product.StartAsync(url, notifications: 1),
            "whole-5" => await Product.StartAsync(url, notifications: 5),
            "filled" => await Product.StartAsync(url, Notifications, rows: 1_000_000),
            _ => throw new ArgumentException("No such scenario.", nameof(name)),
        };
        return await scenario.RunAsync(TimeSpan.FromSeconds(warmUp), TimeSpan.FromSeconds(seconds));
    }
}

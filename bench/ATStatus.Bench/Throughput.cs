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
        ("bare", "one HttpClient, as many POSTs at once as there are workers"),
        ("one", "one HttpClient, one POST after the other"),
        ("hangfire", "a Hangfire job that only POSTs (memory storage)"),
        ("afternoon", "one EF context per job: claim, POST, save the result"),
        ("whole", "ATStatus: saved, queued, signed, sent, attempt recorded"),
        ("filled", "the same, with 1,000,000 delivered rows in the log"),
    ];

    public const int Workers = 50;
    public const int Notifications = 50;

    public static async Task<int> RunAsync(int deliveries, int rounds)
    {
        using var receiver = new BareReceiver();
        var rates = Ways.ToDictionary(w => w.Name, _ => new List<double>());
        var memory = Ways.ToDictionary(w => w.Name, _ => 0.0);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, _) in Ways)
            {
                var count = name == "afternoon" ? deliveries / 5 : deliveries;
                var (rate, peak) = await ChildAsync(name, receiver.Url, count);
                rates[name].Add(rate);
                memory[name] = Math.Max(memory[name], peak);
            }
        }

        var median = rates.ToDictionary(r => r.Key, r => Median(r.Value));
        Console.WriteLine($"{deliveries} deliveries, {Notifications} notifications, {Workers} workers, {rounds} rounds; medians");
        foreach (var (name, what) in Ways)
            Console.WriteLine($"{name,-10} {median[name],8:F0}/s  peak {memory[name],5:F0} MiB  {what}");
        foreach (var other in new[] { "bare", "one", "hangfire", "afternoon" })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"whole / {other,-10} {median["whole"] / median[other]:F2}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled / whole     {median["filled"] / median["whole"]:F2}"));
        return 0;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static async Task<(double Rate, double PeakMiB)> ChildAsync(string way, Uri url, int count)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "way", way, url.AbsoluteUri, count.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"'{way}' failed:{Environment.NewLine}{output}");
        var numbers = line.Split(' ')[1..].Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }

    /// <summary>One way, in a process of its own.</summary>
    public static async Task<int> WayAsync(string way, Uri url, int count)
    {
        var seconds = way switch
        {
            "bare" => await SendingWays.BareAsync(url, count, Workers),
            "one" => await SendingWays.BareAsync(url, count, 1),
            "hangfire" => await SendingWays.HangfireAsync(url, count),
            "afternoon" => await Afternoon.RunAsync(url, count),
            "whole" => await SendingWays.WholeAsync(url, count, rows: 0),
            "filled" => await SendingWays.WholeAsync(url, count, rows: 1_000_000),
            _ => throw new ArgumentException("No such way.", nameof(way)),
        };
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"RESULT {count / seconds:F1} {self.PeakWorkingSet64 / 1048576.0:F1}"));
        return 0;
    }
}

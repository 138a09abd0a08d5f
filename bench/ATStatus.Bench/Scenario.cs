using System.Diagnostics;
using System.Globalization;

namespace ATStatus.Bench;

/// <summary>Something that brings POSTs to a receiver. One runs in a process of its own (<see cref="ChildProcess"/> starts it).</summary>
internal abstract class Scenario : IAsyncDisposable
{
    /// <summary>How many deliveries go in at once before their end is waited for.</summary>
    public virtual int Portion => 5_000;

    /// <summary>Brings so many to the receiver and returns when the last is done.</summary>
    public abstract Task SendAsync(int count);

    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// Warms up, then measures, portion after portion, and prints what came of it. Both last until the process has used so much processor
    /// time: what counts for a warm-up is how often the code has run, and on a busy machine the clock does not tell that.
    /// </summary>
    public async Task<int> RunAsync(TimeSpan warmUp, TimeSpan measured)
    {
        await PassAsync(warmUp, "warm-up");
        var (switches, allocated) = (Switches(), GC.GetTotalAllocatedBytes());
        var (count, elapsed, used) = await PassAsync(measured, "measured");
        using var self = Process.GetCurrentProcess();
        var result = new Measured(
            count / elapsed.TotalSeconds, used.TotalMicroseconds / count, (Switches() - switches) / (double)count,
            (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / count, self.PeakWorkingSet64 / 1048576.0);
        Console.WriteLine(result.ToLine());
        return 0;
    }

    private async Task<(int Count, TimeSpan Elapsed, TimeSpan Used)> PassAsync(TimeSpan atLeast, string what)
    {
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var (count, used) = (0, TimeSpan.Zero);
        do
        {
            var (begun, before) = (watch.Elapsed, used);
            await SendAsync(Portion);
            count += Portion;
            used = Environment.CpuUsage.TotalTime - processor;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {Portion / (watch.Elapsed - begun).TotalSeconds:F0}/s, {(used - before).TotalMicroseconds / Portion:F0} µs"));
        }
        while (used < atLeast && watch.Elapsed < 2 * atLeast);
        return (count, watch.Elapsed, used);
    }

    /// <summary>How often threads of this process have given up the processor to wait; 0 where the system does not tell.</summary>
    private static long Switches() => !OperatingSystem.IsLinux() ? 0 : Directory.EnumerateDirectories("/proc/self/task")
        .SelectMany(Lines)
        .Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture));

    private static string[] Lines(string thread)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(thread, "status"));
        }
        catch (IOException)
        {
            // The thread has just ended.
            return [];
        }
    }
}

/// <summary>The result of one run of one scenario.</summary>
/// <param name="Rate">Deliveries a second, by the clock.</param>
/// <param name="Cpu">Processor time of the process for one delivery, in microseconds: what else runs on the machine touches it least.</param>
/// <param name="Switches">Waits of a thread for one delivery.</param>
/// <param name="Allocated">Memory that the process allocated for one delivery, in KiB, freed or not.</param>
/// <param name="PeakMiB">Peak memory of the process, warm-up included.</param>
internal sealed record Measured(double Rate, double Cpu, double Switches, double Allocated, double PeakMiB)
{
    private const string Mark = "RESULT ";

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Mark}{Rate:F1} {Cpu:F2} {Switches:F2} {Allocated:F1} {PeakMiB:F1}");

    public static Measured? Of(string output)
    {
        if (output.Split('\n').LastOrDefault(l => l.StartsWith(Mark, StringComparison.Ordinal)) is not { } line)
            return null;
        var numbers = line[Mark.Length..].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new Measured(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}

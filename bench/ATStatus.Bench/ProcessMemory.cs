using System.Diagnostics;
using System.Globalization;

namespace ATStatus.Bench;

/// <summary>How much of the machine's memory this process has, in MiB.</summary>
internal static class ProcessMemory
{
    /// <summary>Now.</summary>
    public static double Current => Environment.WorkingSet / 1048576.0;

    /// <summary>The most since <see cref="RestartPeak"/>; where the system cannot begin anew, since the process started.</summary>
    public static double Peak
    {
        get
        {
            if (OperatingSystem.IsLinux())
            {
                // "VmHWM:    204800 kB"
                var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
            }
            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64 / 1048576.0;
        }
    }

    /// <summary>What is left when everything that is not in use has been collected and given back.</summary>
    public static double Collected()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return Current;
    }

    /// <summary>Lets the peak begin anew (proc_pid_clear_refs(5): 5 resets the peak resident set size).</summary>
    public static void RestartPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }
}

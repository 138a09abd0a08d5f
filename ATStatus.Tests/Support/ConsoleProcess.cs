using System.Collections.Concurrent;
using System.Diagnostics;

namespace ATStatus.Tests.Support;

/// <summary>The program as a process of its own, so that it can be killed.</summary>
public sealed class ConsoleProcess : IDisposable
{
    private const string Listening = "Now listening on: ";
    private const int LinesKept = 200;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines;

    private ConsoleProcess(Process process, Uri address, ConcurrentQueue<string> lines) => (_process, Address, _lines) = (process, address, lines);

    /// <summary>The last lines that it has printed.</summary>
    public string LastLines => string.Join(Environment.NewLine, _lines);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Whether it is still there.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts the program on a content root and returns when it says that it has started.</summary>
    public static Task<ConsoleProcess> StartAsync(string contentRoot, params string[] settings) =>
        StartAsync(contentRoot, new Dictionary<string, string?>(), settings);

    /// <summary>The same with environment variables of its own.</summary>
    public static Task<ConsoleProcess> StartAsync(
        string contentRoot, IReadOnlyDictionary<string, string?> environment, params string[] settings) =>
        StartAsync(Path.Combine(AppContext.BaseDirectory, "ATStatus.Admin.dll"), contentRoot, environment, settings);

    /// <summary>The same of another build: <paramref name="program"/> is its ATStatus.Admin.dll.</summary>
    public static async Task<ConsoleProcess> StartAsync(
        string program, string contentRoot, IReadOnlyDictionary<string, string?> environment, params string[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] all =
        [
            program, $"--contentRoot={contentRoot}", "--urls=http://127.0.0.1:0",
            "--environment=Development", "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Warning", .. settings,
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        var lines = new ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) => Keep(lines, line.Data);
        process.BeginErrorReadLine();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Uri? address = null;
        process.OutputDataReceived += (_, line) =>
        {
            Keep(lines, line.Data);
            if (line.Data is null)
                started.TrySetException(new InvalidOperationException("The program ended before it had started."));
            else if (line.Data.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
                address = new Uri(line.Data[(at + Listening.Length)..].Trim());
            else if (line.Data.Contains("Application started", StringComparison.Ordinal))
                started.TrySetResult();
        };
        process.BeginOutputReadLine();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return new ConsoleProcess(process, address!, lines);
    }

    /// <summary>Ends it as SIGKILL does: without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop as SIGTERM does, and returns its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan limit)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
        if (lines.Count > LinesKept)
            lines.TryDequeue(out _);
    }

    /// <summary>Kills it if it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}

using System.Diagnostics;

namespace ATStatus.Tests.Support;

/// <summary>The program as a process of its own, so that it can be killed.</summary>
public sealed class ConsoleProcess : IDisposable
{
    private readonly Process _process;

    private ConsoleProcess(Process process) => _process = process;

    /// <summary>Starts the program on a content root and returns when it says that it has started.</summary>
    public static Task<ConsoleProcess> StartAsync(string contentRoot, params string[] settings) =>
        StartAsync(contentRoot, new Dictionary<string, string?>(), settings);

    /// <summary>The same with environment variables of its own.</summary>
    public static async Task<ConsoleProcess> StartAsync(
        string contentRoot, IReadOnlyDictionary<string, string?> environment, params string[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] all =
        [
            Path.Combine(AppContext.BaseDirectory, "ATStatus.Admin.dll"), $"--contentRoot={contentRoot}", "--urls=http://127.0.0.1:0",
            "--environment=Development", "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Warning", .. settings,
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                started.TrySetException(new InvalidOperationException("The program ended before it had started."));
            else if (line.Data.Contains("Application started", StringComparison.Ordinal))
                started.TrySetResult();
        };
        process.BeginOutputReadLine();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return new ConsoleProcess(process);
    }

    /// <summary>Ends it as SIGKILL does: without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop as SIGTERM does, and answers its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan limit)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    /// <summary>Kills it if it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}

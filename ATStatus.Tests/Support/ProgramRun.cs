using System.Diagnostics;

namespace ATStatus.Tests.Support;

/// <summary>The program run to its end.</summary>
internal sealed record ProgramRun(int Code, string Output, string Error)
{
    /// <summary>Runs the program and waits for it.</summary>
    public static async Task<ProgramRun> OfAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ATStatus.Admin.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ProgramRun(process.ExitCode, (await output).TrimEnd('\r', '\n'), (await error).TrimEnd('\r', '\n'));
    }
}

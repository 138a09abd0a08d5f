using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ATStatus.Admin.Hosting;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary>The program as a process of its own: what it prints, how it ends, what it leaves behind.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atstatus-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_wrong_value_ends_the_start_with_code_1_and_one_line()
    {
        using var process = Start("--Webhooks:Timeout=banana", "--urls=http://127.0.0.1:0");
        Assert.Equal(("Webhooks:Timeout takes a duration (hours:minutes:seconds) from 00:00:00.1 to 00:05:00; it is 'banana'.", 1), await EndAsync(process));
    }

    [Fact]
    public async Task A_port_in_use_ends_the_start_with_code_1_and_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        using var process = Start($"--urls={url}");
        Assert.Equal(($"Failed to bind to address {url}: address already in use. Choose another with --urls.", 1), await EndAsync(process));
    }

    [Fact]
    public async Task The_instance_lock_goes_with_a_killed_process()
    {
        using var process = Start("--urls=http://127.0.0.1:0");
        var line = "";
        while (!line.Contains("/setup?token=", StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync(Stop) ?? throw new InvalidOperationException("The program ended early.");

        await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = _folder.FullName }));
        process.Kill();
        await process.WaitForExitAsync(Stop);
        await using var successor = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = _folder.FullName });
    }

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] all = [Path.Combine(AppContext.BaseDirectory, "ATStatus.Admin.dll"), $"--contentRoot={_folder.FullName}", .. args];
        foreach (var arg in all)
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    private static async Task<(string Error, int Code)> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = await process.StandardError.ReadToEndAsync(Stop);
        await output;
        await process.WaitForExitAsync(Stop);
        return (error.TrimEnd('\r', '\n'), process.ExitCode);
    }
}

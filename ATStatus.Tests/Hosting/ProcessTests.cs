using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ATStatus.Admin.Hosting;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary>The program as a process of its own: what it prints, how it ends, what it leaves behind.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atstatus-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // Migrated already: those that are refused late would make their database first.
        var file = Path.Combine(_folder.CreateSubdirectory("data").FullName, "atstatus.db");
        File.Copy(await MigratedDatabase.FileAsync(), file);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

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

    [Theory]
    [InlineData(1, "urls takes addresses", "--urls=http://127.0.0.1:99999")]
    [InlineData(1, "urls takes addresses", "--urls=http://127.0.0.1:-1")]
    [InlineData(1, "urls takes addresses", "--urls=http://127.0.0.1:port")]
    [InlineData(1, "urls takes addresses", "--urls=ftp://127.0.0.1:5000")]
    [InlineData(1, "An https:// address in urls needs a certificate", "--urls=https://127.0.0.1:0")]
    [InlineData(1, "The addresses in urls, or Kestrel's own settings, cannot be used", "--urls=http://localhost:0")]
    [InlineData(1, "The addresses in urls, or Kestrel's own settings, cannot be used", "--Kestrel:Endpoints:Own:Url=http://127.0.0.1:99999")]
    [InlineData(1, "The certificate of Kestrel:Certificates", "--urls=https://127.0.0.1:0", "--Kestrel:Certificates:Default:Path=none.pfx")]
    [InlineData(1, "The address in urls is none of this machine's", "--urls=http://192.0.2.1:5000")]
    [InlineData(1, "The configuration cannot be read", "--Logging:LogLevel:Default=banana")]
    [InlineData(1, "A folder is missing", "--contentRoot=/no/such/folder")]
    [InlineData(1, "Hosting:PublicUrl takes", "--Hosting:PublicUrl=banana")]
    [InlineData(1, "DataProtection:Certificate names none.pfx", "--DataProtection:Certificate=none.pfx")]
    [InlineData(1, "The database of ConnectionStrings:ATStatus cannot be reached", "--Database:Provider=SqlServer", "--ConnectionStrings:ATStatus=Server=127.0.0.1,1;Database=x;User Id=a;Password=hunter2;Connect Timeout=1;Encrypt=false")]
    [InlineData(2, "--verbose is not known", "--verbose", "--urls", "http://127.0.0.1:0")]
    [InlineData(2, "--verbose is not known", "--urls=http://127.0.0.1:0", "--verbose")]
    [InlineData(2, "--urls is not known, or lacks its value", "--urls", "--Webhooks:Workers=3")]
    [InlineData(2, "-x is not known", "-x=3")]
    [InlineData(2, "Argument 4 belongs to no setting", "--Admin:Password", "hunter2", "hunter2")]
    public async Task A_refused_start_is_one_line_without_a_stack(int code, string beginning, params string[] args)
    {
        using var process = Start(args);
        var (output, error, ended) = await AllAsync(process);
        Assert.Equal(code, ended);
        Assert.StartsWith(beginning, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error + output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Webhooks\": ")]
    [InlineData("banana")]
    public async Task An_appsettings_file_that_cannot_be_read_is_one_line(string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "appsettings.json"), content, Stop);
        using var process = Start("--urls=http://127.0.0.1:0");
        var (error, code) = await EndAsync(process);
        Assert.Equal(1, code);
        Assert.Contains("appsettings.json", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task A_second_start_on_one_file_is_one_line()
    {
        await using var first = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = _folder.FullName });
        using var process = Start("--urls=http://127.0.0.1:0");
        var (error, code) = await EndAsync(process);
        Assert.Equal(1, code);
        Assert.StartsWith($"Another instance is using {first.DatabaseFile} ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task A_value_follows_its_key_with_a_space_or_an_equals_sign()
    {
        using var process = Start("--Webhooks:Workers", "3", "--urls", "http://127.0.0.1:0", "--Webhooks:Timeout", "banana");
        Assert.StartsWith("Webhooks:Timeout takes a duration", (await EndAsync(process)).Error, StringComparison.Ordinal);
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
        var (_, error, code) = await AllAsync(process);
        return (error, code);
    }

    private static async Task<(string Output, string Error, int Code)> AllAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = await process.StandardError.ReadToEndAsync(Stop);
        var printed = await output;
        await process.WaitForExitAsync(Stop);
        return (printed, error.TrimEnd('\r', '\n'), process.ExitCode);
    }
}

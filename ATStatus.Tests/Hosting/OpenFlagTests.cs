using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary><c>--open</c>: the console starts as always, and the desktop is asked for a browser.</summary>
public sealed class OpenFlagTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atstatus-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Opened => Path.Combine(_folder.FullName, "opened");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_fresh_install_opens_its_set_up_page_and_one_with_an_account_the_console()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "xdg-open is Linux's.");
        var path = Opener($"printf %s \"$1\" > '{Opened}.part' && mv '{Opened}.part' '{Opened}'");
        using (var console = await ConsoleProcess.StartAsync(_folder.FullName, path, "--open"))
        {
            var address = await OpenedAsync();
            Assert.StartsWith($"{console.Address}setup?token=", address, StringComparison.Ordinal);
            // Another token than the printed one: other accounts of the machine can read a browser's arguments.
            await Eventually.TrueAsync(() => console.LastLines.Contains("setup?token=", StringComparison.Ordinal));
            Assert.DoesNotContain(new Uri(address).Query, console.LastLines, StringComparison.Ordinal);
            using var browser = new HttpClient();
            Assert.Contains("Create account", await browser.GetStringAsync(address, Stop), StringComparison.Ordinal);
        }
        File.Delete(Opened);
        using (var console = await ConsoleProcess.StartAsync(
            _folder.FullName, path, "--Admin:Email=a@example.com", "--Admin:Password=a long enough password", "--open"))
        {
            Assert.Equal(console.Address.AbsoluteUri, await OpenedAsync());
        }
    }

    [Theory]
    [InlineData(null, "xdg-open was not found")]
    [InlineData("echo no method available >&2; exit 3", "xdg-open ended with code 3")]
    public async Task What_does_not_open_is_one_line_and_the_console_runs(string? script, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "xdg-open is Linux's.");
        using var console = await ConsoleProcess.StartAsync(
            _folder.FullName, Opener(script), "--Admin:Email=a@example.com", "--Admin:Password=a long enough password", "--open");
        await Eventually.TrueAsync(() => console.LastLines.Contains("Warning: ", StringComparison.Ordinal));
        Assert.Equal(
            $"Warning: no browser was opened ({why}). The console is at {console.Address}",
            Assert.Single(console.LastLines.Split(Environment.NewLine), line => line.StartsWith("Warning: ", StringComparison.Ordinal)));
        Assert.DoesNotContain("no method available", console.LastLines, StringComparison.Ordinal);
        using var browser = new HttpClient();
        Assert.Equal("Healthy", await browser.GetStringAsync(new Uri(console.Address, "healthz/live"), Stop));
    }

    [Theory]
    [InlineData("Usage: --open", "--open=yes")]
    [InlineData("--version and --open cannot be combined.", "--version", "--open")]
    [InlineData("--version and --open cannot be combined.", "--open", "--version")]
    public async Task It_takes_no_value_and_starts_the_console(string line, params string[] args) =>
        Assert.Equal(new ProgramRun(2, "", line), await ProgramRun.OfAsync([$"--contentRoot={_folder.FullName}", .. args]));

    [Fact]
    public async Task Help_names_it() =>
        Assert.Matches(new Regex("^  --open +opens the console", RegexOptions.Multiline), (await ProgramRun.OfAsync("--help")).Output);

    /// <summary>A <c>PATH</c> on which the desktop's opener is this script, or none.</summary>
    private Dictionary<string, string?> Opener(string? script)
    {
        var bin = _folder.CreateSubdirectory("bin");
        if (script is not null)
        {
            var file = Path.Combine(bin.FullName, "xdg-open");
            File.WriteAllText(file, $"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return new() { ["PATH"] = bin.FullName };
    }

    private async Task<string> OpenedAsync()
    {
        await Eventually.TrueAsync(() => File.Exists(Opened));
        return await File.ReadAllTextAsync(Opened, Stop);
    }
}

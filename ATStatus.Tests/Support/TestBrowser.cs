using ATStatus.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(TestBrowser))]

namespace ATStatus.Tests.Support;

/// <summary>
/// The machine's own Chromium, started when the first test asks and shared by all; each test gets a context of its own (cookies,
/// storage). Nothing is downloaded.
/// </summary>
public sealed class TestBrowser : IAsyncDisposable
{
    /// <summary>How long to wait for what must come, in milliseconds: a limit for machines that do much else meanwhile.</summary>
    public const float Patience = 20_000;

    private static readonly string[] Commands = ["chromium", "chromium-browser", "google-chrome"];

    // No GPU and no sandbox: machines that build have neither. The rest keeps the browser itself off the network.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>The full path of the browser, or null where PATH has none.</summary>
    public static string? Executable { get; } = (
        from command in Commands
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        let file = Path.Combine(folder, OperatingSystem.IsWindows() ? command + ".exe" : command)
        where File.Exists(file)
        select file).FirstOrDefault();

    /// <summary>A new window without cookies, looking at an address. The caller has demanded <see cref="TestRequirement.Browser"/>.</summary>
    public async Task<BrowserWindow> OpenAsync(Uri address)
    {
        var (_, browser) = await _started.Value;
        return await BrowserWindow.OpenAsync(browser, address);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated)
            return;
        var (playwright, browser) = await _started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Arguments }));
    }
}

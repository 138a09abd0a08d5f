using ATStatus.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(TestBrowser))]

namespace ATStatus.Tests.Support;

/// <summary>
/// The machine's <see cref="Chromium"/>, started when the first test asks and shared by all; each test gets a context of its own (cookies,
/// storage).
/// </summary>
public sealed class TestBrowser : IAsyncDisposable
{
    /// <summary>How long to wait for what must come, in milliseconds: a limit for machines that do much else meanwhile.</summary>
    public const float Patience = 20_000;

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(StartAsync);

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
        return (playwright, await Chromium.LaunchAsync(playwright));
    }
}

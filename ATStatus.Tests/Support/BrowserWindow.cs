using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>
/// A browser window with its own cookies that keeps what went over its web sockets and writes down what must never happen: an error
/// on the console (a violated content security policy is one), a script's exception, a request to another host.
/// </summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ConcurrentQueue<string> _frames = new();

    private BrowserWindow(IBrowserContext context, Uri address) => (_context, _address) = (context, address);

    /// <summary>Its first tab.</summary>
    public IPage Page { get; private set; } = null!;

    /// <summary>What went wrong on any of its pages.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>What Blazor's circuits said and heard, each frame's bytes as UTF-8.</summary>
    public IReadOnlyCollection<string> Frames => _frames;

    /// <summary>Opens it with a tab at no page yet. Relative addresses lead to <paramref name="address"/>.</summary>
    public static async Task<BrowserWindow> OpenAsync(IBrowser browser, Uri address)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address.AbsoluteUri,
            ViewportSize = new() { Width = 1280, Height = 800 },
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(TestBrowser.Patience);
        var window = new BrowserWindow(context, address);
        window.Watch();
        await context.Tracing.StartAsync(new() { Snapshots = true });
        window.Page = await context.NewPageAsync();
        return window;
    }

    /// <summary>Another tab, with the same cookies.</summary>
    public Task<IPage> NewTabAsync() => _context.NewPageAsync();

    /// <summary>Forgets the frames so far.</summary>
    public void ForgetFrames() => _frames.Clear();

    /// <summary>Forgets problems a test has brought about, after it looked at them.</summary>
    public void ForgetProblems() => _problems.Clear();

    /// <summary>Closes it, and saves what a test's failure looked like.</summary>
    /// <param name="failures">The files' path without an extension; null when the test went well.</param>
    public async Task CloseAsync(string? failures)
    {
        if (failures is null)
        {
            await _context.Tracing.StopAsync();
        }
        else
        {
            foreach (var (tab, number) in _context.Pages.Select((tab, index) => (tab, index + 1)))
                await tab.ScreenshotAsync(new() { Path = $"{failures}-{number}.png", FullPage = true });
            await _context.Tracing.StopAsync(new() { Path = $"{failures}.trace.zip" });
        }
        await _context.CloseAsync();
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Watch()
    {
        _context.Console += (_, message) =>
        {
            if (message.Type == "error")
                _problems.Enqueue($"Console: {message.Text} ({message.Location})");
        };
        _context.WebError += (_, error) => _problems.Enqueue($"Script: {error.Error}");
        _context.Request += (_, request) =>
        {
            var url = new Uri(request.Url);
            if (url.Scheme is "http" or "https" && url.Authority != _address.Authority)
                _problems.Enqueue($"Request to another host: {request.Url}");
        };
        _context.Page += (_, page) => page.WebSocket += (_, socket) =>
        {
            if (new Uri(socket.Url).Authority != _address.Authority)
                _problems.Enqueue($"Web socket to another host: {socket.Url}");
            socket.FrameReceived += (_, frame) => _frames.Enqueue(TextOf(frame));
            socket.FrameSent += (_, frame) => _frames.Enqueue(TextOf(frame));
        };
    }

    private static string TextOf(IWebSocketFrame frame) => frame.Text ?? Encoding.UTF8.GetString(frame.Binary ?? []);
}

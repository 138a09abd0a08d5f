using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// What the browser tells about the reader of the log: whether its top is in view, and that an end of the window is near. In the
/// browser (js/log.js) the line that is read stays where it is whatever comes before it, and the address says which line that is.
/// </summary>
internal sealed class LogScroll : IAsyncDisposable
{
    private readonly IJSRuntime _browser;
    private readonly ElementReference _window;
    private readonly Func<bool, Task<bool>> _nearEnd;
    private readonly Func<Task> _atTop;
    private readonly DotNetObjectReference<LogScroll> _self;
    private IJSObjectReference? _watch;
    private bool _isDisposed;

    /// <param name="browser">The browser.</param>
    /// <param name="window">The element with the rows, and one at each end.</param>
    /// <param name="nearEnd">Reads on at the older end, or at the newer one; answers whether there was more.</param>
    /// <param name="atTop">The top has come into view again.</param>
    public LogScroll(IJSRuntime browser, ElementReference window, Func<bool, Task<bool>> nearEnd, Func<Task> atTop)
    {
        (_browser, _window, _nearEnd, _atTop) = (browser, window, nearEnd, atTop);
        _self = DotNetObjectReference.Create(this);
    }

    /// <summary>The window's top is in view.</summary>
    public bool IsAtTop { get; private set; } = true;

    /// <summary>Begins to watch.</summary>
    public async Task StartAsync()
    {
        try
        {
            _watch = await _browser.InvokeAsync<IJSObjectReference?>("atstatus.watchLog", _window, _self);
            // The page was left before the browser had answered.
            if (_isDisposed)
                await StopAsync();
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone, or about to.
        }
    }

    /// <summary>Scrolls to the top.</summary>
    public async Task ToTopAsync()
    {
        try
        {
            if (_watch is not null)
                await _watch.InvokeVoidAsync("toTop");
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone, or about to.
        }
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task<bool> NearEnd(bool isOlder) => _nearEnd(isOlder);

    /// <summary>Called by the browser. Answers that it has arrived.</summary>
    [JSInvokable]
    public async Task<bool> AtTop(bool isAtTop)
    {
        IsAtTop = isAtTop;
        if (isAtTop)
            await _atTop();
        return true;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        try
        {
            await StopAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and its watch with it.
        }
        _self.Dispose();
    }

    private async Task StopAsync()
    {
        if (_watch is null)
            return;
        await _watch.InvokeVoidAsync("stop");
        await _watch.DisposeAsync();
    }
}

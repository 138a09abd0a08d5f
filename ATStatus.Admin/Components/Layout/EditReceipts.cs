using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Layout;

/// <summary>
/// Tells the browser which of its edits have arrived. The circuit handles events and calls in the order in which they were sent, so that
/// the answer to a call proves the events before it; js/edits.js makes the calls.
/// </summary>
public sealed class EditReceipts : ComponentBase, IDisposable
{
    private DotNetObjectReference<EditReceipts>? _self;
    private long _last;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Answers a call.</summary>
    /// <param name="number">The call's number; later calls have higher ones.</param>
    [JSInvokable]
    public EditReceipt Received(long number) => new(_last = Math.Max(_last, number));

    /// <summary>Returns the highest number that has arrived: asked for after the connection was lost.</summary>
    [JSInvokable]
    public EditReceipt LastReceived() => new(_last);

    /// <inheritdoc />
    public void Dispose() => _self?.Dispose();

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        try
        {
            await Browser.InvokeVoidAsync("atstatus.connectEdits", _self);
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }
}

/// <summary>What the browser is answered; it knows the receipt by the property's name.</summary>
/// <param name="AtstatusReceived">The number of the last call that has arrived.</param>
public sealed record EditReceipt(long AtstatusReceived);

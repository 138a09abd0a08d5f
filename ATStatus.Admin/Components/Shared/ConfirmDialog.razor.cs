using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Shared;

/// <summary>Where <see cref="Shared.ConfirmService"/> asks. The layout has it; pages inject the service.</summary>
public sealed partial class ConfirmDialog : IDisposable
{
    private ElementReference _dialog;
    private ConfirmQuestion? _question;
    private bool _open;
    private bool _answer;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => Confirm.Asked += Show;

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_question is null || _open)
            return;
        _open = true;
        await Browser.InvokeVoidAsync("atstatus.openDialog", _dialog);
    }

    private void Show(ConfirmQuestion question) => _ = InvokeAsync(() =>
    {
        // A second question while one is open answers the first with no.
        _question?.Answer.TrySetResult(false);
        _question = question;
        StateHasChanged();
    });

    private async Task AnswerAsync(bool yes)
    {
        _answer = yes;
        await Browser.InvokeVoidAsync("atstatus.closeDialog", _dialog);
    }

    // Every way out ends here, Escape included, after the browser has given the focus back: then the page goes on.
    private void Closed()
    {
        var question = _question;
        _question = null;
        _open = false;
        question?.Answer.TrySetResult(_answer);
        _answer = false;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Confirm.Asked -= Show;
        _question?.Answer.TrySetResult(false);
    }
}

using ATStatus.Admin.Components.Shared.Fields;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// A form in a dialog of its own. The form is there only while the dialog is open. Closed with something typed, by Escape or Cancel, it asks
/// before that is discarded; after a save the page calls <see cref="CloseAsync"/>.
/// </summary>
public sealed partial class FormDialog
{
    private readonly string _titleId = FieldIds.Next();
    private ElementReference _dialog;
    private bool _show;

    /// <summary>The heading; the dialog's name.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Whether there is something to lose.</summary>
    [Parameter]
    public bool Dirty { get; set; }

    /// <summary>It was closed, and what was typed is discarded.</summary>
    [Parameter]
    public EventCallback OnDiscarded { get; set; }

    /// <summary>The form.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>The form is there.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Shows the dialog, with the focus in its first field.</summary>
    public Task OpenAsync() => InvokeAsync(() =>
    {
        (IsOpen, _show) = (true, true);
        StateHasChanged();
    });

    /// <summary>Closes it as Escape does.</summary>
    public Task CancelAsync() => Browser.InvokeVoidAsync("atstatus.closeDialog", _dialog).AsTask();

    /// <summary>Closes it without a question: what was typed is saved.</summary>
    public async Task CloseAsync()
    {
        IsOpen = false;
        await Browser.InvokeVoidAsync("atstatus.closeDialog", _dialog);
        StateHasChanged();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_show)
            return;
        _show = false;
        await Browser.InvokeVoidAsync("atstatus.openDialog", _dialog);
    }

    // Every way out ends here. A browser closes on a second Escape whatever a page says, so the question comes afterwards.
    private async Task ClosedAsync()
    {
        if (!IsOpen)
            return;
        if (Dirty && !await Confirm.AskAsync("Close without saving?", "What you have typed here has not been saved.", "Discard", danger: true, dismissLabel: "Keep editing"))
        {
            _show = true;
            return;
        }
        IsOpen = false;
        await OnDiscarded.InvokeAsync();
    }
}

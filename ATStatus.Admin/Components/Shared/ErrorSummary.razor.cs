using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// What a failed save found, on top of the form. A new set of errors takes the focus; each message leads to its field
/// when the field's <c>Id</c> is the error's key.
/// </summary>
public sealed partial class ErrorSummary
{
    private IReadOnlyDictionary<string, string>? _last;
    private IReadOnlyDictionary<string, string> _shown = new Dictionary<string, string>();
    private ElementReference _box;
    private bool _focus;

    /// <summary>Field to message. Assign a new dictionary for each save: a new one is what takes the focus.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, string>? Errors { get; set; }

    [Parameter]
    public string Title { get; set; } = "Please fix the following:";

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Errors, _last))
            return;
        _last = Errors;
        _shown = Errors ?? new Dictionary<string, string>();
        _focus = _shown.Count > 0;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focus)
            return;
        _focus = false;
        await _box.FocusAsync();
    }

    private async Task Focus(string field) => await Browser.InvokeVoidAsync("atstatus.focus", field);
}

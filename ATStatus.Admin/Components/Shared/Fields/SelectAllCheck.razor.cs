using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>A checkbox that stands for several: checked for all, empty for none, in between for some.</summary>
public sealed partial class SelectAllCheck
{
    private ElementReference _input;
    private bool _shownAsSome;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Keeps the label for screen readers only: in table heads.</summary>
    [Parameter]
    public bool HideLabel { get; set; }

    /// <summary>How many there are.</summary>
    [Parameter, EditorRequired]
    public int Total { get; set; }

    /// <summary>How many of them are chosen.</summary>
    [Parameter, EditorRequired]
    public int Chosen { get; set; }

    /// <summary>Choose all, or none.</summary>
    [Parameter]
    public EventCallback<bool> Toggled { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private bool IsAll => Chosen == Total && Total > 0;

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // A property that no attribute stands for. Clicking clears it in the browser, and then this render follows.
        var some = Chosen > 0 && !IsAll;
        if (some == _shownAsSome)
            return;
        _shownAsSome = some;
        await Browser.InvokeVoidAsync("atstatus.setIndeterminate", _input, some);
    }
}

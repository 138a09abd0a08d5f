using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared;

/// <summary>A state as icon, word and colour. For the states of the contract see <see cref="StatusChip"/>.</summary>
public sealed partial class Pill
{
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    public Tone Tone { get; set; }

    /// <summary>A MudBlazor icon; give one wherever the colour means something.</summary>
    [Parameter]
    public string? Icon { get; set; }

    /// <summary>A hint shown on hover, for example why something was skipped.</summary>
    [Parameter]
    public string? Title { get; set; }
}

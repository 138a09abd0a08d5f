using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace ATStatus.Admin.Components.Shared;

/// <summary>How loud a button is. One primary a view.</summary>
public enum ButtonKind
{
    Secondary,
    Primary,
    Danger,
    Quiet,
    QuietDanger,
}

/// <summary>
/// A button, or with <see cref="Href"/> a link that looks like one. While <see cref="Busy"/> it keeps the focus but does
/// nothing (a disabled button would lose the focus).
/// </summary>
public sealed partial class ActionButton
{
    /// <summary>What it does, as a verb: the accessible name.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    public ButtonKind Kind { get; set; }

    /// <summary>A MudBlazor icon before the text.</summary>
    [Parameter]
    public string? Icon { get; set; }

    /// <summary>Shows only the icon; the text becomes name and tooltip. In lists add what it acts on: "Edit Main channel".</summary>
    [Parameter]
    public bool IconOnly { get; set; }

    /// <summary>The right to use it. Who does not have it does not see it.</summary>
    [Parameter]
    public Right? Needs { get; set; }

    // Rendered again when what somebody may do has changed.
    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private CurrentUser User { get; set; } = default!;

    [Parameter]
    public bool Small { get; set; }

    /// <summary>Submits the form around it. Otherwise <see cref="OnClick"/> says what happens.</summary>
    [Parameter]
    public bool Submit { get; set; }

    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Under way: a spinner in place of the icon, clicks do nothing.</summary>
    [Parameter]
    public bool Busy { get; set; }

    /// <summary>Where it leads, relative to the base path ("admin/incidents/new").</summary>
    [Parameter]
    public string? Href { get; set; }

    /// <summary>A hint, shown when the pointer or the focus is on it; its accessible description.</summary>
    [Parameter]
    public string? Title { get; set; }

    [Parameter]
    public EventCallback OnClick { get; set; }

    [Parameter(CaptureUnmatchedValues = true)]
    public Dictionary<string, object>? Attributes { get; set; }

    private string? Tip => Title ?? (IconOnly ? Text : null);

    private string? BusyText => Busy ? "true" : null;

    private Size Height => Small ? Size.Small : Size.Medium;

    // While a save is under way Enter must not submit once more.
    private ButtonType Type => Submit && !Busy ? ButtonType.Submit : ButtonType.Button;

    private (Variant Variant, Color Color) Look => Kind switch
    {
        ButtonKind.Primary => (Variant.Filled, Color.Primary),
        ButtonKind.Danger => (Variant.Filled, Color.Error),
        ButtonKind.Quiet => (Variant.Text, Color.Default),
        ButtonKind.QuietDanger => (Variant.Text, Color.Error),
        _ => (Variant.Outlined, Color.Default),
    };

    private Task Clicked() => Busy ? Task.CompletedTask : OnClick.InvokeAsync();
}

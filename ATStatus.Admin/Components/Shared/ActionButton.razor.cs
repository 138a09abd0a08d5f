using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

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

    /// <summary>A hint shown on hover.</summary>
    [Parameter]
    public string? Title { get; set; }

    [Parameter]
    public EventCallback OnClick { get; set; }

    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    private string? AccessibleName => IconOnly ? Text : null;

    private string? Tip => Title ?? AccessibleName;

    private string Css => string.Join(' ', new[]
    {
        "btn",
        Kind switch
        {
            ButtonKind.Primary => "btn-primary",
            ButtonKind.Danger => "btn-danger",
            ButtonKind.Quiet => "btn-quiet",
            ButtonKind.QuietDanger => "btn-quiet-danger",
            _ => null,
        },
        Small ? "btn-small" : null,
        IconOnly ? "btn-only-icon" : null,
    }.OfType<string>());

    private Task Clicked() => Busy ? Task.CompletedTask : OnClick.InvokeAsync();
}

using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared;

/// <summary>The head of a page: its only h1, which also names the browser's tab. Stands first on every page.</summary>
public sealed partial class PageHeader
{
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Which part of what the title names; for the browser's tab alone.</summary>
    [Parameter]
    public string? Section { get; set; }

    /// <summary>One sentence on what the page is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>The list this page belongs to, relative to the base path.</summary>
    [Parameter]
    public string? BackHref { get; set; }

    [Parameter]
    public string BackText { get; set; } = "Back";

    /// <summary>Stands beside the title: a state.</summary>
    [Parameter]
    public RenderFragment? Badge { get; set; }

    /// <summary>The page's primary action, and few others before it.</summary>
    [Parameter]
    public RenderFragment? Actions { get; set; }
}

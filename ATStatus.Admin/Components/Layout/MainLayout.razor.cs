using ATStatus.Admin.Components.Browser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace ATStatus.Admin.Components.Layout;

/// <summary>The frame of every interactive page: bar, navigation, content, and what may float above them.</summary>
public sealed partial class MainLayout
{
    private ElementReference _content;
    private MudIconButton? _menuButton;
    private ErrorBoundary? _boundary;
    // Where there is no room for it MudDrawer closes it before it is painted.
    private bool _navOpen = true;
    private bool _ready;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private IBrowserViewportService Viewport { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    // A bare "#content" would lead to <base href>, not to this page.
    private string SkipHref => Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0] + "#content";

    /// <inheritdoc />
    protected override void OnParametersSet() => _boundary?.Recover();

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        // Pages show times from their first frame on, so the viewer's zone comes first; the skeleton stays meanwhile.
        await Clock.StartAsync();
        _ready = true;
        StateHasChanged();
    }

    // The router follows a fragment by scrolling only; whoever skips wants the focus there.
    private async Task FocusContent() => await _content.FocusAsync();

    private void ToggleNav() => _navOpen = !_navOpen;

    private async Task OnKeyDown(KeyboardEventArgs key)
    {
        if (key.Key != "Escape" || !_navOpen || _menuButton is null || await Viewport.GetCurrentBreakpointAsync() >= Breakpoint.Md)
            return;
        _navOpen = false;
        await _menuButton.FocusAsync();
    }

    private void Recover() => _boundary?.Recover();
}

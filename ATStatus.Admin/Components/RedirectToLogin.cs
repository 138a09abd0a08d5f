using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components;

/// <summary>
/// Sends a stranger to <c>login?returnUrl=…</c> with a full page load. The return URL is relative to the base path
/// and begins with a slash, so that the sign-in page can refuse anything that leads elsewhere.
/// </summary>
public sealed class RedirectToLogin : ComponentBase
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        var here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
        Navigation.NavigateTo($"login?returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
    }
}

using ATStatus.Admin.Hosting.Access;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components;

/// <summary>
/// Sends a stranger to <c>login?returnUrl=…</c> with a full page load, or where who leaves on purpose said. The return URL is relative to the
/// base path and begins with a slash, so that the sign-in page can refuse anything that leads elsewhere.
/// </summary>
public sealed class RedirectToLogin : ComponentBase
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private CurrentUser User { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        // What this page takes the place of goes first, and with it the question whether to leave what was typed.
        await Task.Yield();
        var here = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
        Navigation.NavigateTo(User.LeavesTo ?? $"login?returnUrl={Uri.EscapeDataString(here)}", forceLoad: true);
    }
}

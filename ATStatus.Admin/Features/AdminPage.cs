using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace ATStatus.Admin.Features;

/// <summary>A page: what is there loads by its address, live where it asks to, and has forms.</summary>
public abstract class AdminPage : LiveComponent
{
    // Rendered again when what somebody may do has changed.
    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>
    /// Goes to where what was saved is shown. The form leaves the history: the browser's Back leads to where the person was before it, not
    /// to an empty form.
    /// </summary>
    protected void LeaveSaved(string target) => Navigation.NavigateTo(target, replace: true);
}

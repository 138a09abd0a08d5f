using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Asks before a page with unsaved changes is left: links of the console by <see cref="Shared.Confirm"/>, closing or reloading
/// by the browser itself. After a save set <see cref="Dirty"/> to false before navigating away, or call <see cref="Release"/>.
/// </summary>
public sealed partial class UnsavedChangesGuard
{
    private bool _released;

    [Parameter, EditorRequired]
    public bool Dirty { get; set; }

    [Parameter]
    public string Text { get; set; } = "What you have typed here has not been saved.";

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    /// <summary>Lets the next navigations pass: for a save handler that navigates before it renders.</summary>
    public void Release() => _released = true;

    private async Task AskAsync(LocationChangingContext context)
    {
        if (!Dirty || _released)
            return;
        if (!await Confirm.AskAsync("Leave without saving?", Text, "Leave", danger: true))
            context.PreventNavigation();
    }
}

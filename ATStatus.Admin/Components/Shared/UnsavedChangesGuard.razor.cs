using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Asks before a page with unsaved changes is left: links of the console by <see cref="Shared.ConfirmService"/>, closing or reloading
/// by the browser itself. After a save set <see cref="Dirty"/> to false before navigating away, or call <see cref="Release"/>.
/// </summary>
public sealed partial class UnsavedChangesGuard : IDisposable
{
    private IDisposable? _registration;
    private bool _released;

    [Parameter, EditorRequired]
    public bool Dirty { get; set; }

    [Parameter]
    public string Title { get; set; } = "Leave without saving?";

    [Parameter]
    public string Text { get; set; } = "What you have typed here has not been saved.";

    /// <summary>A query parameter that says how the page looks; when only it changes, the form stays where it is.</summary>
    [Parameter]
    public string? ViewParameter { get; set; }

    /// <summary>Whether only another page is a loss: whatever the query says of this one, it keeps what was entered.</summary>
    [Parameter]
    public bool PageOnly { get; set; }

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <summary>Lets the next navigations pass: for a save handler that navigates before it renders.</summary>
    public void Release() => _released = true;

    /// <inheritdoc />
    public void Dispose() => _registration?.Dispose();

    /// <inheritdoc />
    protected override void OnInitialized() => _registration = Navigation.RegisterLocationChangingHandler(AskAsync);

    private async ValueTask AskAsync(LocationChangingContext context)
    {
        if (!Dirty || _released || OnlyTheViewChanges(context.TargetLocation) || (PageOnly && PathOf(context.TargetLocation) == PathOf(Navigation.Uri)))
            return;
        if (!await Confirm.AskAsync(Title, Text, "Leave", danger: true, dismissLabel: "Stay"))
            context.PreventNavigation();
    }

    private bool OnlyTheViewChanges(string target) =>
        ViewParameter is { } name && Without(name, Navigation.Uri) == Without(name, Navigation.ToAbsoluteUri(target).AbsoluteUri);

    private string PathOf(string uri) => Navigation.ToAbsoluteUri(uri).AbsolutePath;

    private string Without(string parameter, string uri) =>
        Navigation.GetUriWithQueryParameters(uri, new Dictionary<string, object?> { [parameter] = null });
}

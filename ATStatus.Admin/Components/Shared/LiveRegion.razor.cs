using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace ATStatus.Admin.Components.Shared;

/// <summary>Where <see cref="Shared.Announcer"/> speaks. The layout has it; pages inject the announcer.</summary>
public sealed partial class LiveRegion : IDisposable
{
    private string _text = "";
    private bool _turn;
    private string? _path;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        Announcer.Said += Show;
        Navigation.LocationChanged += Forget;
    }

    // What was said of a page does not stand on the next one; another view of the same page is what is being told.
    private void Forget(object? sender, LocationChangedEventArgs e)
    {
        var path = new Uri(e.Location).AbsolutePath;
        if (path == _path)
            return;
        _path = path;
        Show("");
    }

    private void Show(string text) => _ = InvokeAsync(() =>
    {
        _turn = !_turn;
        _text = text;
        StateHasChanged();
    });

    /// <inheritdoc />
    public void Dispose()
    {
        Announcer.Said -= Show;
        Navigation.LocationChanged -= Forget;
    }
}

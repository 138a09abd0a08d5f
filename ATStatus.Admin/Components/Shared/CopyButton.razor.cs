using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Components.Shared;

/// <summary>Copies a text to the clipboard; says so by its icon and to screen readers.</summary>
public sealed partial class CopyButton : IDisposable
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromSeconds(2);
    private bool _copied;
    private ITimer? _timer;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The accessible name; say what is copied where there are several.</summary>
    [Parameter]
    public string Label { get; set; } = "Copy";

    /// <summary>Shows the name beside the icon.</summary>
    [Parameter]
    public bool Labelled { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private async Task Copy()
    {
        _copied = await Browser.InvokeAsync<bool>("atstatus.copy", Text);
        Announcer.Say(_copied ? "Copied" : "Copying is blocked by the browser");
        _timer?.Dispose();
        _timer = Time.CreateTimer(_ => InvokeAsync(Reset), null, ShownFor, Timeout.InfiniteTimeSpan);
    }

    private void Reset()
    {
        _copied = false;
        StateHasChanged();
    }

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();
}

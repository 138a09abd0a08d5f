using ATStatus.Admin.Features;
using ATStatus.Core.Incidents;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace ATStatus.Admin.Components.Layout;

/// <summary>Hands the number of open incidents to what it surrounds, live. Zero while it is not known.</summary>
public sealed class OpenIncidentCount : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private LiveRefresh? _watch;
    private int _count;

    [Parameter, EditorRequired]
    public RenderFragment<int> ChildContent { get; set; } = default!;

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    [Inject]
    private ChangeFeed Changes { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<OpenIncidentCount> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync()
    {
        _watch = new LiveRefresh([Changes], Time, LiveRefresh.Slow, LiveRefresh.Gather, () => InvokeAsync(RefreshAsync));
        return LoadAsync();
    }

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, ChildContent(_count));

    private async Task RefreshAsync()
    {
        var before = _count;
        await LoadAsync();
        if (_count != before)
            StateHasChanged();
    }

    private async Task LoadAsync()
    {
        try
        {
            _count = await Queries.CountOpenAsync(_gone.Token);
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            // The navigation works without; it is asked again in a moment.
            Logger.LogPageFault(e, "count the open incidents");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}

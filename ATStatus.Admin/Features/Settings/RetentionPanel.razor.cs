using ATStatus.Core.Deliveries;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Settings;

/// <summary>What retention has removed, drawn by day. It reads for itself: the settings are shown although the database does not answer.</summary>
public sealed partial class RetentionPanel : IDisposable
{
    private const int Days = 30;
    private readonly CancellationTokenSource _gone = new();
    private PrunedSummary? _summary;
    private string? _problem;
    private bool _loading;

    [Inject]
    private RetentionQueries Queries { get; set; } = default!;

    [Inject]
    private ILogger<RetentionPanel> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _loading = true;
        try
        {
            _summary = await Queries.PrunedAsync(Days, _gone.Token);
            _problem = null;
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // Nobody is there any more; providers call a cancelled command by different names.
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load what retention removed");
            _problem = PageFaults.Words;
        }
        finally
        {
            _loading = false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}

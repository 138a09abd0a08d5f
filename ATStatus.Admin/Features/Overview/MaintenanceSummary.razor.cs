using ATStatus.Admin.Components.Browser;
using ATStatus.Core.Maintenance;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Overview;

/// <summary>What runs and what comes next. It follows the maintenance clock by the circuit's own tick.</summary>
public sealed partial class MaintenanceSummary
{
    private const int Shown = 5;
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<MaintenanceRow>? _windows;
    private bool _loading;
    private bool _failed;

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private ILogger<MaintenanceSummary> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync()
    {
        Clock.Ticked += Follow;
        return LoadAsync();
    }

    private void Follow() => _ = InvokeAsync(async () =>
    {
        if (_loading || _gone.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    });

    private async Task LoadAsync()
    {
        _loading = true;
        try
        {
            _windows = await Queries.ListAsync(MaintenanceSpan.CurrentAndUpcoming, Shown, _gone.Token);
            _failed = false;
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            // Logged once, not at every tick; what was shown before stays.
            if (!_failed)
                Logger.LogPageFault(e, "load the maintenance of the overview");
            _failed = true;
        }
        finally
        {
            _loading = false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Clock.Ticked -= Follow;
        _gone.Cancel();
        _gone.Dispose();
    }
}

using ATStatus.Admin.Components.Browser;
using ATStatus.Core.Maintenance;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Overview;

/// <summary>What runs and what comes next. It follows the maintenance clock by the circuit's own tick.</summary>
public sealed partial class MaintenanceSummary
{
    private const int Shown = 5;
    private IReadOnlyList<MaintenanceRow>? _windows;

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Refresh;

    /// <inheritdoc />
    protected override async Task LoadAsync() => _windows = await Queries.ListAsync(MaintenanceSpan.CurrentAndUpcoming, Shown, Gone);

    private void Refresh() => _ = InvokeAsync(RefreshAsync);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Clock.Ticked -= Refresh;
        base.Dispose(disposing);
    }
}

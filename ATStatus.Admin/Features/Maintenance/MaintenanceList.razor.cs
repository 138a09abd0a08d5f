using ATStatus.Admin.Components.Browser;
using ATStatus.Core.Maintenance;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Maintenance now and ahead, or past. It follows the clock that starts and completes windows.</summary>
public sealed partial class MaintenanceList
{
    private const int Limit = 200;
    private IReadOnlyList<MaintenanceRow> _windows = [];

    /// <summary>"past" for what is over; anything else for what is not.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => IsPast;

    private bool IsPast => string.Equals(Show, "past", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    protected override void OnInitialized() => Clock.Ticked += Follow;

    /// <inheritdoc />
    protected override async Task LoadAsync() =>
        _windows = await Queries.ListAsync(IsPast ? MaintenanceSpan.Past : MaintenanceSpan.CurrentAndUpcoming, Limit, Gone);

    private void Follow() => _ = InvokeAsync(async () =>
    {
        if (Loading || Gone.IsCancellationRequested)
            return;
        await ReloadAsync();
        StateHasChanged();
    });

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Clock.Ticked -= Follow;
        base.Dispose(disposing);
    }
}

using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Overview;

/// <summary>How everything stands, at a glance and live; for a newcomer, what to do first.</summary>
public sealed partial class OverviewPage
{
    private const int Shown = 5;
    private const int ShownPages = 8;
    private const int ShownTroubled = 8;
    private IReadOnlyList<StatusPageRow> _pages = [];
    private ILookup<int, ComponentRow> _affected = Array.Empty<ComponentRow>().ToLookup(row => row.StatusPageId);
    private OpenIncidents _open = new([], 0);
    private IReadOnlyList<SilentIncident> _silent = [];
    private IReadOnlyList<NotificationRow> _notifications = [];
    private IReadOnlyList<NotificationRow> _troubled = [];
    private IReadOnlyDictionary<DeliveryState, DeliveryCount> _counts = new Dictionary<DeliveryState, DeliveryCount>();
    private FirstSteps? _steps;
    private readonly StatusDrafts _drafts = new();
    private bool _showSteps;
    private bool _loadingSample;
    private bool _doNotNotify;
    private ElementReference _standing;
    private bool _focusStanding;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private IncidentQueries Incidents { get; set; } = default!;

    [Inject]
    private IncidentOptions IncidentOptions { get; set; } = default!;

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private DeliveryQueries Deliveries { get; set; } = default!;

    [Inject]
    private Permitted<SampleData> Sample { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges(Feed);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var pages = await StatusPages.PagesAsync(cancellationToken: Gone);
        var affected = await StatusPages.AffectedAsync(Gone);
        var chosen = await ChosenAsync(affected);
        var open = await Incidents.OpenAsync(Shown, Gone);
        var incidents = await Incidents.ListAsync(limit: 1, cancellationToken: Gone);
        var silent = await Incidents.SilentAsync(IncidentOptions.RemindAfter, Time.GetUtcNow().UtcDateTime, Gone);
        var notifications = await Notifications.ListAsync(Gone);
        var counts = await Deliveries.CountByStateAsync(TimeSpan.FromHours(24), Gone);
        var delivered = await Deliveries.AnyDeliveredAsync(Gone);
        // All at once, so that nobody sees half a refresh.
        (_notifications, _counts, _silent, _open) = (notifications, counts, silent, open);
        _affected = affected.Concat(chosen).ToLookup(row => row.StatusPageId);
        _pages = [.. pages.OrderByDescending(page => ComponentStatusResolver.Badness(page.Worst))];
        _troubled = [.. notifications.Where(n => !n.Enabled || n.Last?.Failure is not null || n.ReceivesNothing is not null)];
        _steps = new FirstSteps(
            pages.Count > 0, notifications.Count > 0, delivered, incidents.Count > 0, incidents.Count > 0 ? incidents[0].StartedAt : null);
        _showSteps = _steps.IsShown(Time.GetUtcNow().UtcDateTime);
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusStanding)
            return;
        _focusStanding = false;
        await _standing.FocusAsync(preventScroll: true);
    }

    // What somebody has chosen a status for stays to be published or discarded, also where it is operational by now.
    private async Task<List<ComponentRow>> ChosenAsync(IReadOnlyList<ComponentRow> affected)
    {
        var rows = new List<ComponentRow>();
        foreach (var id in _drafts.Components.Where(id => affected.All(row => row.Id != id)))
        {
            if (await StatusPages.ComponentAsync(id, Gone) is { } row)
                rows.Add(row);
        }
        return rows;
    }

    private async Task StatusSetAsync(int component)
    {
        await ReloadAsync();
        // What is operational again is not listed any more, and took the focus with it.
        _focusStanding = _affected.All(page => page.All(row => row.Id != component));
    }

    private async Task LoadSampleAsync()
    {
        if (_loadingSample)
            return;
        _loadingSample = true;
        try
        {
            await Sample.Demand().LoadAsync();
            await ReloadAsync();
            ShowSaved("Sample data loaded");
        }
        finally
        {
            _loadingSample = false;
        }
    }

    private static string? NotOperational(StatusPageRow page)
    {
        var count = page.Statuses.Count(status => status != ComponentStatus.Operational);
        return count == 0 ? null : $"{count} of {page.Statuses.Count} affected";
    }
}

using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>The log: a window of it by key, as the address says, live while it is open.</summary>
public sealed partial class DeliveryLogPage : IDisposable
{
    /// <summary>Rows of a page.</summary>
    internal const int PageSize = 50;

    private static readonly Choice<string>[] StateChoices =
        [.. StatusLooks.All(StatusKind.Delivery).Select(state => new Choice<string>(state.Key, state.Value.Text))];

    private IReadOnlyList<Choice<string>> _notifications = [];
    private DeliveryLogQuery? _asked;
    private DeliveryLogQuery _query = new();
    private DeliveryPage? _page;
    private DeliveryWatch? _watch;
    private ITimer? _second;
    private ElementReference _results;
    private DateTime _now;
    private string? _problem;
    private bool _focusResults;
    private bool _stale;

    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "notification")]
    public string? Notification { get; set; }

    [SupplyParameterFromQuery(Name = "since")]
    public string? Since { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [Inject]
    private DeliveryQueries Queries { get; set; } = default!;

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ILogger<DeliveryLogPage> Logger { get; set; } = default!;

    private bool IsNewest => _query.IsNewest;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _now = Clock.UtcNow;
        _watch = new DeliveryWatch(Feed, Time, DeliveryWatch.Usual, () => InvokeAsync(RefreshAsync));
        _second = Time.CreateTimer(_ => _ = InvokeAsync(Tick), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        _query = DeliveryLogQuery.Parse(State, Notification, Before, After, Since);
        if (_query == _asked)
            return;
        var isFirst = _asked is null;
        _asked = _query;
        await LoadAsync();
        if (!isFirst)
            Announcer.Say(_page is { Rows.Count: > 0 } page ? $"{page.Rows.Count} deliveries" : "No deliveries");
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusResults || _page is not { Rows.Count: > 0 })
            return;
        // The button that was pressed stood below the rows it replaced; reading goes on at their top.
        _focusResults = false;
        await _results.FocusAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            _notifications = [.. (await Notifications.ListAsync()).Select(row => new Choice<string>(row.Id.ToString(CultureInfo.InvariantCulture), row.Name))];
            await AskAsync();
            _problem = null;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load the deliveries");
            _problem = PageFaults.Words;
            return;
        }
        // Less than a page at the newest end: that is the newest page, which also grows.
        if (_query.After is not null && _page is { HasNewer: false })
            Go(_query with { After = null }, replace: true);
    }

    private async Task AskAsync()
    {
        var query = _query;
        var page = await Queries.PageAsync(query.FilterAt(Clock.UtcNow), query.Before, query.After, PageSize);
        if (query == _query)
            (_page, _now, _stale) = (page, Clock.UtcNow, false);
    }

    private async Task RefreshAsync()
    {
        if (_page is null || _problem is not null)
            return;
        try
        {
            await AskAsync();
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "refresh the deliveries");
            _stale = true;
        }
        StateHasChanged();
    }

    private void Tick()
    {
        _now = Clock.UtcNow;
        if (_page?.Rows.Any(row => row.DueAt is not null) == true)
            StateHasChanged();
    }

    private void ChooseState(string? name) => Go(_query with { State = DeliveryLogQuery.StateOf(name), Before = null, After = null });

    private void ChooseNotification(string? id) => Go(_query with
    {
        Notification = int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : null,
        Before = null,
        After = null,
    });

    private void ForgetSince() => Turn(_query with { Since = null, Before = null, After = null });

    private void ClearFilters() => Go(new DeliveryLogQuery());

    private void GoNewest() => Turn(_query with { Before = null, After = null });

    private void GoNewer() => Turn(_query with { Before = null, After = _page!.Rows[0].Id });

    private void GoOlder() => Turn(_query with { Before = _page!.Rows[^1].Id, After = null });

    private void Turn(DeliveryLogQuery query)
    {
        _focusResults = true;
        Go(query);
    }

    private void Go(DeliveryLogQuery query, bool replace = false) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query.ToParameters()), replace: replace);

    private string SinceWords(DeliverySince since) => since.Words(at => Clock.Absolute(at));

    private string SinceHint(DeliverySince since) =>
        since.At is { } at ? $"Older deliveries are not shown: since {Clock.Exact(at)}" : "Older deliveries are not shown";

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _second?.Dispose();
    }
}

using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// The log: a window of it by key, as the address says. At its newest end it follows what happens, unless it is paused, read further
/// down, or something in it is chosen: then it stands still and counts what is new.
/// </summary>
public sealed partial class DeliveryLogPage : IAsyncDisposable
{
    /// <summary>Rows of a page.</summary>
    internal const int PageSize = LogView.PageSize;

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromSeconds(10);

    private readonly Selection<long> _selection = new(BulkRedelivery.Limit);
    private IReadOnlyList<Choice<string>> _notifications = [];
    private AddressState<DeliveryLogQuery> _address = default!;
    private LogView _view = default!;
    private LogScroll? _scroll;
    private LiveRefresh? _watch;
    private ITimer? _second;
    private ElementReference _window;
    private ElementReference _results;
    private DateTime _now;
    private long _countedAt;
    private long _announcedAt;
    private string? _problem;
    private bool _loaded;
    private bool _turned;
    private bool _focusResults;
    private bool _paused;
    private bool _stale;

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
    private IJSRuntime Browser { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ILogger<DeliveryLogPage> Logger { get; set; } = default!;

    private bool IsFollowing => !_paused && _selection.Count == 0 && _scroll?.IsAtTop != false;

    private string NewText => _view.NewCount >= LogView.MaxNew ? $"{LogView.MaxNew - 1}+ new" : $"{_view.NewCount} new";

    private string? RecoveryHref =>
        _view.Counts is { } counts && counts[DeliveryState.Failed].Count + counts[DeliveryState.Skipped].Count > 0 ? _view.Query.RecoveryAddress(_now) : null;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        _now = Clock.UtcNow;
        _announcedAt = Time.GetTimestamp();
        _view = new LogView(Queries, Time);
        _address = new AddressState<DeliveryLogQuery>(Navigation, () => InvokeAsync(ShowAddressAsync));
        _watch = new LiveRefresh(Feed, Time, LiveRefresh.Usual, () => InvokeAsync(RefreshAsync));
        _second = Time.CreateTimer(_ => _ = InvokeAsync(Tick), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await LoadAsync();
    }

    private async Task ShowAddressAsync()
    {
        // At once, for the fields; the rows of before are shown until the others are there.
        StateHasChanged();
        await LoadAsync();
        StateHasChanged();
        Announcer.Say(_view.Rows.Count > 0 ? $"{_view.Rows.Count} deliveries" : "No deliveries");
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_loaded && _problem is null && _scroll is null)
        {
            _scroll = new LogScroll(Browser, _window, ReadOnAsync, RefreshAsync);
            await _scroll.StartAsync();
        }
        if (!_focusResults || _view.Rows.Count == 0)
            return;
        // The button that was pressed stood below the rows it replaced; reading goes on at their top.
        _focusResults = false;
        await (_scroll?.ToTopAsync() ?? Task.CompletedTask);
        await _results.FocusAsync(preventScroll: true);
    }

    private async Task LoadAsync()
    {
        try
        {
            _notifications = [.. NamedChoices.Notifications(await Notifications.NamesAsync())
                .Select(row => new Choice<string>(row.Key.ToString(CultureInfo.InvariantCulture), row.Value))];
            await _view.LoadAsync(_address.Current, Show);
            Show();
            await CountAsync();
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load the deliveries");
            _problem = PageFaults.DisplayText;
            await StopScrollAsync();
            return;
        }
        // Less than a page at the newest end: that is the newest page, which also grows.
        if (_address.Current.After is not null && !_view.HasNewer)
            _address.Go(_address.Current.First(), replace: true);
    }

    private void Show()
    {
        (_loaded, _problem, _stale, _now) = (true, null, false, Clock.UtcNow);
        // Only now: until the other rows are there, those of before are shown.
        (_focusResults, _turned) = (_focusResults || _turned, false);
        StateHasChanged();
    }

    private async Task CountAsync()
    {
        _countedAt = Time.GetTimestamp();
        await _view.CountAsync();
    }

    private async Task RefreshAsync()
    {
        if (!_loaded || _problem is not null)
            return;
        try
        {
            await _view.RefreshAsync(IsFollowing);
            if (Time.GetElapsedTime(_countedAt) >= CountEvery)
                await CountAsync();
            (_stale, _now) = (false, Clock.UtcNow);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "refresh the deliveries");
            _stale = true;
        }
        StateHasChanged();
    }

    /// <summary>The reader has come near an end of the window. Returns whether there was more.</summary>
    private async Task<bool> ReadOnAsync(bool isOlder)
    {
        try
        {
            var isMore = await (isOlder ? _view.OlderAsync() : _view.NewerAsync());
            if (isMore)
                StateHasChanged();
            return isMore;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "read on in the deliveries");
            return false;
        }
    }

    private void Tick()
    {
        _now = Clock.UtcNow;
        // Not each of them: somebody listens to something else meanwhile.
        if (Time.GetElapsedTime(_announcedAt) >= AnnounceEvery && _view.TakeArrived() is > 0 and var arrived)
        {
            _announcedAt = Time.GetTimestamp();
            Announcer.Say(arrived == 1 ? "1 new delivery" : $"{arrived} new deliveries");
        }
        if (_view.Rows.Any(row => row.DueAt is not null))
            StateHasChanged();
    }

    private Task PauseAsync(bool paused)
    {
        _paused = paused;
        return _paused ? RefreshAsync() : ShowNewAsync();
    }

    /// <summary>Shows the newest. What keeps the window still, keeps it still from there on.</summary>
    private async Task ShowNewAsync()
    {
        if (_address.Current.IsNewest)
            await LoadAsync();
        else
            _address.Go(_address.Current.First());
        await (_scroll?.ToTopAsync() ?? Task.CompletedTask);
    }

    private void GoNewest() => Turn(_view.Query.First());

    private void GoNewer() => Turn(_view.Query.First() with { After = _view.NewerFrom });

    private void GoOlder() => Turn(_view.Query.First() with { Before = _view.OlderFrom });

    private void Turn(DeliveryLogQuery query)
    {
        _turned = true;
        _address.Go(query);
    }

    private async Task StopScrollAsync()
    {
        if (_scroll is not null)
            await _scroll.DisposeAsync();
        _scroll = null;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _address.Dispose();
        _watch?.Dispose();
        if (_second is not null)
            await _second.DisposeAsync();
        await StopScrollAsync();
    }
}

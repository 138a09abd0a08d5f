using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>One delivery with every attempt, live; Redeliver begins a new round, Cancel delivery ends the present one.</summary>
public sealed partial class DeliveryDetailPage
{
    private readonly HashSet<int> _open = [];
    private DeliveryDetail? _detail;
    private DateTime _now;
    private int _newestSeen;
    private bool _redelivering;
    private bool _sendingNow;
    private bool _cancelling;

    /// <summary>The delivery.</summary>
    [Parameter]
    public long Id { get; set; }

    [Inject]
    private DeliveryQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<RedeliveryService> Redelivery { get; set; } = default!;

    [Inject]
    private SendingPauseQueries Pause { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _now = Clock.UtcNow;
        Follow(Feed);
        EachSecond(Tick);
    }

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override Task LoadAsync()
    {
        _open.Clear();
        _newestSeen = 0;
        return ReadAsync();
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var before = _detail!.Row.State;
        await ReadAsync();
        if (_detail is { } detail && detail.Row.State != before)
            Announcer.Say($"This delivery is now {StatusStyles.Of(StatusKind.Delivery, detail.Row.State.WireName()).Text.ToLowerInvariant()}");
    }

    private async Task ReadAsync()
    {
        var found = await Queries.FindAsync(Id, Gone);
        // The newest attempt is open, as is each one that happens meanwhile; what the reader opened stays as it is.
        if (found is { Attempts: [var newest, ..] } && _newestSeen != newest.Number)
            _open.Add(_newestSeen = newest.Number);
        (_detail, Missing, _now) = (found, found is null, Clock.UtcNow);
    }

    private async Task RedeliverAsync()
    {
        if (_redelivering || _detail is not { } detail)
            return;
        if (detail.Row.State == DeliveryState.Delivered && !await Confirm.AskAsync(
            "Deliver it again?",
            "The receiver has it already. It gets the same bytes with the same X-Request-ID once more; a receiver that notices duplicates will ignore it.",
            "Redeliver"))
            return;
        _redelivering = true;
        await DoAsync(() => Redelivery.Demand().RedeliverAsync(Id), Pause.IsPaused ? WhenResumed : "Redelivery has begun", "redeliver");
        _redelivering = false;
        await RefreshAsync();
    }

    private async Task SendNowAsync()
    {
        if (_sendingNow)
            return;
        _sendingNow = true;
        await DoAsync(() => Redelivery.Demand().SendNowAsync(Id), Pause.IsPaused ? WhenResumed : "It is sent now", "send now");
        _sendingNow = false;
        await RefreshAsync();
    }

    private async Task CancelAsync()
    {
        if (_cancelling || _detail is not { } detail)
            return;
        if (!await Confirm.AskAsync(
            "Cancel this delivery?",
            detail.Row.State == DeliveryState.Sending
                ? "The attempt under way finishes. Unless it succeeds, the delivery is skipped and not retried."
                : "The delivery is skipped and not sent. You can still redeliver it later.",
            "Cancel delivery", danger: true, dismissLabel: "Keep it"))
            return;
        _cancelling = true;
        var done = detail.Row.State == DeliveryState.Sending ? "Cancelled: the attempt under way finishes, and none follows" : "Delivery cancelled";
        var actor = User.Actor;
        await DoAsync(() => Redelivery.Demand().CancelAsync(Id, actor), done, "cancel a delivery");
        _cancelling = false;
        await RefreshAsync();
    }

    private const string WhenResumed = "It goes out when sending is resumed";

    private async Task RevealAsync(int attempt) => await Browser.InvokeVoidAsync("atstatus.reveal", $"attempt-{attempt}");

    private string RedeliverNote => _detail?.RedeliverRefusal ?? (Pause.IsPaused
        ? "All sending is paused: the new round waits until it is resumed."
        : "The same bytes and X-Request-ID, in a new round of attempts.");

    private void Tick()
    {
        _now = Clock.UtcNow;
        if (_detail is { } detail && !detail.Row.State.IsSettled())
            StateHasChanged();
    }
}

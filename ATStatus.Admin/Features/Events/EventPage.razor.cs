using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Events;

/// <summary>One event with every notification that received it, and why others did not. Live.</summary>
public sealed partial class EventPage
{
    private EventDetail? _event;
    private LiveRefresh? _watch;
    private ITimer? _second;
    private DateTime _now;
    private bool _all;

    /// <summary>The event.</summary>
    [Parameter]
    public long Id { get; set; }

    [Inject]
    private EventQueries Queries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private IEnumerable<Recipient> Shown => _all ? _event!.Notifications : _event!.Notifications.Take(DeliveryReport.FirstRows);

    private int Hidden => _all ? 0 : Math.Max(0, _event!.Notifications.Count - DeliveryReport.FirstRows);

    private bool HasCountdown => _event is not null && Shown.Any(n => n.Results[0].Delivery?.DueAt is not null);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _now = Now();
        _watch = new LiveRefresh(Feed, Time, LiveRefresh.Usual, () => InvokeAsync(RefreshAsync));
        _second = Time.CreateTimer(_ => _ = InvokeAsync(Tick), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _event = await Queries.FindAsync(Id, Gone);
        (Missing, _now) = (_event is null, Now());
    }

    private async Task RefreshAsync()
    {
        if (!Ready || Gone.IsCancellationRequested)
            return;
        var before = Sentence();
        await ReloadAsync();
        StateHasChanged();
        if (Ready && Sentence() is var after && after != before)
            Announcer.Say($"Now {after}");
    }

    private string Sentence() => RecipientSummary.Sentence(_event?.Notifications ?? []);

    private DateTime Now() => Time.GetUtcNow().UtcDateTime;

    private void Tick()
    {
        _now = Now();
        if (HasCountdown)
            StateHasChanged();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch?.Dispose();
            _second?.Dispose();
        }
        base.Dispose(disposing);
    }
}

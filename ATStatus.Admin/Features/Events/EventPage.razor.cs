using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Events;

/// <summary>One event with every notification that received it, and why others did not. Live.</summary>
public sealed partial class EventPage
{
    private EventDetail? _event;
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
        Follow(Feed);
        EachSecond(Tick);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _event = await Queries.FindAsync(Id, Gone);
        (Missing, _now) = (_event is null, Now());
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var before = Sentence();
        await LoadAsync();
        if (!Missing && Sentence() is var after && after != before)
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
}

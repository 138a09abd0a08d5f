using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>The newest deliveries of one notification, live; the log has all of them.</summary>
public sealed partial class NotificationDeliveriesPage
{
    private const int PageSize = 50;

    private static readonly Choice<DeliveryState?>[] States =
        [.. DeliveryLogQuery.States.Select(state => new Choice<DeliveryState?>(state, StatusStyles.Of(StatusKind.Delivery, state.WireName()).Text))];

    private IReadOnlyList<DeliveryRow> _rows = [];
    private bool _hasMore;

    [Parameter]
    public int Id { get; set; }

    /// <summary>The state to show, as the wire spells it; any when absent.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private DeliveryQueries Deliveries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (Id, Shown);

    private DeliveryState? Shown => States.Select(choice => choice.Value).FirstOrDefault(state => state!.Value.WireName() == State);

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges(Feed);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        Missing = await Notifications.NameAsync(Id, Gone) is null;
        if (Missing)
            return;
        var page = await Deliveries.PageAsync(new DeliveryFilter(Id, Shown), null, null, PageSize, Gone);
        (_rows, _hasMore) = (page.Rows, page.HasOlder);
    }

    private void Choose(DeliveryState? state) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("state", state?.WireName()), replace: true);
}

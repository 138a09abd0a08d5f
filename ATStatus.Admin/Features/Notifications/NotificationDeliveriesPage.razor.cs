using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
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

    private IReadOnlyList<DeliveryRow> _rows = [];
    private bool _hasMore;

    [Parameter]
    public int Id { get; set; }

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private DeliveryQueries Deliveries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges(Feed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        Missing = await Notifications.NameAsync(Id, Gone) is null;
        if (Missing)
            return;
        var page = await Deliveries.PageAsync(new DeliveryFilter(Id, Query.State), null, null, PageSize, Gone);
        (_rows, _hasMore) = (page.Rows, page.HasOlder);
    }
}

/// <summary>Which of a notification's deliveries are shown.</summary>
public sealed record NotificationDeliveriesQuery : PageQuery<NotificationDeliveriesQuery>, IPageQuery<NotificationDeliveriesQuery>
{
    public static IReadOnlyList<QueryPart<NotificationDeliveriesQuery>> Parts { get; } =
    [
        PageQueries.Choose<NotificationDeliveriesQuery>(
            "state", "State", "Any", [.. StatusStyles.All(StatusKind.Delivery).Select(state => new Choice<string>(state.Key, state.Value.Text))],
            query => query.State?.WireName(), (query, name) => query with { State = DeliveryLogQuery.StateOf(name) }),
    ];

    /// <summary>Only those in this state.</summary>
    public DeliveryState? State { get; init; }
}

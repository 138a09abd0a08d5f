using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Statistics;

/// <summary>How one notification has been doing: success rate, volume and durations over a day, a week or a month, and its last error.</summary>
public sealed partial class StatisticsPage
{
    private static readonly IReadOnlyList<Choice<StatisticsPeriod>> Periods =
    [
        new(StatisticsPeriod.Day, "Last 24 hours"), new(StatisticsPeriod.Week, "Last 7 days"), new(StatisticsPeriod.Month, "Last 30 days"),
    ];

    private NotificationPerformance? _performance;

    /// <summary>The notification.</summary>
    [Parameter]
    public int Id { get; set; }

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private NotificationStatistics Statistics { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Follow();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        Missing = await Notifications.NameAsync(Id, Gone) is null;
        if (!Missing)
            _performance = await Statistics.FindAsync(Id, Query.Period, Gone);
    }

}

/// <summary>Which time the statistics are of.</summary>
public sealed record StatisticsQuery : PageQuery<StatisticsQuery>, IPageQuery<StatisticsQuery>
{
    public static IReadOnlyList<QueryPart<StatisticsQuery>> Parts { get; } =
    [
        new("period", query => PerformanceText.NameOf(query.Period), (query, name) => query with { Period = PerformanceText.PeriodOf(name) }) { Role = QueryRole.View },
    ];

    /// <summary>The last day where the address names none.</summary>
    public StatisticsPeriod Period { get; init; }
}

using ATStatus.Admin.Components.Shared.Fields;
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

    /// <summary><c>24h</c> (when absent), <c>7d</c> or <c>30d</c>.</summary>
    [SupplyParameterFromQuery]
    public string? Period { get; set; }

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private NotificationStatistics Statistics { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (Id, Shown);

    private StatisticsPeriod Shown => PerformanceText.PeriodOf(Period);

    /// <inheritdoc />
    protected override void OnInitialized() => Follow();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        Missing = await Notifications.NameAsync(Id, Gone) is null;
        if (!Missing)
            _performance = await Statistics.FindAsync(Id, Shown, Gone);
    }

    private void Choose(StatisticsPeriod period) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("period", PerformanceText.NameOf(period)));
}

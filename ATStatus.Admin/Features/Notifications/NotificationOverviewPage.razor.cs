using System.Globalization;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>One notification at a glance: its health, its last error in words, its last day, what it is set to, and its recent deliveries, live.</summary>
public sealed partial class NotificationOverviewPage
{
    private const int Recent = 5;

    private NotificationRow? _row;
    private NotificationPerformance? _performance;
    private IReadOnlyList<DeliveryRow> _recent = [];
    private TestRun? _test;
    private EventType _testEvent = EventType.IncidentCreated;

    [Parameter]
    public int Id { get; set; }

    [Inject]
    private NotificationQueries Queries { get; set; } = default!;

    [Inject]
    private NotificationStatistics Statistics { get; set; } = default!;

    [Inject]
    private DeliveryQueries Deliveries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private Permitted<TestSendService> Tests { get; set; } = default!;

    [Inject]
    private ILogger<NotificationOverviewPage> Log { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges(Feed);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _row = await Queries.RowAsync(Id, Gone);
        Missing = _row is null;
        if (Missing)
            return;
        _performance = await Statistics.FindAsync(Id, StatisticsPeriod.Day, Gone);
        _recent = (await Deliveries.PageAsync(new DeliveryFilter(Id), null, null, Recent, Gone)).Rows;
    }

    private async Task TestAsync()
    {
        if (_test?.IsRunning == true)
            return;
        _test = new TestRun(_testEvent);
        StateHasChanged();
        _test = await _test.FinishAsync(() => Tests.Demand().SendSavedAsync(Id, _testEvent), Announcer, Log);
    }

    private string Href(string part) => string.Create(CultureInfo.InvariantCulture, $"admin/notifications/{Id}{part}");

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "None any more: this notification receives nothing" : string.Join(", ", names);

    private static string HealthText(NotificationRow row) => row switch
    {
        { Enabled: false } => $"Switched off. {row.DisabledReason}",
        { Circuit: { NextProbeAt: not null } open } =>
            $"On hold after {Count(open.Failures, "failure")} in a row; {Count(open.Waiting, "delivery", "deliveries")} waiting. One is sent from time to time to see whether the receiver answers again.",
        { Circuit: { } draining } => $"The receiver answers again; {Count(draining.Waiting, "delivery", "deliveries")} on hold are being sent step by step.",
        { Last.Failure: not null, FailedDeliveries: 0 } => "The last attempt failed and is retried automatically.",
        { FailedDeliveries: > 0 } => $"{Count(row.FailedDeliveries, "delivery", "deliveries")} failed permanently since the last success.",
        { Last: not null } => "The last attempt succeeded.",
        _ => "No events sent yet.",
    };

    private static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}

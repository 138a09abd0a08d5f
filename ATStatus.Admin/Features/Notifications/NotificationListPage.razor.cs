using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>Every notification with its last result; switched, tested and deleted in place.</summary>
public sealed partial class NotificationListPage
{
    internal const int PageSize = 25;
    private const int CountedWaiting = 100;
    private const string SwitchOn = "switch notifications on";
    private const string SwitchOff = "switch notifications off";
    private const string Deletion = "delete notifications";
    private readonly Dictionary<int, TestRun> _tests = [];
    private readonly HashSet<int> _busy = [];
    private readonly Dictionary<int, int> _skipped = [];
    private readonly Selection<int> _selection = new();
    private ListSlice<NotificationRow> _slice = new([], 0, 0);
    private EventType _testEvent = EventType.IncidentCreated;

    [Inject]
    private NotificationQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<NotificationService> Notifications { get; set; } = default!;

    [Inject]
    private DeliveryQueries Deliveries { get; set; } = default!;

    [Inject]
    private Permitted<RecoveryService> Recoveries { get; set; } = default!;

    [Inject]
    private Permitted<TestSendService> Tests { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_slice.Found, _slice.Total, "notification");

    private bool CanSelect => Notifications.IsGranted;

    private int ChosenHere => _slice.Rows.Count(row => _selection.Contains(row.Id));

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges(LiveRefresh.Usual, Feed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var query = Query;
        _slice = await Queries.SearchAsync(query.Search, query.Offset, PageSize, Gone);
    }

    private async Task TestAsync(NotificationRow row)
    {
        if (_tests.GetValueOrDefault(row.Id) is { IsRunning: true })
            return;
        var run = _tests[row.Id] = new TestRun(_testEvent);
        StateHasChanged();
        _tests[row.Id] = await run.FinishAsync(() => Tests.Demand().SendSavedAsync(row.Id, run.Event), Announcer, Logger);
    }

    private Task SwitchAsync(NotificationRow row, bool on) => ChangeAsync(
        row,
        async () =>
        {
            await Notifications.Demand().SetEnabledAsync(row.Id, on);
            _skipped.Remove(row.Id);
            // Whoever switches it on is asked whether what it missed shall be delivered.
            if (on && row.DisabledAt is { } off)
                _skipped[row.Id] = (await Recoveries.Demand().CountAsync(new RecoveryRequest(row.Id, off, Failed: false))).Skipped;
        },
        on ? $"{row.Name} is on" : $"{row.Name} is off",
        "switch a notification");

    private IReadOnlyList<int> ShownKeys() => [.. _slice.Rows.Select(row => row.Id)];

    private void SelectAll(bool on) => _selection.Set(ShownKeys(), on);

    private Task SwitchSelectedAsync(BulkBar<int> bar, bool on) => bar.RunAsync(
        on ? SwitchOn : SwitchOff, ids => Notifications.Demand().SetEnabledAsync(ids, on), done => $"{ListPart.Number(done)} switched {(on ? "on" : "off")}");

    private async Task DeleteSelectedAsync(BulkBar<int> bar)
    {
        var count = _selection.Count == 1 ? "1 notification" : $"{ListPart.Number(_selection.Count)} notifications";
        if (await ConfirmDeletionAsync($"Delete {count}?", [.. _selection.Keys], "Their"))
        {
            await bar.RunAsync(
                Deletion, ids => Notifications.Demand().DeleteAsync(ids), done => done == 1 ? "1 notification deleted" : $"{ListPart.Number(done)} notifications deleted");
        }
    }

    private async Task<bool> ConfirmDeletionAsync(string question, int[] ids, string whose)
    {
        var fate = await Deliveries.CountWaitingAsync(ids, CountedWaiting, Gone) switch
        {
            0 => "No deliveries are waiting.",
            1 => "1 waiting delivery will be skipped.",
            >= CountedWaiting => $"{CountedWaiting} or more waiting deliveries will be skipped.",
            var waiting => $"{waiting} waiting deliveries will be skipped.",
        };
        return await Confirm.AskAsync(question, $"{fate} {whose} deliveries stay in the log. This cannot be undone.", "Delete", danger: true);
    }

    private Task ProbeAsync(NotificationRow row) => ChangeAsync(
        row, () => Notifications.Demand().ProbeNowAsync(row.Id), $"The next delivery to {row.Name} is sent now", "probe a notification");

    private async Task DeleteAsync(NotificationRow row)
    {
        if (await ConfirmDeletionAsync($"Delete {row.Name}?", [row.Id], "Its"))
            await ChangeAsync(row, () => Notifications.Demand().DeleteAsync(row.Id), $"{row.Name} was deleted", "delete a notification");
    }

    private async Task ChangeAsync(NotificationRow row, Func<Task> change, string done, string step)
    {
        if (!_busy.Add(row.Id))
            return;
        await DoAsync(change, done, step);
        _busy.Remove(row.Id);
        await RefreshAsync();
    }
}

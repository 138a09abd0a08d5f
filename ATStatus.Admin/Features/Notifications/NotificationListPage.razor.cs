using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>Every notification with its last result; switched, tested and deleted in place.</summary>
public sealed partial class NotificationListPage : IDisposable
{
    private const int CountedWaiting = 100;
    private readonly Dictionary<int, TestRun> _tests = [];
    private readonly HashSet<int> _busy = [];
    private readonly Dictionary<int, int> _skipped = [];
    private readonly HashSet<int> _selected = [];
    private bool? _switching;
    private IReadOnlyList<NotificationRow>? _rows;
    private EventType _testEvent = EventType.IncidentCreated;
    private LiveRefresh? _watch;
    private string? _problem;

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

    [Inject]
    private ChangeFeed Changes { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private ILogger<NotificationListPage> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        // First, so that leaving the page while it loads disposes of it.
        _watch = new LiveRefresh([Feed, Changes], Time, LiveRefresh.Usual, TimeSpan.Zero, () => InvokeAsync(RefreshAsync));
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load the notifications");
            _problem = PageFaults.DisplayText;
        }
    }

    private async Task ReadAsync()
    {
        _rows = await Queries.ListAsync();
        _selected.IntersectWith(_rows.Select(row => row.Id));
        _problem = null;
    }

    private async Task RefreshAsync()
    {
        // A list that cannot be refreshed for a moment is better than an error in its place.
        try
        {
            await ReadAsync();
            StateHasChanged();
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "refresh the notifications");
        }
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

    private void Select(int id, bool on) => _ = on ? _selected.Add(id) : _selected.Remove(id);

    private void SelectAll(bool on)
    {
        _selected.Clear();
        if (on)
            _selected.UnionWith(_rows!.Select(row => row.Id));
    }

    private async Task SwitchSelectedAsync(bool on)
    {
        if (_switching is not null)
            return;
        _switching = on;
        try
        {
            var (switched, problems) = await Notifications.Demand().SetEnabledAsync([.. _selected], on);
            var rest = _selected.Count - switched - problems.Count;
            Snackbar.Add(
                $"{switched} switched {(on ? "on" : "off")}{(rest == 0 ? "" : $", {rest} {(rest == 1 ? "was" : "were")} already")}", problems.Count == 0 ? Severity.Success : Severity.Warning);
            foreach (var problem in problems)
                Snackbar.Add(problem, Severity.Error);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "switch notifications");
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
        }
        finally
        {
            _switching = null;
        }
        await RefreshAsync();
    }

    private Task ProbeAsync(NotificationRow row) => ChangeAsync(
        row, () => Notifications.Demand().ProbeNowAsync(row.Id), $"The next delivery to {row.Name} is sent now", "probe a notification");

    private async Task DeleteAsync(NotificationRow row)
    {
        var waiting = await WaitingAsync(row.Id);
        var fate = waiting switch
        {
            0 => "No deliveries are waiting.",
            1 => "1 waiting delivery will be skipped.",
            >= CountedWaiting => $"{CountedWaiting} or more waiting deliveries will be skipped.",
            _ => $"{waiting} waiting deliveries will be skipped.",
        };
        if (await Confirm.AskAsync($"Delete {row.Name}?", $"{fate} Its deliveries stay in the log. This cannot be undone.", "Delete", danger: true))
            await ChangeAsync(row, () => Notifications.Demand().DeleteAsync(row.Id), $"{row.Name} was deleted", "delete a notification");
    }

    private async Task<int> WaitingAsync(int id)
    {
        return await WaitingAsync(DeliveryState.Pending) + await WaitingAsync(DeliveryState.Retrying);

        async Task<int> WaitingAsync(DeliveryState state)
        {
            var count = 0;
            long? before = null;
            do
            {
                var page = await Deliveries.PageAsync(new DeliveryFilter(id, state), before, null, CountedWaiting - count);
                count += page.Rows.Count;
                before = page.SearchedTo;
            }
            while (before is not null && count < CountedWaiting);
            return count;
        }
    }

    private async Task ChangeAsync(NotificationRow row, Func<Task> change, string done, string step)
    {
        if (!_busy.Add(row.Id))
            return;
        try
        {
            await change();
            Snackbar.Add(done, Severity.Success);
        }
        catch (ProblemException problem)
        {
            Snackbar.Add(problem.Message, Severity.Error);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, step);
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
        }
        finally
        {
            _busy.Remove(row.Id);
        }
        await RefreshAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _watch?.Dispose();
}

using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Maintenance;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Maintenance now and ahead, or past. It follows the clock that starts and completes windows.</summary>
public sealed partial class MaintenanceList
{
    private const int Limit = 200;
    private const string CurrentId = "current-and-upcoming";
    private IReadOnlyList<MaintenanceRow> _windows = [];
    private FormSubmission _acting = default!;
    private CancelDialog? _cancelling;

    /// <summary>"past" for what is over; anything else for what is not.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => IsPast;

    private bool IsPast => string.Equals(Show, "past", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _acting = NewForm();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync() =>
        _windows = await Queries.ListAsync(IsPast ? MaintenanceSpan.Past : MaintenanceSpan.CurrentAndUpcoming, Limit, Gone);

    private Task StartAsync(MaintenanceRow row) => ActAsync(
        row, Confirm.AskToStartAsync(Called(row)), () => Service.Demand().StartNowAsync(row.Id, row.Version), "started");

    private Task CompleteAsync(MaintenanceRow row) => ActAsync(
        row, Confirm.AskToCompleteAsync(Called(row)), () => Service.Demand().CompleteNowAsync(row.Id, row.Version), "completed");

    private Task CancelAsync(MaintenanceRow row) => _cancelling?.OpenAsync(row, Called(row)) ?? Task.CompletedTask;

    private Task CancelledAsync(MaintenanceRow row)
    {
        ShowSaved($"{row.Title} cancelled");
        return ShowStepAsync(row);
    }

    private async Task ActAsync(MaintenanceRow row, Task<bool> question, Func<Task> act, string done)
    {
        if (!await question)
            return;
        // Each was confirmed by a click of its own, however soon after the one before.
        _acting.TypedAgain();
        if (await _acting.RunAsync(act))
            ShowSaved($"{row.Title} {done}");
        else if (_acting.Problem is { } problem)
            ShowProblem(problem);
        await ShowStepAsync(row);
    }

    private async Task ShowStepAsync(MaintenanceRow row)
    {
        await ReloadAsync();
        // The button is gone now; whoever pressed it goes on beside it.
        await Browser.InvokeVoidAsync("atstatus.refocus", _windows.Any(window => window.Id == row.Id) ? NameId(row) : CurrentId);
    }

    private static string Called(MaintenanceRow row) => $"“{row.Title}”";

    private static string NameId(MaintenanceRow row) => $"window-{row.Id}";
}

using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Maintenance now and ahead, or past. It follows the clock that starts and completes windows.</summary>
public sealed partial class MaintenanceList
{
    internal const int PageSize = 30;
    private const string CurrentId = "current-and-upcoming";
    private ListSlice<MaintenanceRow> _slice = new([], 0, 0);
    private Dictionary<string, IReadOnlyList<Choice<string>>> _options = [];
    private FormSubmission _acting = default!;
    private CancelDialog? _cancelling;

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_slice.Found, _slice.Total, "window");

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        _acting = NewForm();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _options = ListOptions.Pages(await StatusPages.PagesAsync(archived: true, Gone));
        var query = Query;
        _slice = await Queries.SearchAsync(query.Search, query.Offset, PageSize, Gone);
    }

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
        await Browser.InvokeVoidAsync("atstatus.refocus", _slice.Rows.Any(window => window.Id == row.Id) ? NameId(row) : CurrentId);
    }

    private static string Called(MaintenanceRow row) => $"“{row.Title}”";

    private static string NameId(MaintenanceRow row) => $"window-{row.Id}";
}

using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Incidents;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Incidents, open ones first unless another order is chosen.</summary>
public sealed partial class IncidentList
{
    internal const int PageSize = 40;
    private const int NamesShown = 2;
    private readonly Selection<int> _selection = new();
    private ListSlice<IncidentRow> _slice = new([], 0, 0);
    private Dictionary<string, IReadOnlyList<Choice<string>>> _options = [];

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<IncidentRemoval> Removal { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_slice.Found, _slice.Total, "incident");

    private bool CanSelect => Removal.IsGranted;

    private int ChosenHere => _slice.Rows.Count(row => _selection.Contains(row.Id));

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        // Archived pages keep their incidents.
        _options = ListOptions.Pages(await StatusPages.PagesAsync(archived: true, Gone));
        var query = Query;
        _slice = await Queries.SearchAsync(query.Search, query.Offset, PageSize, Gone);
    }

    private IReadOnlyList<int> ShownKeys() => [.. _slice.Rows.Select(row => row.Id)];

    private void SelectAll(bool on) => _selection.Set(ShownKeys(), on);

    private async Task DeleteAsync(BulkBar<int> bar)
    {
        var keys = _selection.Keys;
        var downtime = await Queries.HasHistoryAsync([.. keys], Gone)
            ? new ConfirmChoice(
                "History of their components",
                ("Keep their downtime", "History and uptime of the components stay as they are."),
                ("Remove their downtime", "History and uptime become as if these incidents had never been. No event is raised."))
            : null;
        var count = keys.Count == 1 ? "1 incident" : $"{ListPart.Number(keys.Count)} incidents";
        if (await Confirm.AskAsync(
            $"Delete {count}?", "Their timelines go with them. Open incidents are kept: resolve them first. No event is raised; the delivery log stays.", "Delete",
            danger: true, choice: downtime))
        {
            await bar.RunAsync(
                "delete incidents", ids => Removal.Demand().DeleteAsync(ids, keepDowntime: downtime is not { Chosen: 1 }),
                done => done == 1 ? "1 incident deleted" : $"{ListPart.Number(done)} incidents deleted");
        }
    }

    // A few names; all of them stand in the cell's title and on the incident's page.
    private static string TouchedText(IReadOnlyList<string> names) => names.Count <= NamesShown + 1
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown))} and {names.Count - NamesShown} more";
}

using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Incidents, open ones first.</summary>
public sealed partial class IncidentList
{
    private const int Limit = 200;
    private const int NamesShown = 2;
    private const string OpenName = "open";
    private static readonly IReadOnlyList<Choice<string>> ShowChoices = [new(OpenName, "Open")];
    private IReadOnlyList<IncidentRow> _incidents = [];
    private IReadOnlyList<StatusPageRow> _pages = [];

    /// <summary><c>open</c> leaves out the resolved ones.</summary>
    [SupplyParameterFromQuery]
    public string? Show { get; set; }

    /// <summary>Shows only this status page's.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (OpenOnly, Page);

    private bool OpenOnly => Show == OpenName;

    private bool IsFiltered => OpenOnly || Page is not null;

    private IEnumerable<Choice<int?>> PageChoices => NamedChoices.Pages(_pages);

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        // Archived pages keep their incidents.
        _pages = await StatusPages.PagesAsync(archived: true, Gone);
        _incidents = await Queries.ListAsync(OpenOnly, Limit, Page, Gone);
    }

    private void ChooseShow(string? show) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("show", show));

    private void ChoosePage(int? page) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("page", page));

    // A few names; all of them stand in the cell's title and on the incident's page.
    private static string TouchedText(IReadOnlyList<string> names) => names.Count <= NamesShown + 1
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown))} and {names.Count - NamesShown} more";
}

using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Every component, by status page: status, groups and order are set here.</summary>
public sealed partial class ComponentList
{
    private IReadOnlyList<StatusPageRow> _pages = [];
    private Dictionary<int, IReadOnlyList<PageSection>> _sections = [];
    private readonly StatusDrafts _drafts = new();
    private bool _doNotNotify;

    /// <summary>Shows only this status page's.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    /// <summary>The groups that are folded, by number, joined by hyphens.</summary>
    [SupplyParameterFromQuery]
    public string? Closed { get; set; }

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    private string AddHref => Page is { } page ? $"admin/components/new?page={page}" : "admin/components/new";

    private IEnumerable<Choice<int?>> PageChoices => NamedChoices.Pages(_pages);

    // A page that is gone by now filters nothing: the address may be an old one.
    private IEnumerable<StatusPageRow> Shown => _pages.Any(page => page.Id == Page) ? _pages.Where(page => page.Id == Page) : _pages;

    private HashSet<int> ClosedGroups => [.. (Closed ?? "").Split('-')
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)];

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var pages = await Queries.PagesAsync(cancellationToken: Gone);
        var sections = new Dictionary<int, IReadOnlyList<PageSection>>();
        foreach (var page in pages)
            sections[page.Id] = await Queries.SectionsAsync(page.Id, Gone);
        (_pages, _sections) = (pages, sections);
    }

    private void ShowPage(int? page) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("page", page));

    private void Toggle(int group)
    {
        var closed = ClosedGroups;
        if (!closed.Remove(group))
            closed.Add(group);
        var text = closed.Count == 0 ? null : string.Join('-', closed.Order());
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("closed", text), replace: true);
    }
}

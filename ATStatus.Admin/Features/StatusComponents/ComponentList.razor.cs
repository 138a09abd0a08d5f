using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Every component, by status page: status, groups and order are set here.</summary>
public sealed partial class ComponentList
{
    private readonly StatusDrafts _drafts = new();
    private readonly Selection<int> _selection = new();
    private IReadOnlyList<StatusPageRow> _pages = [];
    private Dictionary<int, IReadOnlyList<PageSection>> _sections = [];
    private Dictionary<string, IReadOnlyList<Choice<string>>> _options = [];
    private ComponentLines _lines = new(new ComponentListQuery(), [], new Dictionary<int, IReadOnlyList<PageSection>>());
    private int _total;
    private bool _doNotNotify;

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<ComponentService> Service { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_lines.Found, _total, "component");

    private bool CanSelect => Service.IsGranted;

    private string AddHref => Query.Page is { } page ? $"admin/components/new?page={page}" : "admin/components/new";

    // A page that is gone by now filters nothing: the address may be an old one.
    // Those without components follow the others.
    private IEnumerable<StatusPageRow> Asked =>
        _pages.Any(page => page.Id == Query.Page) ? _pages.Where(page => page.Id == Query.Page) : _pages.OrderBy(page => _sections[page.Id].Count == 0);

    private IEnumerable<StatusPageRow> Shown => Asked.Where(page => _lines.Pages.Contains(page.Id));

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var pages = await Queries.PagesAsync(cancellationToken: Gone);
        var sections = new Dictionary<int, IReadOnlyList<PageSection>>();
        foreach (var page in pages)
            sections[page.Id] = await Queries.SectionsAsync(page.Id, Gone);
        (_pages, _sections, _options) = (pages, sections, ListOptions.Pages(pages));
        var there = sections.Values.SelectMany(page => page).SelectMany(section => section.Components).Select(row => row.Id).ToHashSet();
        _total = there.Count;
        _selection.KeepOnly(there);
        // What was chosen for one that is gone is nothing that could be published.
        foreach (var gone in _drafts.Components.Where(id => !there.Contains(id)))
            _drafts.Discard(gone);
        _lines = new ComponentLines(Query, [.. Asked.Select(page => page.Id)], _sections);
    }

    private IReadOnlyList<int> ShownKeys() => [.. _lines.Rows.Select(row => row.Id)];

    private void Toggle(int group) => Go(Query.Toggle(group, _lines.AreFolded), replace: true);
}

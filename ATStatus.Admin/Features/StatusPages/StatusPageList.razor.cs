using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>Every status page.</summary>
public sealed partial class StatusPageList
{
    private IReadOnlyList<StatusPageRow> _pages = [];
    private (IReadOnlyList<StatusPageRow> First, IReadOnlyList<StatusPageRow> Second) _shown = ([], []);
    private int _found;
    private bool _loadingSample;

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<SampleData> Sample { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_found, _pages.Count, "status page");

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _pages = await Queries.PagesAsync(archived: true, Gone);
        var matching = Query.Of(_pages).ToLookup(page => page.ArchivedAt is null);
        _found = matching.Sum(pages => pages.Count());
        _shown = ListPart.Take([.. matching[true]], (IReadOnlyCollection<StatusPageRow>)[.. matching[false]], Query.Offset);
    }

    private async Task LoadSampleAsync()
    {
        if (_loadingSample)
            return;
        _loadingSample = true;
        try
        {
            // Somebody else may have been quicker; then their pages are what is shown next.
            await Sample.Demand().LoadAsync();
            await ReloadAsync();
            ShowSaved("Sample data loaded");
        }
        finally
        {
            _loadingSample = false;
        }
    }
}

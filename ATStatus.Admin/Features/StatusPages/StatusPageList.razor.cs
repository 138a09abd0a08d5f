using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>Every status page.</summary>
public sealed partial class StatusPageList
{
    private IReadOnlyList<StatusPageRow> _pages = [];
    private bool _loadingSample;

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<SampleData> Sample { get; set; } = default!;

    private IEnumerable<StatusPageRow> InUse => _pages.Where(page => page.ArchivedAt is null);

    private IEnumerable<StatusPageRow> Archived => _pages.Where(page => page.ArchivedAt is not null);

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges();

    /// <inheritdoc />
    protected override async Task LoadAsync() => _pages = await Queries.PagesAsync(archived: true, Gone);

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

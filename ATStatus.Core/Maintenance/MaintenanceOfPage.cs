using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>A page's maintenance windows and series, which go with it.</summary>
internal sealed class MaintenanceOfPage : IPageContent
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.MaintenanceWindows.CountAsync(w => w.StatusPageId == statusPageId, cancellationToken);
        return count == 0 ? [] : [count == 1 ? "1 maintenance window" : $"{count} maintenance windows"];
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        await work.Db.MaintenanceWindows.Where(w => w.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
        await work.Db.MaintenanceSeries.Where(s => s.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task FollowTimeZoneAsync(UnitOfWork work, StatusPage page, CancellationToken cancellationToken) =>
        SeriesPlanner.FollowTimeZoneAsync(work, page, cancellationToken);
}

using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>A page's incidents, which go with it.</summary>
internal sealed class IncidentsOfPage : IPageContent
{
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.Incidents.CountAsync(i => i.StatusPageId == statusPageId, cancellationToken);
        return count == 0 ? [] : [count == 1 ? "1 incident" : $"{count} incidents"];
    }

    public async Task<IReadOnlyList<UnfinishedOnPage>> UnfinishedAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken) =>
        await db.Incidents.AsNoTracking().Where(i => i.StatusPageId == statusPageId && i.Status != IncidentStatus.Resolved)
            .OrderBy(i => i.StartedAt).ThenBy(i => i.Id)
            .Select(i => new UnfinishedOnPage(EventGroup.Incidents, i.Id, i.Title)).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<int>> GoingOnAsync(AtStatusDbContext db, EventGroup group, int[] subjectIds, CancellationToken cancellationToken) =>
        group != EventGroup.Incidents ? [] : await db.Incidents.AsNoTracking()
            .Where(i => subjectIds.Contains(i.Id) && i.Status != IncidentStatus.Resolved).Select(i => i.Id).ToListAsync(cancellationToken);

    public Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken) =>
        work.Db.Incidents.Where(i => i.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
}

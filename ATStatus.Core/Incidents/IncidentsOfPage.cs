using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
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

    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        var doomed = work.Db.Incidents.Where(i => i.StatusPageId == statusPageId);
        foreach (var incident in await doomed.AsNoTracking().OrderBy(i => i.Id).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Deleted, AuditObject.Incident, incident.Id, incident.Title)
            {
                Before = new Dictionary<string, object?>
                {
                    ["status_page"] = new AuditReference(AuditObject.StatusPage, statusPageId),
                    ["title"] = incident.Title,
                    ["severity"] = incident.Severity.ToString(),
                    ["status"] = incident.Status.ToString(),
                    ["started_at"] = incident.StartedAt,
                    ["resolved_at"] = incident.ResolvedAt,
                    ["ended_at"] = incident.EndedAt,
                    ["postmortem"] = incident.Postmortem,
                },
            });
        }
        await doomed.ExecuteDeleteAsync(cancellationToken);
    }
}

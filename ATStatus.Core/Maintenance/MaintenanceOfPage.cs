using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>A page's maintenance windows and series, which go with it.</summary>
internal sealed class MaintenanceOfPage : IPageContent
{
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.MaintenanceWindows.CountAsync(w => w.StatusPageId == statusPageId, cancellationToken);
        return count == 0 ? [] : [count == 1 ? "1 maintenance window" : $"{count} maintenance windows"];
    }

    public async Task<IReadOnlyList<UnfinishedOnPage>> UnfinishedAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken) =>
        await db.MaintenanceWindows.AsNoTracking().Where(w => w.StatusPageId == statusPageId && w.Status == MaintenanceStatus.InProgress)
            .OrderBy(w => w.Start).ThenBy(w => w.Id)
            .Select(w => new UnfinishedOnPage(EventGroup.Maintenance, w.Id, w.Title)).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<int>> GoingOnAsync(AtStatusDbContext db, EventGroup group, int[] subjectIds, CancellationToken cancellationToken) =>
        group != EventGroup.Maintenance ? [] : await db.MaintenanceWindows.AsNoTracking()
            .Where(w => subjectIds.Contains(w.Id) && (w.Status == MaintenanceStatus.Scheduled || w.Status == MaintenanceStatus.InProgress))
            .Select(w => w.Id).ToListAsync(cancellationToken);

    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        var windows = work.Db.MaintenanceWindows.Where(w => w.StatusPageId == statusPageId);
        foreach (var window in await windows.AsNoTracking().OrderBy(w => w.Id).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Deleted, AuditObject.Maintenance, window.Id, window.Title)
            {
                Before = new Dictionary<string, object?>
                {
                    ["status_page"] = new AuditReference(AuditObject.StatusPage, statusPageId),
                    ["title"] = window.Title,
                    ["message"] = window.Message,
                    ["start"] = window.Start,
                    ["end"] = window.End,
                    ["status"] = window.Status.ToString(),
                },
            });
        }
        await windows.ExecuteDeleteAsync(cancellationToken);
        var series = work.Db.MaintenanceSeries.Where(s => s.StatusPageId == statusPageId);
        foreach (var rule in await series.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Deleted, AuditObject.MaintenanceSeries, rule.Id, rule.Title)
            {
                Before = new Dictionary<string, object?>
                {
                    ["status_page"] = new AuditReference(AuditObject.StatusPage, statusPageId),
                    ["title"] = rule.Title,
                    ["rule"] = rule.Rule,
                    ["time_zone"] = rule.TimeZone,
                },
            });
        }
        await series.ExecuteDeleteAsync(cancellationToken);
    }

    public Task FollowTimeZoneAsync(UnitOfWork work, StatusPage page, CancellationToken cancellationToken) =>
        SeriesPlanner.FollowTimeZoneAsync(work, page, cancellationToken);
}

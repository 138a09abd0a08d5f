using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a page or to components on it: they stay, and no longer name it.</summary>
internal sealed class NotificationsOfPage : IPageContent
{
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.Notifications.CountAsync(
            n => (!n.AllPages && n.Pages.Any(p => p.StatusPageId == statusPageId) && n.Pages.Count == 1)
                || (!n.AllComponents && n.Components.Any()
                    && n.Components.All(c => db.Components.Any(on => on.Id == c.ComponentId && on.StatusPageId == statusPageId))),
            cancellationToken);
        return count == 0 ? [] : [$"all that {(count == 1 ? "1 notification is" : $"{count} notifications are")} limited to, which will hear of nothing any more"];
    }

    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        var chosen = work.Db.Set<NotificationComponent>()
            .Where(c => work.Db.Components.Any(on => on.Id == c.ComponentId && on.StatusPageId == statusPageId));
        var limited = work.Db.Notifications.Where(n => n.Pages.Any(p => p.StatusPageId == statusPageId) || chosen.Any(c => c.NotificationId == n.Id));
        foreach (var notification in await limited.Select(n => new { n.Id, n.Name }).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.Notification, notification.Id, notification.Name)
            {
                Before = new Dictionary<string, object?> { ["limited_to"] = new AuditReference(AuditObject.StatusPage, statusPageId) },
                After = new Dictionary<string, object?> { ["limited_to"] = null },
            });
        }
        await limited.ExecuteUpdateAsync(row => row.SetProperty(n => n.Version, n => n.Version + 1).SetProperty(n => n.UpdatedAt, work.Now), cancellationToken);
        await work.Db.Set<NotificationPage>().Where(p => p.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
        await chosen.ExecuteDeleteAsync(cancellationToken);
    }
}

using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a page, or to components or groups on it; see <see cref="LimitedNotifications"/>.</summary>
internal sealed class NotificationsOfPage : IPageContent
{
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.Notifications.CountAsync(
            n => (!n.AllPages && n.Pages.Any(p => p.StatusPageId == statusPageId) && n.Pages.Count == 1)
                || (!n.AllComponents && (n.Components.Any() || n.Groups.Any())
                    && n.Components.All(c => db.Components.Any(on => on.Id == c.ComponentId && on.StatusPageId == statusPageId))
                    && n.Groups.All(g => db.ComponentGroups.Any(on => on.Id == g.GroupId && on.StatusPageId == statusPageId))),
            cancellationToken);
        return count == 0 ? [] : [$"all that {(count == 1 ? "1 notification is" : $"{count} notifications are")} limited to, which will receive nothing"];
    }

    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        var components = work.Db.Set<NotificationComponent>()
            .Where(c => work.Db.Components.Any(on => on.Id == c.ComponentId && on.StatusPageId == statusPageId));
        var groups = work.Db.Set<NotificationGroup>()
            .Where(g => work.Db.ComponentGroups.Any(on => on.Id == g.GroupId && on.StatusPageId == statusPageId));
        await LimitedNotifications.ForgetAsync(
            work,
            work.Db.Notifications.Where(n => n.Pages.Any(p => p.StatusPageId == statusPageId)
                || components.Any(c => c.NotificationId == n.Id) || groups.Any(g => g.NotificationId == n.Id)),
            new AuditReference(AuditObject.StatusPage, statusPageId), cancellationToken);
        await work.Db.Set<NotificationPage>().Where(p => p.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
        await components.ExecuteDeleteAsync(cancellationToken);
        await groups.ExecuteDeleteAsync(cancellationToken);
    }
}

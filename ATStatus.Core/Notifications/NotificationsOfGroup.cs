using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a group of components; see <see cref="LimitedNotifications"/>.</summary>
internal sealed class NotificationsOfGroup : IGroupContent
{
    public Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int groupId, CancellationToken cancellationToken) =>
        LimitedNotifications.DescribeAsync(
            db.Notifications.Where(n => n.Groups.Any(g => g.GroupId == groupId) && n.Groups.Count == 1 && n.Components.Count == 0), "It is the only group", cancellationToken);

    public async Task RemoveAsync(UnitOfWork work, int groupId, CancellationToken cancellationToken)
    {
        await LimitedNotifications.ForgetAsync(
            work, work.Db.Notifications.Where(n => n.Groups.Any(g => g.GroupId == groupId)),
            new AuditReference(AuditObject.ComponentGroup, groupId), cancellationToken);
        await work.Db.Set<NotificationGroup>().Where(g => g.GroupId == groupId).ExecuteDeleteAsync(cancellationToken);
    }
}

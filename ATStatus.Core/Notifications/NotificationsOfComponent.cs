using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a component; see <see cref="LimitedNotifications"/>.</summary>
internal sealed class NotificationsOfComponent : IComponentContent
{
    public Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int componentId, CancellationToken cancellationToken) =>
        LimitedNotifications.DescribeAsync(
            db.Notifications.Where(n => n.Components.Any(c => c.ComponentId == componentId) && n.Components.Count == 1 && n.Groups.Count == 0),
            "component", cancellationToken);

    public async Task RemoveAsync(UnitOfWork work, int componentId, CancellationToken cancellationToken)
    {
        await LimitedNotifications.ForgetAsync(
            work, work.Db.Notifications.Where(n => n.Components.Any(c => c.ComponentId == componentId)),
            new AuditReference(AuditObject.Component, componentId), cancellationToken);
        await work.Db.Set<NotificationComponent>().Where(c => c.ComponentId == componentId).ExecuteDeleteAsync(cancellationToken);
    }
}

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
    public Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken) =>
        LimitedNotifications.DescribeAsync(
            db.Notifications.Where(n => n.Components.Any() && n.Components.All(c => componentIds.Contains(c.ComponentId)) && n.Groups.Count == 0),
            componentIds.Count == 1 ? "It is the only component" : "They are the only components", cancellationToken);

    public async Task RemoveAsync(UnitOfWork work, int componentId, CancellationToken cancellationToken)
    {
        await LimitedNotifications.ForgetAsync(
            work, work.Db.Notifications.Where(n => n.Components.Any(c => c.ComponentId == componentId)),
            new AuditReference(AuditObject.Component, componentId), cancellationToken);
        await work.Db.Set<NotificationComponent>().Where(c => c.ComponentId == componentId).ExecuteDeleteAsync(cancellationToken);
    }
}

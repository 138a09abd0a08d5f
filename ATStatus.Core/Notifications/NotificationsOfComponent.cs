using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a component: they stay, and no longer name it. One that named no other receives nothing then.</summary>
internal sealed class NotificationsOfComponent : IComponentContent
{
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken)
    {
        var names = await db.Notifications
            .Where(n => !n.AllComponents && n.Components.Any() && n.Components.All(c => componentIds.Contains(c.ComponentId)))
            .OrderBy(n => n.Name).Select(n => n.Name).ToListAsync(cancellationToken);
        return (names, componentIds.Count) switch
        {
            ([], _) => [],
            ([var only], 1) => [$"It is the only component that {only} is limited to, which will receive nothing any more."],
            (_, 1) => [$"It is the only component that {names.Count} notifications are limited to, which will receive nothing any more."],
            ([var only], _) => [$"{only} is limited to these components and will receive nothing any more."],
            _ => [$"{names.Count} notifications are limited to these components and will receive nothing any more."],
        };
    }

    public async Task RemoveAsync(UnitOfWork work, int componentId, CancellationToken cancellationToken)
    {
        var limited = work.Db.Notifications.Where(n => n.Components.Any(c => c.ComponentId == componentId));
        foreach (var notification in await limited.Select(n => new { n.Id, n.Name }).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.Notification, notification.Id, notification.Name)
            {
                Before = new Dictionary<string, object?> { ["limited_to"] = new AuditReference(AuditObject.Component, componentId) },
                After = new Dictionary<string, object?> { ["limited_to"] = null },
            });
        }
        await limited.ExecuteUpdateAsync(row => row.SetProperty(n => n.Version, n => n.Version + 1).SetProperty(n => n.UpdatedAt, work.Now), cancellationToken);
        await work.Db.Set<NotificationComponent>().Where(c => c.ComponentId == componentId).ExecuteDeleteAsync(cancellationToken);
    }
}

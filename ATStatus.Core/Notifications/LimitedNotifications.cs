using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>
/// What is removed is taken out of the limits of notifications: they stay, and no longer name it. One that named nothing else receives nothing from
/// then on, instead of everything.
/// </summary>
internal static class LimitedNotifications
{
    /// <summary>Raises the versions of notifications that named it, and records it. Then their rows that name it go.</summary>
    public static async Task ForgetAsync(UnitOfWork work, IQueryable<Notification> limited, AuditReference removed, CancellationToken cancellationToken)
    {
        foreach (var notification in await limited.Select(n => new { n.Id, n.Name }).ToListAsync(cancellationToken))
        {
            work.Db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.Notification, notification.Id, notification.Name)
            {
                Before = new Dictionary<string, object?> { ["limited_to"] = removed },
                After = new Dictionary<string, object?> { ["limited_to"] = null },
            });
        }
        await limited.ExecuteUpdateAsync(row => row.SetProperty(n => n.Version, n => n.Version + 1).SetProperty(n => n.UpdatedAt, work.Now), cancellationToken);
    }

    /// <summary>What it means for notifications that are limited to nothing else.</summary>
    /// <param name="only">Those notifications.</param>
    /// <param name="what">What is removed: "It is the only component".</param>
    public static async Task<IReadOnlyList<string>> DescribeAsync(IQueryable<Notification> only, string what, CancellationToken cancellationToken) =>
        await only.OrderBy(n => n.Name).Select(n => n.Name).ToListAsync(cancellationToken) switch
        {
            [] => [],
            [var name] => [$"{what} that {name} is limited to: that notification will receive nothing."],
            var names => [$"{what} that {names.Count} notifications are limited to: they will receive nothing."],
        };
}

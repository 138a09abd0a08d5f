using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>Reads of notifications.</summary>
internal static class NotificationRows
{
    /// <summary>With all that <see cref="Notification.Subscription"/> and <see cref="Notification.ExclusionOf"/> ask.</summary>
    public static IQueryable<Notification> WithSubscription(this IQueryable<Notification> notifications) =>
        notifications.Include(n => n.Events).Include(n => n.Pages).Include(n => n.Components).Include(n => n.Groups).AsSplitQuery();
}

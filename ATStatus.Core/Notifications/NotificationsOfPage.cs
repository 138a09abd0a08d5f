using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Notifications that are limited to a page: they stay, and no longer name it.</summary>
internal sealed class NotificationsOfPage : IPageContent
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken)
    {
        var count = await db.Notifications.CountAsync(
            n => !n.AllPages && n.Pages.Any(p => p.StatusPageId == statusPageId) && n.Pages.Count == 1, cancellationToken);
        return count == 0 ? [] : [$"the only page of {(count == 1 ? "1 notification" : $"{count} notifications")}, which will hear of nothing any more"];
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken)
    {
        await work.Db.Notifications.Where(n => n.Pages.Any(p => p.StatusPageId == statusPageId))
            .ExecuteUpdateAsync(row => row.SetProperty(n => n.Version, n => n.Version + 1), cancellationToken);
        await work.Db.Set<NotificationPage>().Where(p => p.StatusPageId == statusPageId).ExecuteDeleteAsync(cancellationToken);
    }
}

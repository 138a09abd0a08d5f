using System.Collections.Concurrent;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Notifications with their events, pages and components as they were read last, for those who need them again with each event and each delivery.
/// Whoever asks reads the rows' versions in its own transaction; only a row of another version is read again, so nobody gets what
/// is older than its transaction. Every write of a notification, or of what belongs to it, raises its version;
/// but for the removal of a replaced secret whose time is over, which its time already keeps from signing.
/// </summary>
public sealed class KnownNotifications
{
    /// <summary>How many are kept.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<int, Notification> _known = new();

    /// <summary>Every notification, in the order of their numbers. They are shared: not to be changed.</summary>
    internal async Task<List<Notification>> AllAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var versions = await db.Notifications.AsNoTracking().OrderBy(n => n.Id).Select(n => new { n.Id, n.Version }).ToListAsync(cancellationToken);
        var all = await OfAsync(db, [.. versions.Select(v => (v.Id, v.Version))], cancellationToken);
        return [.. all.Values.OrderBy(n => n.Id)];
    }

    /// <summary>Those of these numbers and versions; what is gone meanwhile is left out. They are shared: not to be changed.</summary>
    internal async Task<Dictionary<int, Notification>> OfAsync(
        AtStatusDbContext db, IReadOnlyCollection<(int Id, int Version)> versions, CancellationToken cancellationToken = default)
    {
        var found = new Dictionary<int, Notification>(versions.Count);
        List<int>? unknown = null;
        foreach (var (id, version) in versions)
        {
            if (_known.TryGetValue(id, out var notification) && notification.Version == version)
                found[id] = notification;
            else
                (unknown ??= []).Add(id);
        }
        if (unknown is null)
            return found;
        if (_known.Count > Most)
            _known.Clear();
        var read = await db.Notifications.AsNoTracking().Where(n => unknown.Contains(n.Id))
            .Include(n => n.Events).Include(n => n.Pages).Include(n => n.Components).AsSplitQuery()
            .ToListAsync(cancellationToken);
        foreach (var notification in read)
            found[notification.Id] = _known[notification.Id] = notification;
        return found;
    }
}

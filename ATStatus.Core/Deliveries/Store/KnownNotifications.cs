using System.Collections.Concurrent;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Notifications with what they are subscribed to as they were read last, for those who need them again with each event and each delivery.
/// Whoever asks reads the rows' versions in its own transaction; only a row of another version is read again, so nobody gets what
/// is older than its transaction. Every write of a notification, or of what belongs to it, raises its version;
/// but for the removal of a replaced secret whose time is over, which its time already keeps from signing.
/// </summary>
public sealed class KnownNotifications(NotificationWrites writes)
{
    internal const int Most = 10_000;

    private readonly ConcurrentDictionary<int, Notification> _known = new();
    private volatile Known? _all;

    /// <summary>See <see cref="NotificationWrites.Value"/>.</summary>
    internal long? Writes => writes.Value;

    /// <summary>Every notification, in the order of their numbers. They are shared: not to be changed. Within a transaction.</summary>
    /// <remarks>
    /// Where this process's writes do not tell (<see cref="NotificationWrites"/>), three sums tell whether any has changed: a number is given once, and only
    /// upwards, and a version only grows. So as many rows with the same sum of numbers are the same rows, and the same rows with the same sum of versions are unchanged.
    /// </remarks>
    internal async Task<IReadOnlyList<Notification>> AllAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var count = Writes;
        if (count is not null && _all is { } all && all.Writes == count)
            return all.Notifications;
        var sums = await db.Notifications.GroupBy(_ => 1)
            .Select(rows => new Sums(rows.Count(), rows.Sum(n => (long)n.Id), rows.Sum(n => (long)n.Version)))
            .SingleOrDefaultAsync(cancellationToken);
        if (_all is { } known && known.Sums == sums)
        {
            _all = known with { Writes = count };
            return known.Notifications;
        }
        var versions = await db.Notifications.AsNoTracking().Select(n => new { n.Id, n.Version }).ToListAsync(cancellationToken);
        var found = await OfAsync(db, [.. versions.Select(v => (v.Id, v.Version))], cancellationToken);
        var notifications = found.Values.OrderBy(n => n.Id).ToArray();
        _all = new Known(sums, notifications, count);
        return notifications;
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
        var read = await db.Notifications.AsNoTracking().Where(n => unknown.Contains(n.Id)).WithSubscription()
            .ToListAsync(cancellationToken);
        foreach (var notification in read)
            found[notification.Id] = _known[notification.Id] = notification;
        return found;
    }

    /// <summary>Of all notifications; null where there is none.</summary>
    private sealed record Sums(int Count, long Ids, long Versions);

    private sealed record Known(Sums? Sums, IReadOnlyList<Notification> Notifications, long? Writes);
}

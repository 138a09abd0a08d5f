using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Reads the rows of one group with plain statements, in the context's transaction. Entity Framework's reading of the same rows took
/// more than all that is written (decision 3).
/// </summary>
/// <param name="known">Notifications as they were read last.</param>
internal sealed class StoreReads(StoreConnection connection, KnownNotifications known)
{
    /// <summary>The deliveries of these numbers; one that does not exist is left out.</summary>
    public async Task<Dictionary<long, Delivery>> DeliveriesAsync(IEnumerable<long> ids)
    {
        var found = new Dictionary<long, Delivery>();
        await connection.Prepared.ReadAsync(connection.Db, Deliveries, ids, row =>
        {
            var delivery = DeliveryColumns.All.Read(new Delivery { NotificationName = "", Kind = "" }, row);
            found[delivery.Id] = delivery;
        });
        return found;
    }

    /// <summary>The bodies that are stored with deliveries of these numbers; those that have none are left out.</summary>
    public async Task<Dictionary<long, byte[]>> BodiesAsync(IEnumerable<long> ids)
    {
        var found = new Dictionary<long, byte[]>();
        await connection.Prepared.ReadAsync(connection.Db, Bodies, ids, row => found[row.GetInt64(0)] = row.GetFieldValue<byte[]>(1));
        return found;
    }

    /// <summary>Why deliveries that are being sent were cancelled; those that were not are left out.</summary>
    public async Task<Dictionary<long, string>> CancelledAsync(IEnumerable<long> ids)
    {
        var found = new Dictionary<long, string>();
        await connection.Prepared.ReadAsync(connection.Db, Cancelled, ids, row => found[row.GetInt64(0)] = row.GetString(1));
        return found;
    }

    /// <summary>The notifications of these numbers, and their health where they have some; what does not exist is left out.</summary>
    public async Task<(Dictionary<int, Notification> Notifications, Dictionary<int, NotificationHealth> Health)> NotificationsAsync(
        IReadOnlyCollection<int> ids)
    {
        connection.Known.Refresh(known.Writes);
        var (notifications, health) = (new Dictionary<int, Notification>(ids.Count), new Dictionary<int, NotificationHealth>(ids.Count));
        var unknown = new List<long>();
        foreach (var id in ids)
        {
            if (!connection.Known.TryGet(id, out var notification, out var known))
            {
                unknown.Add(id);
                continue;
            }
            notifications[id] = notification;
            if (known is not null)
                health[id] = known;
        }
        if (unknown.Count > 0)
            await ReadNotificationsAsync(unknown, notifications, health);
        return (notifications, health);
    }

    private async Task ReadNotificationsAsync(
        List<long> ids, Dictionary<int, Notification> notifications, Dictionary<int, NotificationHealth> health)
    {
        var versions = new List<(int Id, int Version)>(ids.Count);
        var read = new List<NotificationHealth>(ids.Count);
        await connection.Prepared.ReadAsync(connection.Db, Notifications, ids, row =>
        {
            var id = row.GetInt32(0);
            versions.Add((id, row.GetInt32(1)));
            if (!row.IsDBNull(2))
                read.Add(DeliveryColumns.Health.Read(new NotificationHealth(), row, 3));
        });
        var found = await known.OfAsync(connection.Db, versions);
        connection.Known.Keep(found.Values, read);
        foreach (var (id, notification) in found)
            notifications[id] = notification;
        foreach (var one in read)
            health[one.NotificationId] = one;
    }

    private static readonly PlainStatement Deliveries =
        new((dialect, _) => $"""SELECT {DeliveryColumns.All.Of("d")} FROM "Deliveries" AS d WHERE d."Id" IN ({dialect.Numbers})""");

    private static readonly PlainStatement Bodies =
        new((dialect, _) => $"""SELECT "DeliveryId", "Content" FROM "DeliveryBodies" WHERE "DeliveryId" IN ({dialect.Numbers})""");

    private static readonly PlainStatement Cancelled =
        new((dialect, _) => $"""SELECT "Id", "CancelReason" FROM "Deliveries" WHERE "CancelReason" IS NOT NULL AND "Id" IN ({dialect.Numbers})""");

    /// <summary>Health is read to be written: another instance that counts for the same notification waits, and no count is lost.</summary>
    private static readonly PlainStatement Notifications = new((dialect, _) => $"""
        SELECT n."Id", n."Version", h."NotificationId", {DeliveryColumns.Health.Of("h")}
        FROM "Notifications" AS n LEFT JOIN "NotificationHealth" AS h{dialect.ForUpdate} ON h."NotificationId" = n."Id"
        WHERE n."Id" IN ({dialect.Numbers}) ORDER BY n."Id"
        """);
}

using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Reads the rows of one group with plain statements, in the context's transaction. Entity Framework's reading of the same rows took
/// more than all that is written (decision 3).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="known">Notifications as they were read last.</param>
internal sealed class StoreReads(StoreConnection connection, KnownNotifications known)
{
    /// <summary>The deliveries of these numbers; one that does not exist is left out.</summary>
    public async Task<Dictionary<long, Delivery>> DeliveriesAsync(IEnumerable<long> ids)
    {
        var found = new Dictionary<long, Delivery>();
        await connection.Prepared.ReadAsync(connection.Db, _of.Deliveries, ids, row =>
        {
            var delivery = DeliveryColumns.OfRow(row);
            found[delivery.Id] = delivery;
        });
        return found;
    }

    /// <summary>Why deliveries that are being sent were cancelled; those that were not are left out.</summary>
    public async Task<Dictionary<long, string>> CancelledAsync(IEnumerable<long> ids)
    {
        var found = new Dictionary<long, string>();
        await connection.Prepared.ReadAsync(connection.Db, _of.Cancelled, ids, row => found[row.GetInt64(0)] = row.GetString(1));
        return found;
    }

    /// <summary>The notifications of these numbers, and their health where they have some; what does not exist is left out.</summary>
    public async Task<(Dictionary<int, Notification> Notifications, Dictionary<int, NotificationHealth> Health)> NotificationsAsync(
        IReadOnlyCollection<int> ids)
    {
        connection.Refresh();
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
        await connection.Prepared.ReadAsync(connection.Db, _of.Notifications, ids, row =>
        {
            var id = row.GetInt32(0);
            versions.Add((id, row.GetInt32(1)));
            if (!row.IsDBNull(2))
                read.Add(HealthOf(row, id));
        });
        var found = await known.OfAsync(connection.Db, versions);
        connection.Known.Keep(found.Values, read);
        foreach (var (id, notification) in found)
            notifications[id] = notification;
        foreach (var one in read)
            health[one.NotificationId] = one;
    }

    private readonly ByNumber _of = connection.Db.Database.IsSqlite() ? OnSqlite : OnSqlServer;

    private sealed record ByNumber(string Deliveries, string Notifications, string Cancelled)
    {
        public static ByNumber In(string numbers, string healthHint) => new(
            $"""SELECT {DeliveryColumns.RowColumns} FROM "Deliveries" WHERE "Id" IN {numbers}""", $"""{SelectNotification} AS h{healthHint} ON h."NotificationId" = n."Id" WHERE n."Id" IN {numbers} ORDER BY n."Id" """,
            $"""SELECT "Id", "CancelReason" FROM "Deliveries" WHERE "CancelReason" IS NOT NULL AND "Id" IN {numbers}""");
    }

    private static readonly ByNumber OnSqlite = ByNumber.In("(SELECT value FROM json_each(@numbers))", "");

    // Health is read to be written: another instance that counts for the same notification waits, and no count is lost.
    private static readonly ByNumber OnSqlServer =
        ByNumber.In("(SELECT CAST(value AS bigint) FROM OPENJSON(@numbers))", " WITH (UPDLOCK, ROWLOCK)");

    private const string SelectNotification = """
        SELECT n."Id", n."Version", h."CountingSince", h."ConsecutiveFailures", h."LastTimedOut", h."OpenedAt", h."NextProbeAt",
            h."FailedProbes", h."DrainingSince", h."LastSuccessAt", h."FailedDeliveries", h."LastDeliveryId", h."LastAttemptAt",
            h."LastFailure", h."LastStatusCode", h."AlertedAt"
        FROM "Notifications" AS n LEFT JOIN "NotificationHealth"
        """;

    private static NotificationHealth HealthOf(DbDataReader row, int notificationId) => new()
    {
        NotificationId = notificationId,
        CountingSince = row.Utc(2),
        ConsecutiveFailures = row.GetInt32(3),
        LastTimedOut = row.GetBoolean(4),
        OpenedAt = row.UtcOrNull(5),
        NextProbeAt = row.UtcOrNull(6),
        FailedProbes = row.GetInt32(7),
        DrainingSince = row.UtcOrNull(8),
        LastSuccessAt = row.UtcOrNull(9),
        FailedDeliveries = row.GetInt32(10),
        LastDeliveryId = row.IsDBNull(11) ? null : row.GetInt64(11),
        LastAttemptAt = row.UtcOrNull(12),
        LastFailure = row.NameOrNull<FailureKind>(13),
        LastStatusCode = row.Int32OrNull(14),
        AlertedAt = row.UtcOrNull(15),
    };
}

using System.Data;
using System.Data.Common;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Reads the rows of one group with plain statements, in the context's transaction. Entity Framework's reading of the same rows took
/// more than all that is written (decision 3).
/// </summary>
/// <param name="session">The connection.</param>
/// <param name="known">Notifications as they were read last.</param>
internal sealed class LedgerReads(LedgerSession session, KnownNotifications known)
{
    /// <summary>The deliveries of these numbers; one that does not exist is left out.</summary>
    public async Task<Dictionary<long, Delivery>> DeliveriesAsync(IEnumerable<long> ids)
    {
        var rows = new StatementRows(session.Db, SelectDelivery, [DbType.Int64], session.Prepared);
        foreach (var id in ids)
            rows.Add(id);
        var found = new Dictionary<long, Delivery>();
        await rows.ReadAsync(row =>
        {
            var delivery = Delivery.OfRow(row);
            found[delivery.Id] = delivery;
        });
        return found;
    }

    /// <summary>The notifications of these numbers, and their health where they have some; what does not exist is left out.</summary>
    public async Task<(Dictionary<int, Notification> Notifications, Dictionary<int, NotificationHealth> Health)> NotificationsAsync(
        IReadOnlyCollection<int> ids)
    {
        var rows = new StatementRows(session.Db, SelectHealth, [DbType.Int32], session.Prepared);
        foreach (var id in ids)
            rows.Add(id);
        var versions = new List<(int Id, int Version)>(ids.Count);
        var health = new Dictionary<int, NotificationHealth>(ids.Count);
        await rows.ReadAsync(row =>
        {
            var id = row.GetInt32(0);
            versions.Add((id, row.GetInt32(1)));
            if (!row.IsDBNull(2))
                health[id] = HealthOf(row, id);
        });
        return (await known.OfAsync(session.Db, versions), health);
    }

    private const string SelectDelivery = $"""SELECT {Delivery.RowColumns} FROM "Deliveries" WHERE "Id" = @p0""";

    private const string SelectHealth = """
        SELECT n."Id", n."Version", h."CountingSince", h."ConsecutiveFailures", h."LastTimedOut", h."OpenedAt", h."NextProbeAt",
            h."FailedProbes", h."DrainingSince", h."LastSuccessAt", h."FailedDeliveries", h."LastDeliveryId", h."LastAttemptAt",
            h."LastFailure", h."LastStatusCode", h."AlertedAt"
        FROM "Notifications" AS n LEFT JOIN "NotificationHealth" AS h ON h."NotificationId" = n."Id"
        WHERE n."Id" = @p0
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

using System.Data;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Inserts the deliveries of one unit of work. One event goes to many notifications, and a tracked insert of each would cost more
/// than sending it (decision 3).
/// </summary>
internal static class NewDeliveries
{
    private const string Into = """
        INSERT INTO "Deliveries" ("EventId", "NotificationId", "NotificationName", "Kind", "RequestId", "State", "Reason", "Hold", "Subject",
            "SkipCause", "IsTest", "EventType", "CreatedAt", "DueAt", "SettledAt", "IsOwn", "AttemptCount", "RoundAttempts", "IsRedelivery", "Version")
        """;

    private const string Values = """
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, 0, 0, @p10, 0)
        """;

    private const string Sqlite = $"{Into} {Values}";
    private const string SqlServer = $"""{Into} OUTPUT INSERTED."Id" {Values}""";

    private static readonly DbType[] Columns =
    [
        DbType.Int64, DbType.Int32, DbType.String, DbType.String, DbType.Guid, DbType.String, DbType.String, DbType.String, DbType.String,
        DbType.String, DbType.Boolean, DbType.String, DbType.DateTime2, DbType.DateTime2, DbType.DateTime2, DbType.Boolean,
    ];

    /// <summary>Inserts them in their order, in the context's transaction, and gives each its number. Their events are saved already.</summary>
    public static async Task InsertAsync(AtStatusDbContext db, IReadOnlyList<Delivery> deliveries)
    {
        if (deliveries.Count == 0)
            return;
        var rows = new StatementRows(db, db.Database.IsSqlite() ? Sqlite : SqlServer, Columns);
        foreach (var delivery in deliveries)
        {
            rows.Add(
                delivery.EventId, delivery.NotificationId, delivery.NotificationName, delivery.Kind, delivery.RequestId,
                delivery.State.ToString(), delivery.Reason, delivery.Hold?.ToString(), delivery.Subject, delivery.SkipCause?.ToString(),
                false, delivery.EventType.ToString(), delivery.CreatedAt, delivery.DueAt, delivery.SettledAt, delivery.IsOwn);
        }
        var numbers = await rows.InsertAsync();
        for (var i = 0; i < numbers.Count; i++)
            deliveries[i].Id = numbers[i];
    }
}

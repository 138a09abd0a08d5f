using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ATStatus.Bench.Sketch;

/// <summary>The statements of the sketch, on a connection of its own to the product's migrated file.</summary>
internal sealed class SketchStore : IDisposable
{
    public const string Claims = """
        UPDATE "Deliveries" SET "State" = 'Sending', "AttemptCount" = "AttemptCount" + 1, "LeaseId" = ?, "LeasedAt" = ?, "LeaseUntil" = ?, "JobId" = ?,
            "Version" = "Version" + 1
        WHERE "EventId" = ? AND "State" = 'Pending' AND "Hold" IS NULL AND "IsRedelivery" = 0
            AND "NotificationId" IN (SELECT "value" FROM json_each(?))
        RETURNING "Id", "NotificationId"
        """;

    public const string ClaimAll = """
        UPDATE "Deliveries" SET "State" = 'Sending', "AttemptCount" = "AttemptCount" + 1, "LeaseId" = ?, "LeasedAt" = ?, "LeaseUntil" = ?, "JobId" = ?,
            "Version" = "Version" + 1
        WHERE "EventId" = ? AND "State" = 'Pending' AND "Hold" IS NULL AND "IsRedelivery" = 0
        RETURNING "Id", "NotificationId"
        """;

    public const string ClaimByIds = """
        UPDATE "Deliveries" SET "State" = 'Sending', "AttemptCount" = "AttemptCount" + 1, "LeaseId" = ?, "LeasedAt" = ?, "LeaseUntil" = ?, "JobId" = ?,
            "Version" = "Version" + 1
        WHERE "Id" IN (SELECT "value" FROM json_each(?)) AND +"State" = 'Pending' AND "Hold" IS NULL AND "IsRedelivery" = 0
        RETURNING "Id", "NotificationId"
        """;

    public const string ClaimById = """
        UPDATE "Deliveries" SET "State" = 'Sending', "AttemptCount" = "AttemptCount" + 1, "LeaseId" = ?, "LeasedAt" = ?, "LeaseUntil" = ?, "JobId" = ?,
            "Version" = "Version" + 1
        WHERE "Id" = ? AND "State" = 'Pending' AND "Hold" IS NULL AND "IsRedelivery" = 0
        """;

    public const string Result = """
        UPDATE "Deliveries" SET "State" = ?, "Reason" = ?, "DueAt" = ?, "SettledAt" = ?, "RoundAttempts" = "RoundAttempts" + 1,
            "LastFailure" = ?, "LastStatusCode" = ?, "SkipCause" = NULL, "LeaseId" = NULL, "LeasedAt" = NULL, "LeaseUntil" = NULL,
            "CancelReason" = NULL, "Version" = "Version" + 1
        WHERE "Id" = ? AND "LeaseId" = ?
        """;

    public const string ResultsAlike = """
        UPDATE "Deliveries" SET "State" = 'Delivered', "Reason" = NULL, "DueAt" = NULL, "SettledAt" = ?, "RoundAttempts" = "RoundAttempts" + 1,
            "LastFailure" = NULL, "LastStatusCode" = ?, "SkipCause" = NULL, "LeaseId" = NULL, "LeasedAt" = NULL, "LeaseUntil" = NULL,
            "CancelReason" = NULL, "Version" = "Version" + 1
        WHERE "Id" IN (SELECT "value" FROM json_each(?)) AND "LeaseId" IS NOT NULL
        """;

    public const string Attempt = """
        INSERT INTO "DeliveryAttempts" ("DeliveryId", "Number", "Trigger", "StartedAt", "DurationMs", "Failure", "StatusCode", "Error",
            "RequestHeaders", "ResponseHeaders", "ResponseBody", "ResponseBodyTruncated", "LookupMs", "ConnectMs", "TlsMs", "ReusedMs")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    public const string Health = """
        UPDATE "NotificationHealth" SET "ConsecutiveFailures" = 0, "LastTimedOut" = 0, "OpenedAt" = NULL, "NextProbeAt" = NULL, "FailedProbes" = 0,
            "DrainingSince" = NULL, "LastSuccessAt" = ?, "FailedDeliveries" = 0, "CountingSince" = ?, "LastDeliveryId" = ?, "LastAttemptAt" = ?,
            "LastFailure" = NULL, "LastStatusCode" = ?
        WHERE "NotificationId" = ?
        """;

    public const string Hour = """
        INSERT INTO "AttemptHours" ("NotificationId", "Hour", "IsFailure", "Bucket", "Count") VALUES (?, ?, ?, ?, ?)
        ON CONFLICT ("NotificationId", "Hour", "IsFailure", "Bucket") DO UPDATE SET "Count" = "Count" + excluded."Count"
        """;

    public const string Event = """
        INSERT INTO "Events" ("Type", "OccurredAt", "StatusPageId", "SubjectId", "Title", "Payload", "IsTest", "LeftOut", "TitleFolded", "ComponentIds")
        VALUES (?, ?, ?, ?, ?, ?, 0, NULL, ?, ?)
        """;

    public const string Delivery = """
        INSERT INTO "Deliveries" ("EventId", "NotificationId", "NotificationName", "Kind", "RequestId", "State", "Reason", "Hold", "Subject",
            "SkipCause", "IsTest", "EventType", "CreatedAt", "DueAt", "SettledAt", "AttemptCount", "RoundAttempts", "IsRedelivery", "Version")
        VALUES (?, ?, ?, 'webhook', ?, 'Pending', NULL, NULL, ?, NULL, 0, 'ComponentCreated', ?, ?, NULL, 0, 0, 0, 0)
        """;

    private readonly Dictionary<string, RawStatement> _statements = [];
    private readonly bool _isBorrowed;

    public SketchStore(string file)
    {
        Connection = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=10");
        Connection.Open();
        Run("PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON;");
    }

    /// <summary>On a connection that somebody else has a transaction on.</summary>
    public SketchStore(SqliteConnection connection) => (Connection, _isBorrowed) = (connection, true);

    public SqliteConnection Connection { get; }

    public RawStatement this[string sql] => _statements.TryGetValue(sql, out var statement)
        ? statement
        : _statements[sql] = new RawStatement(Connection, sql);

    public void Begin() => this["BEGIN IMMEDIATE"].Run();

    public void Commit() => this["COMMIT"].Run();

    public void Run(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public long Number(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>An event with a delivery for each notification. Returns its number and that of its first delivery; the others follow it.</summary>
    public (long Event, long First) Save(DateTime now, byte[] payload, int subject, string title, IReadOnlyList<(int Id, string Name)> notifications)
    {
        var insert = this[Event];
        insert.Bind("ComponentCreated").Bind(now).Bind(1).Bind(subject).Bind(title).Bind(payload).Bind(title).Bind($"[{subject}]").Run();
        var number = insert.LastNumber;
        var first = 0L;
        var row = this[Delivery];
        var about = $"component/{subject}";
        foreach (var (id, name) in notifications)
        {
            row.Bind(number).Bind(id).Bind(name).Bind(Guid.CreateVersion7()).Bind(about).Bind(now).Bind(now).Run();
            if (first == 0)
                first = row.LastNumber;
        }
        return (number, first);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        if (!_isBorrowed)
            Connection.Dispose();
    }
}

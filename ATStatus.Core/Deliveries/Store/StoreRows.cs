using System.Data;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Writes the rows of one group with plain statements. A tracked context would cost more than the rest of a delivery together
/// (decision 3).
/// </summary>
internal sealed class StoreRows
{
    private readonly List<Written> _deliveries = [];
    private readonly List<NotificationHealth> _health = [];
    private readonly Dictionary<(int Notification, DateTime Hour, bool IsFailure, int Bucket), int> _hours = [];

    /// <summary>What has changed of a row. A statement names what it may have changed and no more: each index that is named is written anew.</summary>
    private enum Change
    {
        /// <summary>It was claimed.</summary>
        Claim,

        /// <summary>It was held, and was claimed.</summary>
        ClaimOfHeld,

        /// <summary>A claimed one has got its result.</summary>
        Result,

        /// <summary>One that was claimed, and then taken for lost, has got its result after all.</summary>
        LateResult,

        /// <summary>Anything.</summary>
        Any,
    }

    private sealed record Written(Delivery Row, int Version, Change Change, Guid Lease);

    /// <summary>A row that was read at a version and has been changed; another's write in between fails the group.</summary>
    public void Changed(Delivery row) => Add(row, Change.Any);

    /// <summary>A row that was read at a version and has been claimed; another's write in between fails the group.</summary>
    public void Claimed(Delivery row, bool wasHeld) =>
        Add(row, row.Attempts.Count > 0 ? Change.Any : wasHeld ? Change.ClaimOfHeld : Change.Claim);

    /// <summary>
    /// A row that a claim holds and a result has changed; a lost lease fails the group, and so does a wish to cancel that the result does not
    /// know of. A late one takes the place of the attempt that was written down as lost, unless somebody has claimed the row since.
    /// </summary>
    public void Recorded(Delivery row, Guid lease, bool isLate) => Add(row, isLate ? Change.LateResult : Change.Result, lease);

    private void Add(Delivery row, Change change, Guid lease = default) => _deliveries.Add(new Written(row, row.Version, change, lease));

    /// <summary>A notification's health that has changed.</summary>
    public void Changed(NotificationHealth health) => _health.Add(health);

    /// <summary>An attempt that counts in its notification's statistics.</summary>
    public void Counted(int notificationId, SendResult result)
    {
        var at = result.StartedAt.UtcDateTime;
        var key = (
            notificationId, HourlyAttemptCount.HourOf(at), result.Failure is not null,
            DurationBuckets.Of((int)Math.Min(int.MaxValue, Math.Round(result.Duration.TotalMilliseconds))));
        _hours[key] = _hours.GetValueOrDefault(key) + 1;
    }

    /// <summary>Writes everything in the connection's transaction.</summary>
    /// <exception cref="DbUpdateConcurrencyException">A row is not as it was read, or its lease was lost; the caller undoes the transaction.</exception>
    public async Task WriteAsync(StoreConnection connection)
    {
        if (_deliveries.Count == 0)
            return;
        // The same order on every instance: health, hours, deliveries, attempts, each by its number.
        await WriteHealthAsync(connection);
        await WriteHoursAsync(connection);
        _deliveries.Sort((a, b) => a.Row.Id.CompareTo(b.Row.Id));
        var written = 0;
        foreach (var change in _deliveries.GroupBy(d => d.Change))
        {
            var (sql, types, values) = Statements[change.Key];
            var rows = new StatementRows(connection.Db, sql, types, connection.Prepared);
            foreach (var delivery in change)
                rows.Add(values(delivery));
            written += await rows.WriteAsync();
        }
        if (written != _deliveries.Count)
            throw new DbUpdateConcurrencyException("A delivery was written by somebody else.");
        foreach (var delivery in _deliveries)
            delivery.Row.Version = delivery.Version + 1;
        await RemoveLostAttemptsAsync(connection);
        await WriteAttemptsAsync(connection);
    }

    /// <summary>The transaction is committed: attempts that were inserted are not inserted again with the row's next write.</summary>
    public void Committed(DeliveryMetrics metrics)
    {
        foreach (var (row, _, _, _) in _deliveries)
        {
            metrics.Written(row);
            row.Attempts.Clear();
        }
    }

    private static readonly Dictionary<Change, (string Sql, DbType[] Types, Func<Written, object?[]> Values)> Statements = new()
    {
        [Change.Claim] = Claim(""),
        [Change.ClaimOfHeld] = Claim(", \"Hold\" = NULL"),
        [Change.Result] = Result("\"LeaseId\" = @p9", DbType.Guid, w => w.Lease),
        // What was recorded before has its attempt; what was merely taken for lost has one that is cancelled. A person's wish to cancel
        // does not undo what has arrived.
        [Change.LateResult] = Result(
            """
            "LeaseId" IS NULL AND "AttemptCount" = @p9 AND EXISTS (
                SELECT 1 FROM "DeliveryAttempts" a WHERE a."DeliveryId" = @p8 AND a."Number" = @p9 AND a."Failure" = 'Cancelled')
            AND ("State" = 'Retrying' OR ("State" = 'Skipped' AND "SkipCause" = 'Cancelled' AND @p0 = 'Delivered'))
            """,
            DbType.Int32,
            w => w.Row.AttemptCount,
            also: ", \"Hold\" = NULL"),
        [Change.Any] = (
            """
            UPDATE "Deliveries" SET "State" = @p0, "Reason" = @p1, "Hold" = @p2, "SkipCause" = @p3, "DueAt" = @p4, "SettledAt" = @p5,
                "AttemptCount" = @p6, "RoundAttempts" = @p7, "LeaseId" = @p8, "LeasedAt" = @p9, "LeaseUntil" = @p10, "JobId" = @p11,
                "LastFailure" = @p12, "LastStatusCode" = @p13, "IsOwn" = @p14, "CancelReason" = NULL, "Version" = "Version" + 1
            WHERE "Id" = @p15 AND "Version" = @p16
            """,
            [
                DbType.String, DbType.String, DbType.String, DbType.String, DbType.DateTime2, DbType.DateTime2, DbType.Int32, DbType.Int32,
                DbType.Guid, DbType.DateTime2, DbType.DateTime2, DbType.String, DbType.String, DbType.Int32, DbType.Boolean, DbType.Int64, DbType.Int32,
            ],
            w => [
                w.Row.State.ToString(), w.Row.Reason, w.Row.Hold?.ToString(), w.Row.SkipCause?.ToString(), w.Row.DueAt, w.Row.SettledAt,
                w.Row.AttemptCount, w.Row.RoundAttempts, w.Row.LeaseId, w.Row.LeasedAt, w.Row.LeaseUntil, w.Row.JobId,
                w.Row.LastFailure?.ToString(), w.Row.LastStatusCode, w.Row.IsOwn, w.Row.Id, w.Version,
            ]),
    };

    private static (string Sql, DbType[] Types, Func<Written, object?[]> Values) Claim(string hold) => (
        $"""
        UPDATE "Deliveries" SET "State" = @p0, "AttemptCount" = @p1, "LeaseId" = @p2, "LeasedAt" = @p3, "LeaseUntil" = @p4, "JobId" = @p5{hold},
            "Version" = "Version" + 1
        WHERE "Id" = @p6 AND "Version" = @p7
        """,
        [DbType.String, DbType.Int32, DbType.Guid, DbType.DateTime2, DbType.DateTime2, DbType.String, DbType.Int64, DbType.Int32],
        w => [
            w.Row.State.ToString(), w.Row.AttemptCount, w.Row.LeaseId, w.Row.LeasedAt, w.Row.LeaseUntil, w.Row.JobId, w.Row.Id, w.Version,
        ]);

    private static (string Sql, DbType[] Types, Func<Written, object?[]> Values) Result(
        string isMine, DbType type, Func<Written, object?> mine, string also = "") => (
        $"""
        UPDATE "Deliveries" SET "State" = @p0, "Reason" = @p1, "DueAt" = @p2, "SettledAt" = @p3, "RoundAttempts" = @p4,
            "LastFailure" = @p5, "LastStatusCode" = @p6, "SkipCause" = @p7{also}, "LeaseId" = NULL, "LeasedAt" = NULL, "LeaseUntil" = NULL,
            "CancelReason" = NULL, "Version" = "Version" + 1
        WHERE "Id" = @p8 AND {isMine} AND ("CancelReason" IS NULL OR @p0 IN ('Delivered', 'Skipped'))
        """,
        [
            DbType.String, DbType.String, DbType.DateTime2, DbType.DateTime2, DbType.Int32, DbType.String, DbType.Int32, DbType.String,
            DbType.Int64, type,
        ],
        w => [
            w.Row.State.ToString(), w.Row.Reason, w.Row.DueAt, w.Row.SettledAt, w.Row.RoundAttempts, w.Row.LastFailure?.ToString(),
            w.Row.LastStatusCode, w.Row.SkipCause?.ToString(), w.Row.Id, mine(w),
        ]);

    private static readonly DbType[] AttemptColumns =
    [
        DbType.Int64, DbType.Int32, DbType.String, DbType.DateTime2, DbType.Int32, DbType.String, DbType.Int32, DbType.String,
        DbType.String, DbType.String, DbType.String, DbType.Boolean, DbType.Int32, DbType.Int32, DbType.Int32, DbType.Int32,
    ];

    private const string InsertAttempt = """
        INSERT INTO "DeliveryAttempts" ("DeliveryId", "Number", "Trigger", "StartedAt", "DurationMs", "Failure", "StatusCode", "Error",
            "RequestHeaders", "ResponseHeaders", "ResponseBody", "ResponseBodyTruncated", "LookupMs", "ConnectMs", "TlsMs", "ReusedMs")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15)
        """;

    /// <summary>What a late result takes the place of.</summary>
    private Task<int> RemoveLostAttemptsAsync(StoreConnection connection)
    {
        var rows = new StatementRows(
            connection.Db, """DELETE FROM "DeliveryAttempts" WHERE "DeliveryId" = @p0 AND "Number" = @p1""", [DbType.Int64, DbType.Int32], connection.Prepared);
        foreach (var written in _deliveries.Where(d => d.Change == Change.LateResult))
            rows.Add(written.Row.Id, written.Row.AttemptCount);
        return rows.WriteAsync();
    }

    private async Task WriteAttemptsAsync(StoreConnection connection)
    {
        var rows = new StatementRows(connection.Db, InsertAttempt, AttemptColumns, connection.Prepared);
        foreach (var (row, _, _, _) in _deliveries)
        {
            foreach (var attempt in row.Attempts)
            {
                rows.Add(
                    row.Id, attempt.Number, attempt.Trigger.ToString(), attempt.StartedAt, attempt.DurationMs, attempt.Failure?.ToString(),
                    attempt.StatusCode, attempt.Error, attempt.RequestHeaders, attempt.ResponseHeaders, attempt.ResponseBody,
                    attempt.ResponseBodyTruncated, attempt.LookupMs, attempt.ConnectMs, attempt.TlsMs, attempt.ReusedMs);
            }
        }
        await rows.WriteAsync();
    }

    /// <summary>A row that is gone was a notification's that has just been deleted.</summary>
    private async Task WriteHealthAsync(StoreConnection connection)
    {
        var rows = new StatementRows(connection.Db, UpdateHealth, HealthColumns, connection.Prepared);
        foreach (var health in _health.OrderBy(h => h.NotificationId))
        {
            rows.Add(
                health.ConsecutiveFailures, health.LastTimedOut, health.OpenedAt, health.NextProbeAt, health.FailedProbes, health.DrainingSince,
                health.LastSuccessAt, health.FailedDeliveries, health.CountingSince, health.LastDeliveryId, health.LastAttemptAt,
                health.LastFailure?.ToString(), health.LastStatusCode, health.NotificationId);
        }
        await rows.WriteAsync();
    }

    /// <summary>Added, never set: other instances count too. A notification that has just been deleted has nothing to be counted for.</summary>
    private async Task WriteHoursAsync(StoreConnection connection)
    {
        var rows = new StatementRows(connection.Db, connection.Db.Database.IsSqlite() ? CountOnSqlite : CountOnSqlServer, HourColumns, connection.Prepared);
        foreach (var ((notification, hour, isFailure, bucket), count) in _hours.OrderBy(h => h.Key))
            rows.Add(notification, hour, isFailure, bucket, count);
        await rows.WriteAsync();
    }

    private static readonly DbType[] HourColumns = [DbType.Int32, DbType.DateTime2, DbType.Boolean, DbType.Int32, DbType.Int32];

    private const string CountOnSqlite = """
        INSERT INTO "AttemptHours" ("NotificationId", "Hour", "IsFailure", "Bucket", "Count")
        SELECT @p0, @p1, @p2, @p3, @p4 WHERE EXISTS (SELECT 1 FROM "Notifications" WHERE "Id" = @p0)
        ON CONFLICT ("NotificationId", "Hour", "IsFailure", "Bucket") DO UPDATE SET "Count" = "Count" + excluded."Count"
        """;

    // HOLDLOCK: two instances that begin the same hour must not both find no row.
    private const string CountOnSqlServer = """
        MERGE "AttemptHours" WITH (HOLDLOCK, ROWLOCK) AS h
        USING (SELECT "Id" FROM "Notifications" WHERE "Id" = @p0) AS n
            ON h."NotificationId" = n."Id" AND h."Hour" = @p1 AND h."IsFailure" = @p2 AND h."Bucket" = @p3
        WHEN MATCHED THEN UPDATE SET "Count" = h."Count" + @p4
        WHEN NOT MATCHED THEN INSERT ("NotificationId", "Hour", "IsFailure", "Bucket", "Count") VALUES (n."Id", @p1, @p2, @p3, @p4);
        """;

    private static readonly DbType[] HealthColumns =
    [
        DbType.Int32, DbType.Boolean, DbType.DateTime2, DbType.DateTime2, DbType.Int32, DbType.DateTime2, DbType.DateTime2, DbType.Int32,
        DbType.DateTime2, DbType.Int64, DbType.DateTime2, DbType.String, DbType.Int32, DbType.Int32,
    ];

    private const string UpdateHealth = """
        UPDATE "NotificationHealth" SET "ConsecutiveFailures" = @p0, "LastTimedOut" = @p1, "OpenedAt" = @p2, "NextProbeAt" = @p3,
            "FailedProbes" = @p4, "DrainingSince" = @p5, "LastSuccessAt" = @p6, "FailedDeliveries" = @p7, "CountingSince" = @p8,
            "LastDeliveryId" = @p9, "LastAttemptAt" = @p10, "LastFailure" = @p11, "LastStatusCode" = @p12
        WHERE "NotificationId" = @p13
        """;
}

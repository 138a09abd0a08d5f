using System.Data;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Writes the rows of one group with plain statements. A tracked context would cost more than the rest of a delivery together
/// (decision 3).
/// </summary>
internal sealed class LedgerRows
{
    private readonly List<(Delivery Row, int Version, Guid? Lease)> _deliveries = [];
    private readonly List<NotificationHealth> _health = [];

    /// <summary>A row that was read at a version and has been changed; another's write in between fails the group.</summary>
    public void Changed(Delivery row) => _deliveries.Add((row, row.Version, null));

    /// <summary>A row that a claim holds and a result has changed; a lost lease fails the group.</summary>
    public void Recorded(Delivery row, Guid lease) => _deliveries.Add((row, row.Version, lease));

    /// <summary>A notification's health that has changed.</summary>
    public void Changed(NotificationHealth health) => _health.Add(health);

    /// <summary>Writes everything in the session's transaction.</summary>
    /// <exception cref="DbUpdateConcurrencyException">A row is not as it was read, or its lease was lost; the caller undoes the transaction.</exception>
    public async Task WriteAsync(LedgerSession session)
    {
        if (_deliveries.Count == 0)
            return;
        var claims = new StatementRows(session.Db, UpdateClaim, ClaimColumns, session.Prepared);
        var results = new StatementRows(session.Db, UpdateResult, ResultColumns, session.Prepared);
        var attempts = new StatementRows(session.Db, InsertAttempt, AttemptColumns, session.Prepared);
        foreach (var (row, version, lease) in _deliveries)
        {
            (lease is null ? claims : results).Add(
                row.State.ToString(), row.Reason, row.Hold?.ToString(), row.SkipCause?.ToString(), row.DueAt, row.SettledAt,
                row.AttemptCount, row.RoundAttempts, row.LeaseId, row.LeasedAt, row.LeaseUntil, row.JobId,
                row.LastFailure?.ToString(), row.LastStatusCode, row.Id, lease is { } held ? held : version);
            foreach (var attempt in row.Attempts)
            {
                attempts.Add(
                    row.Id, attempt.Number, attempt.Trigger.ToString(), attempt.StartedAt, attempt.DurationMs, attempt.Failure?.ToString(),
                    attempt.StatusCode, attempt.Error, attempt.RequestHeaders, attempt.ResponseHeaders, attempt.ResponseBody,
                    attempt.ResponseBodyTruncated, attempt.LookupMs, attempt.ConnectMs, attempt.TlsMs);
            }
        }
        if (await claims.WriteAsync() + await results.WriteAsync() != _deliveries.Count)
            throw new DbUpdateConcurrencyException("A delivery was written by somebody else.");
        foreach (var (row, version, _) in _deliveries)
            row.Version = version + 1;
        await attempts.WriteAsync();
        await WriteHealthAsync(session);
    }

    /// <summary>The transaction is committed: attempts that were inserted are not inserted again with the row's next write.</summary>
    public void Committed(DeliveryMeters meters)
    {
        foreach (var (row, _, _) in _deliveries)
        {
            meters.Written(row);
            row.Attempts.Clear();
        }
    }

    private static readonly DbType[] DeliveryColumns =
    [
        DbType.String, DbType.String, DbType.String, DbType.String, DbType.DateTime2, DbType.DateTime2, DbType.Int32, DbType.Int32,
        DbType.Guid, DbType.DateTime2, DbType.DateTime2, DbType.String, DbType.String, DbType.Int32,
    ];

    private static readonly DbType[] ClaimColumns = [.. DeliveryColumns, DbType.Int64, DbType.Int32];
    private static readonly DbType[] ResultColumns = [.. DeliveryColumns, DbType.Int64, DbType.Guid];

    private static readonly DbType[] AttemptColumns =
    [
        DbType.Int64, DbType.Int32, DbType.String, DbType.DateTime2, DbType.Int32, DbType.String, DbType.Int32, DbType.String,
        DbType.String, DbType.String, DbType.String, DbType.Boolean, DbType.Int32, DbType.Int32, DbType.Int32,
    ];

    private const string InsertAttempt = """
        INSERT INTO "DeliveryAttempts" ("DeliveryId", "Number", "Trigger", "StartedAt", "DurationMs", "Failure", "StatusCode", "Error",
            "RequestHeaders", "ResponseHeaders", "ResponseBody", "ResponseBodyTruncated", "LookupMs", "ConnectMs", "TlsMs")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14)
        """;

    private static readonly string UpdateClaim = Update("\"Version\"");
    private static readonly string UpdateResult = Update("\"LeaseId\"");

    private static string Update(string guard) => $"""
        UPDATE "Deliveries" SET "State" = @p0, "Reason" = @p1, "Hold" = @p2, "SkipCause" = @p3, "DueAt" = @p4, "SettledAt" = @p5,
            "AttemptCount" = @p6, "RoundAttempts" = @p7, "LeaseId" = @p8, "LeasedAt" = @p9, "LeaseUntil" = @p10, "JobId" = @p11,
            "LastFailure" = @p12, "LastStatusCode" = @p13, "Version" = "Version" + 1
        WHERE "Id" = @p14 AND {guard} = @p15
        """;

    /// <summary>A row that is gone was a notification's that has just been deleted.</summary>
    private async Task WriteHealthAsync(LedgerSession session)
    {
        var rows = new StatementRows(session.Db, UpdateHealth, HealthColumns, session.Prepared);
        foreach (var health in _health)
        {
            rows.Add(
                health.ConsecutiveFailures, health.LastTimedOut, health.OpenedAt, health.NextProbeAt, health.FailedProbes, health.DrainingSince,
                health.LastSuccessAt, health.FailedDeliveries, health.CountingSince, health.LastDeliveryId, health.LastAttemptAt,
                health.LastFailure?.ToString(), health.LastStatusCode, health.NotificationId);
        }
        await rows.WriteAsync();
    }

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

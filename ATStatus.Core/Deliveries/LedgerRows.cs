using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Writes the rows of one group with as few statements as both providers understand: every update in one command, every attempt in
/// one insert. A tracked context would cost more than the rest of a delivery together (decision 7).
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

    /// <summary>Writes everything in the context's transaction.</summary>
    /// <exception cref="DbUpdateConcurrencyException">A row is not as it was read, or its lease was lost; the caller undoes the transaction.</exception>
    public async Task WriteAsync(AtStatusDbContext db)
    {
        if (_deliveries.Count == 0)
            return;
        await using var command = Command(db);
        var sql = new StringBuilder();
        foreach (var (row, version, lease) in _deliveries)
            Update(command, sql, row, version, lease);
        command.CommandText = sql.ToString();
        if (await command.ExecuteNonQueryAsync() != _deliveries.Count)
            throw new DbUpdateConcurrencyException("A delivery was written by somebody else.");
        foreach (var (row, version, _) in _deliveries)
            row.Version = version + 1;
        await InsertAttemptsAsync(db);
        await WriteHealthAsync(db);
    }

    /// <summary>The transaction is committed: attempts that were inserted are not inserted again with the row's next write.</summary>
    public void Committed()
    {
        foreach (var (row, _, _) in _deliveries)
            row.Attempts.Clear();
    }

    private static void Update(DbCommand command, StringBuilder sql, Delivery row, int version, Guid? lease)
    {
        sql.Append("UPDATE \"Deliveries\" SET ");
        Set("State", DbType.String, row.State.ToString());
        Set("Reason", DbType.String, row.Reason);
        Set("Hold", DbType.String, row.Hold?.ToString());
        Set("SkipCause", DbType.String, row.SkipCause?.ToString());
        Set("DueAt", DbType.DateTime2, row.DueAt);
        Set("SettledAt", DbType.DateTime2, row.SettledAt);
        Set("AttemptCount", DbType.Int32, row.AttemptCount);
        Set("RoundAttempts", DbType.Int32, row.RoundAttempts);
        Set("LeaseId", DbType.Guid, row.LeaseId);
        Set("LeasedAt", DbType.DateTime2, row.LeasedAt);
        Set("LeaseUntil", DbType.DateTime2, row.LeaseUntil);
        Set("JobId", DbType.String, row.JobId);
        Set("LastFailure", DbType.String, row.LastFailure?.ToString());
        Set("LastStatusCode", DbType.Int32, row.LastStatusCode);
        sql.Append("\"Version\" = \"Version\" + 1 WHERE \"Id\" = ").Append(Add(command, DbType.Int64, row.Id));
        if (lease is { } held)
            sql.Append(" AND \"LeaseId\" = ").Append(Add(command, DbType.Guid, held));
        else
            sql.Append(" AND \"Version\" = ").Append(Add(command, DbType.Int32, version));
        sql.Append(";\n");

        void Set(string column, DbType type, object? value) =>
            sql.Append('"').Append(column).Append("\" = ").Append(Add(command, type, value)).Append(", ");
    }

    private async Task InsertAttemptsAsync(AtStatusDbContext db)
    {
        await using var command = Command(db);
        var sql = new StringBuilder("""
            INSERT INTO "DeliveryAttempts" ("DeliveryId", "Number", "Trigger", "StartedAt", "DurationMs", "Failure", "StatusCode", "Error",
                "RequestHeaders", "ResponseHeaders", "ResponseBody", "ResponseBodyTruncated") VALUES
            """);
        var isFirst = true;
        foreach (var (row, _, _) in _deliveries)
        {
            foreach (var attempt in row.Attempts)
            {
                sql.Append(isFirst ? " (" : ", (");
                isFirst = false;
                Value(DbType.Int64, row.Id);
                Value(DbType.Int32, attempt.Number);
                Value(DbType.String, attempt.Trigger.ToString());
                Value(DbType.DateTime2, attempt.StartedAt);
                Value(DbType.Int32, attempt.DurationMs);
                Value(DbType.String, attempt.Failure?.ToString());
                Value(DbType.Int32, attempt.StatusCode);
                Value(DbType.String, attempt.Error);
                Value(DbType.String, attempt.RequestHeaders);
                Value(DbType.String, attempt.ResponseHeaders);
                Value(DbType.String, attempt.ResponseBody);
                Value(DbType.Boolean, attempt.ResponseBodyTruncated);
                sql.Length -= 2;
                sql.Append(')');
            }
        }
        if (isFirst)
            return;
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync();

        void Value(DbType type, object? value) => sql.Append(Add(command, type, value)).Append(", ");
    }

    /// <summary>A row that is gone was a notification's that has just been deleted.</summary>
    private async Task WriteHealthAsync(AtStatusDbContext db)
    {
        if (_health.Count == 0)
            return;
        await using var command = Command(db);
        var sql = new StringBuilder();
        foreach (var health in _health)
        {
            sql.Append("UPDATE \"NotificationHealth\" SET ");
            Set("LastTimedOut", DbType.Boolean, health.LastTimedOut);
            Set("OpenedAt", DbType.DateTime2, health.OpenedAt);
            Set("NextProbeAt", DbType.DateTime2, health.NextProbeAt);
            Set("FailedProbes", DbType.Int32, health.FailedProbes);
            Set("DrainingSince", DbType.DateTime2, health.DrainingSince);
            Set("LastSuccessAt", DbType.DateTime2, health.LastSuccessAt);
            Set("FailedDeliveries", DbType.Int32, health.FailedDeliveries);
            Set("CountingSince", DbType.DateTime2, health.CountingSince);
            Set("LastDeliveryId", DbType.Int64, health.LastDeliveryId);
            Set("LastAttemptAt", DbType.DateTime2, health.LastAttemptAt);
            Set("LastFailure", DbType.String, health.LastFailure?.ToString());
            Set("LastStatusCode", DbType.Int32, health.LastStatusCode);
            sql.Append("\"ConsecutiveFailures\" = ").Append(Add(command, DbType.Int32, health.ConsecutiveFailures));
            sql.Append(" WHERE \"NotificationId\" = ").Append(Add(command, DbType.Int32, health.NotificationId)).Append(";\n");
        }
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync();

        void Set(string column, DbType type, object? value) =>
            sql.Append('"').Append(column).Append("\" = ").Append(Add(command, type, value)).Append(", ");
    }

    private static DbCommand Command(AtStatusDbContext db)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        return command;
    }

    /// <summary>Adds a parameter and answers its name. The type is said because a null has none, and SQL Server's datetime would round.</summary>
    private static string Add(DbCommand command, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@p" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
        parameter.DbType = type;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }
}

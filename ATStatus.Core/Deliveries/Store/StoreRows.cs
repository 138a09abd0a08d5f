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
    private readonly Dictionary<long, Written> _deliveries = [];
    private readonly List<NotificationHealth> _health = [];
    private readonly List<NotificationHealth> _rates = [];
    private readonly List<DeliveryBody> _bodies = [];
    private readonly Dictionary<(int NotificationId, DateTime Hour, bool IsFailure, int Bucket), HourlyAttemptCount> _hours = [];

    /// <param name="Statement">What writes it.</param>
    /// <param name="Lease">The lease that its result has ended; null where the row has its own.</param>
    private sealed record Written(Delivery Row, RowStatement<Written> Statement, Guid? Lease);

    /// <summary>A row that was read at a version and has been changed; another's write in between fails the group.</summary>
    public void Changed(Delivery row) => Add(row, Any);

    /// <summary>A row that was read at a version and has been claimed; another's write in between fails the group.</summary>
    /// <param name="wasHeld">It was held until then.</param>
    /// <param name="isFirst">By its event's job.</param>
    public void Claimed(Delivery row, bool wasHeld, bool isFirst) =>
        Add(row, row.Attempts.Count > 0 ? Any : isFirst ? ClaimOfFirst : wasHeld ? ClaimOfHeld : ClaimOfOther);

    /// <summary>
    /// A row that a claim holds and a result has changed; a lost lease fails the group, and so does a wish to cancel that the result does not
    /// know of. A late one takes the place of the attempt that was written down as lost, unless somebody has claimed the row since.
    /// </summary>
    public void Recorded(Delivery row, Guid lease, bool isLate) => Add(row, isLate ? LateResult : Result, lease);

    private void Add(Delivery row, RowStatement<Written> statement, Guid? lease = null) =>
        _deliveries[row.Id] = new Written(row, _deliveries.ContainsKey(row.Id) ? Any : statement, lease);

    /// <summary>A row that was claimed as above, and whose body has been rendered for that; null where that failed.</summary>
    public void Rendered(Delivery row, byte[]? content)
    {
        Add(row, Any);
        if (content is not null)
            _bodies.Add(new DeliveryBody { DeliveryId = row.Id, Content = content });
    }

    /// <summary>A claim has used a notification's rate. By itself: what has no rate pays nothing for it.</summary>
    public void UsedRate(NotificationHealth health) => _rates.Add(health);

    public void Changed(NotificationHealth health) => _health.Add(health);

    /// <summary>An attempt that counts in its notification's statistics.</summary>
    public void Counted(int notificationId, SendResult result)
    {
        var (at, isFailure) = (HourlyAttemptCount.HourOf(result.StartedAt.UtcDateTime), result.Failure is not null);
        var bucket = DurationBuckets.Of((int)Math.Min(int.MaxValue, Math.Round(result.Duration.TotalMilliseconds)));
        if (!_hours.TryGetValue((notificationId, at, isFailure, bucket), out var hour))
            _hours[(notificationId, at, isFailure, bucket)] = hour = new() { NotificationId = notificationId, Hour = at, IsFailure = isFailure, Bucket = bucket };
        hour.Count++;
    }

    /// <summary>Writes everything in the connection's transaction; on every instance in the same order: health, hours, deliveries, attempts, each by its number.</summary>
    /// <exception cref="LostRowsException">Rows are not as they were read, or their leases were lost; the caller undoes the transaction.</exception>
    public async Task WriteAsync(StoreConnection connection)
    {
        if (_deliveries.Count == 0)
            return;
        // One that is gone was a notification's that has just been deleted.
        await Health.WriteAsync(connection.Db, [.. _health.OrderBy(h => h.NotificationId)], connection.Prepared);
        await Rates.WriteAsync(connection.Db, [.. _rates.OrderBy(h => h.NotificationId)], connection.Prepared);
        await Hours.WriteAsync(connection.Db, [.. _hours.OrderBy(h => h.Key).Select(h => h.Value)], connection.Prepared);
        var deliveries = _deliveries.Values.OrderBy(d => d.Row.Id).ToList();
        var lost = new HashSet<long>();
        foreach (var rows in deliveries.GroupBy(d => d.Statement))
            lost.UnionWith(await rows.Key.WriteAsync(connection.Db, [.. rows], connection.Prepared));
        if (lost.Count > 0)
            throw new LostRowsException(lost);
        foreach (var (row, statement, _) in deliveries)
        {
            row.Version++;
            row.Attempts.ForEach(attempt => attempt.DeliveryId = row.Id);
            // What a late result takes the place of.
            if (statement == LateResult)
                await connection.Db.DeliveryAttempts.Where(a => a.DeliveryId == row.Id && a.Number == row.AttemptCount).ExecuteDeleteAsync();
        }
        await Bodies.WriteAsync(connection.Db, _bodies, connection.Prepared);
        await Attempts.WriteAsync(connection.Db, [.. deliveries.SelectMany(d => d.Row.Attempts)], connection.Prepared);
    }

    /// <summary>The transaction is committed: attempts that were inserted are not inserted again with the row's next write.</summary>
    public void Committed(DeliveryMetrics metrics)
    {
        foreach (var (row, _, _) in _deliveries.Values)
        {
            metrics.Written(row);
            row.Attempts.Clear();
        }
    }

    private const string NextVersion = """, "Version" = t."Version" + 1""";

    private static readonly TableColumns<Written> Deliveries =
        DeliveryColumns.All.Within(w => w.Row, new TableColumn<Written>("LeaseId", w => w.Lease ?? w.Row.LeaseId));

    /// <summary>By its event's job: only what such a job may claim.</summary>
    private static readonly RowStatement<Written> ClaimOfFirst = Claim(where: DeliveryColumns.ForEventJob);

    private static readonly RowStatement<Written> ClaimOfOther = Claim();

    private static readonly RowStatement<Written> ClaimOfHeld = Claim(", \"Hold\" = NULL");

    /// <summary>A claimed one has got its result.</summary>
    private static readonly RowStatement<Written> Result = Ended("LeaseId");

    /// <summary>
    /// One that was claimed, and then taken for lost, has got its result after all. What was recorded before has its attempt; what was merely taken
    /// for lost has one that is cancelled. A person's wish to cancel does not undo what has arrived.
    /// </summary>
    private static readonly RowStatement<Written> LateResult = Ended("AttemptCount", ", \"Hold\" = NULL", """
         AND t."LeaseId" IS NULL AND EXISTS (
            SELECT 1 FROM "DeliveryAttempts" AS a WHERE a."DeliveryId" = t."Id" AND a."Number" = t."AttemptCount" AND a."Failure" = N'Cancelled')
        AND (t."State" = N'Retrying' OR (t."State" = N'Skipped' AND t."SkipCause" = N'Cancelled' AND r."State" = N'Delivered'))
        """);

    /// <summary>Whatever a change may change.</summary>
    private static readonly RowStatement<Written> Any = Deliveries.Update(
        [
            "State", "Reason", "Hold", "SkipCause", "DueAt", "SettledAt", "AttemptCount", "RoundAttempts", "LeaseId", "LeasedAt", "LeaseUntil", "JobId",
            "LastFailure", "LastStatusCode", "IsOwn", "Body",
        ],
        ["Id", "Version"], $", \"CancelReason\" = NULL{NextVersion}");

    private static RowStatement<Written> Claim(string also = "", string where = "") => Deliveries.Update(
        ["State", "AttemptCount", "LeaseId", "LeasedAt", "LeaseUntil", "JobId"], ["Id", "Version"], also + NextVersion, where);

    private static RowStatement<Written> Ended(string mine, string also = "", string where = "") => Deliveries.Update(
        ["State", "Reason", "DueAt", "SettledAt", "RoundAttempts", "LastFailure", "LastStatusCode", "SkipCause"], ["Id", mine],
        $"""{also}, "LeaseId" = NULL, "LeasedAt" = NULL, "LeaseUntil" = NULL, "CancelReason" = NULL{NextVersion}""",
        $"""(t."CancelReason" IS NULL OR r."State" IN (N'Delivered', N'Skipped')){where}""");

    private static readonly RowStatement<DeliveryBody> Bodies = new TableColumns<DeliveryBody>("DeliveryBodies").Insert();

    private static readonly RowStatement<DeliveryAttempt> Attempts = new TableColumns<DeliveryAttempt>("DeliveryAttempts").Insert();

    /// <summary>Counts and all: on SQL Server the row is locked since it was read (<see cref="StoreReads"/>), and whether an alert was sent has a right of its own.</summary>
    private static readonly RowStatement<NotificationHealth> Health = DeliveryColumns.Health.Update(
        [
            "ConsecutiveFailures", "LastTimedOut", "OpenedAt", "NextProbeAt", "FailedProbes", "DrainingSince", "LastSuccessAt", "FailedDeliveries",
            "CountingSince", "LastDeliveryId", "LastAttemptAt", "LastFailure", "LastStatusCode",
        ],
        ["NotificationId"]);

    private static readonly RowStatement<NotificationHealth> Rates = DeliveryColumns.Health.Update(["RateNextAt"], ["NotificationId"]);

    /// <summary>A notification that has just been deleted has nothing to be counted for.</summary>
    private static readonly RowStatement<HourlyAttemptCount> Hours = new TableColumns<HourlyAttemptCount>("AttemptHours")
        .Add("Count", ["NotificationId", "Hour", "IsFailure", "Bucket"], """EXISTS (SELECT 1 FROM "Notifications" AS n WHERE n."Id" = r."NotificationId")""");
}

/// <summary>Rows of a group are not as they were read, or their leases were lost.</summary>
internal sealed class LostRowsException(IReadOnlySet<long> ids) : DbUpdateConcurrencyException("Deliveries were written by somebody else.")
{
    public IReadOnlySet<long> Ids => ids;
}

using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Bench;

/// <summary>
/// A month of a busy console's log, in SQLite's own SQL: ten notifications (eight take everything, one of them answers badly; one
/// takes incidents only, one components only), a ninth as many events with varied titles, and of the deliveries
/// 97 % delivered, 2 % failed, 1 % skipped, 1 % tests, each with its attempts; at the newest end some are under way.
/// </summary>
internal static class LogFill
{
    /// <summary>Which notifications take an event of kind <c>e.k</c> (0-39: incidents 0-11, maintenance 12-15, components 16-39).</summary>
    private const string Subscribed = """
        (n.i <= 8 OR (n.i = 9 AND e.k < 12) OR (n.i = 10 AND e.k >= 16))
        """;

    private static readonly string[] Steps =
    [
        """
        INSERT INTO Notifications (Id, Kind, Name, ProtectedUrl, DisplayUrl, Enabled, AllPages, AllComponents, InOrder, CreatedAt, Version,
            StandardWebhooks, TlsTrust)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
        SELECT i, 'webhook', 'Channel ' || i, 'none', 'https://receiver-' || i || '.example/…', 1, 1, 1, 0, '2025-12-01 00:00:00', 0, 0, 'System' FROM n
        """,
        """
        CREATE TEMP TABLE Kinds AS
        WITH RECURSIVE k(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 39)
        SELECT k, CASE
            WHEN k < 4 THEN 'IncidentCreated' WHEN k < 9 THEN 'IncidentUpdated' WHEN k < 12 THEN 'IncidentResolved'
            WHEN k < 13 THEN 'MaintenanceScheduled' WHEN k < 14 THEN 'MaintenanceStarted' WHEN k < 15 THEN 'MaintenanceCompleted'
            WHEN k < 37 THEN 'ComponentStatusChanged' WHEN k < 39 THEN 'ComponentCreated' ELSE 'ComponentDeleted' END AS Type FROM k
        """,
        """
        INSERT INTO Events (Id, Type, OccurredAt, StatusPageId, SubjectId, Title, Payload, IsTest)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @events)
        SELECT i, CASE WHEN i % 12 = 0 THEN 'IncidentCreated' ELSE k.Type END,
            strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || CAST(i * 2592000.0 / @events AS INTEGER) || ' seconds'), 1 + i % 3, i / 5,
            CASE WHEN i % 12 = 0 THEN '[Test] ' ELSE '' END
            || CASE (i * 7) % 11 WHEN 0 THEN 'Checkout' WHEN 1 THEN 'Search' WHEN 2 THEN 'Login' WHEN 3 THEN 'API gateway' WHEN 4 THEN 'Dashboard'
                WHEN 5 THEN 'Web hooks' WHEN 6 THEN 'File storage' WHEN 7 THEN 'E-mail delivery' WHEN 8 THEN 'Payments' WHEN 9 THEN 'DNS' ELSE 'Mobile app' END
            || CASE (i * 5) % 7 WHEN 0 THEN ' answers slowly' WHEN 1 THEN ' shows errors' WHEN 2 THEN ' is down' WHEN 3 THEN ' loses messages'
                WHEN 4 THEN ' rejects uploads' WHEN 5 THEN ' times out' ELSE ' restarts again and again' END
            || CASE i % 5 WHEN 0 THEN ' in Frankfurt' WHEN 1 THEN ' in Dublin' WHEN 2 THEN ' in Oregon' WHEN 3 THEN ' in Singapore' ELSE '' END
            || CASE WHEN i % 3 = 0 THEN ' (ticket ' || (i * 97 % 100003) || ')' ELSE '' END,
            zeroblob(380), i % 12 = 0
        FROM n JOIN Kinds k ON k.k = (i * 17) % 40
        """,
        $"""
        INSERT INTO Deliveries (EventId, EventType, NotificationId, NotificationName, Kind, RequestId, State, IsTest, TestProtectedUrl, CreatedAt, SettledAt,
            AttemptCount, RoundAttempts, IsRedelivery, Version, Subject, Reason, SkipCause, LastFailure, LastStatusCode)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10),
        e AS MATERIALIZED (SELECT Id, Type, OccurredAt, IsTest, SubjectId, (Id * 17) % 40 AS k FROM Events),
        d AS MATERIALIZED (
            SELECT e.Id AS EventId, e.Type, n.i AS NotificationId, e.OccurredAt, e.IsTest, e.SubjectId, abs(random()) % 10000 AS r, abs(random()) % 100 AS f
            FROM e JOIN n ON (e.IsTest = 1 AND n.i = 1 + e.Id % 10) OR (e.IsTest = 0 AND {Subscribed}) ORDER BY e.Id, n.i),
        s AS (SELECT *, CASE WHEN r < CASE NotificationId WHEN 6 THEN 920 ELSE 80 END THEN 'Failed' WHEN r < CASE NotificationId WHEN 6 THEN 1020 ELSE 180 END AND IsTest = 0 THEN 'Skipped' ELSE 'Delivered' END AS State FROM d)
        SELECT EventId, Type, NotificationId, 'Channel ' || NotificationId, 'webhook',
            hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)),
            State, IsTest, CASE WHEN IsTest THEN 'none' END, OccurredAt, OccurredAt,
            CASE State WHEN 'Skipped' THEN 0 WHEN 'Failed' THEN iif(IsTest, 1, 3) ELSE iif(r > 9700, 2, 1) END,
            CASE State WHEN 'Skipped' THEN 0 WHEN 'Failed' THEN iif(IsTest, 1, 3) ELSE iif(r > 9700, 2, 1) END, 0, 6,
            iif(IsTest, NULL, CASE WHEN Type LIKE 'Inc%' THEN 'incident/' WHEN Type LIKE 'Main%' THEN 'maintenance/' ELSE 'component/' END || SubjectId),
            CASE State WHEN 'Failed' THEN 'All 3 attempts failed.' WHEN 'Skipped' THEN 'The notification was switched off.' END,
            CASE State WHEN 'Skipped' THEN iif(f < 90, 'NotificationOff', 'DoNotNotify') END,
            CASE WHEN State <> 'Failed' THEN NULL WHEN f < 70 THEN 'HttpStatus' WHEN f < 85 THEN 'Timeout' WHEN f < 95 THEN 'Connection' WHEN f < 98 THEN 'Dns' WHEN f < 99 THEN 'Tls' ELSE 'AddressRefused' END,
            CASE State WHEN 'Delivered' THEN iif(f < 90, 200, iif(f < 95, 202, 204))
                WHEN 'Failed' THEN CASE WHEN f < 35 THEN 500 WHEN f < 50 THEN 503 WHEN f < 60 THEN 404 WHEN f < 65 THEN 429 WHEN f < 67 THEN 301 WHEN f < 70 THEN 401 END END
        FROM s
        """,
        """
        INSERT INTO DeliveryAttempts (DeliveryId, Number, Trigger, StartedAt, DurationMs, Failure, StatusCode, Error, RequestHeaders, ResponseHeaders, ResponseBody, ResponseBodyTruncated)
        WITH n(i) AS (VALUES (1), (2), (3))
        SELECT d.Id, n.i, iif(n.i = 1, iif(d.IsTest, 'Test', 'Event'), 'Retry'), d.CreatedAt, 5 + d.Id % 90,
            iif(d.State = 'Delivered' AND n.i = d.AttemptCount, NULL, coalesce(d.LastFailure, 'Timeout')),
            iif(d.State = 'Delivered' AND n.i < d.AttemptCount, NULL, d.LastStatusCode),
            iif(d.State = 'Delivered' AND n.i = d.AttemptCount, NULL, 'No answer within 10 s.'),
            printf('%0300d', d.Id), printf('%0100d', d.Id), 'ok', 0
        FROM Deliveries d JOIN n ON n.i <= d.AttemptCount
        """,
        // The newest are under way.
        "UPDATE Deliveries SET State = 'Pending', DueAt = CreatedAt, SettledAt = NULL, Reason = NULL, SkipCause = NULL, LastFailure = NULL, LastStatusCode = NULL WHERE IsTest = 0 AND Id > (SELECT MAX(Id) FROM Deliveries) - 200",
        "UPDATE Deliveries SET State = 'Retrying', DueAt = datetime(CreatedAt, '+60 seconds'), SettledAt = NULL, Reason = NULL, SkipCause = NULL, LastFailure = 'HttpStatus', LastStatusCode = 503 WHERE IsTest = 0 AND Id % 9 = 0 AND Id > (SELECT MAX(Id) FROM Deliveries) - 3000",
        "UPDATE Deliveries SET State = 'Sending', DueAt = CreatedAt, SettledAt = NULL, Reason = NULL, SkipCause = NULL WHERE IsTest = 0 AND Id % 9 = 1 AND Id > (SELECT MAX(Id) FROM Deliveries) - 200",
    ];

    /// <summary>Fills an empty, migrated SQLite database with about this many deliveries.</summary>
    public static async Task FillAsync(AtStatusDbContext db, int deliveries)
    {
        // A real event goes to 8.9 of the ten, a test (each twelfth) to one.
        var events = (int)(deliveries / (11.0 / 12 * 8.9 + 1.0 / 12));
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        await using var transaction = await db.Database.BeginTransactionAsync();
        foreach (var step in Steps)
            await db.Database.ExecuteSqlRawAsync(step.Replace("@events", events.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await transaction.CommitAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>
    /// Adds so many deliveries of the notifications there are to a console's log, an attempt each, one a second from <paramref name="first"/>
    /// on, and a tenth as many events.
    /// </summary>
    public static async Task AppendAsync(AtStatusDbContext db, int rows, DateTime first)
    {
        var from = first.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await using var transaction = await db.Database.BeginTransactionAsync();
        var lowest = await db.Notifications.MinAsync(n => n.Id);
        var count = await db.Notifications.CountAsync();
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO Events (Id, Type, OccurredAt, StatusPageId, SubjectId, Title, Payload, IsTest)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows / 10})
            SELECT 1000000 + i, 'ComponentCreated', {from}, 1, i, 'Filled ' || i, zeroblob(250), 0 FROM n
            """);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO Deliveries (Id, EventId, NotificationId, NotificationName, Kind, RequestId, State, IsTest, CreatedAt, SettledAt,
                AttemptCount, RoundAttempts, IsRedelivery, Version, Subject, LastStatusCode)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
            SELECT 1000000 + i, 1000001 + (i - 1) / 10, {lowest} + i % {count}, 'Filled', 'webhook',
                upper(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
                'Delivered', 0, datetime({from}, '+' || i || ' seconds'), datetime({from}, '+' || i || ' seconds'), 1, 1, 0, 2,
                'component/' || ((i - 1) / 10), 200 FROM n
            """);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO DeliveryAttempts (DeliveryId, Number, Trigger, StartedAt, DurationMs, StatusCode, RequestHeaders, ResponseHeaders, ResponseBody, ResponseBodyTruncated)
            SELECT Id, 1, 'Event', CreatedAt, 12, 200, printf('%0300d', Id), printf('%0100d', Id), 'ok', 0 FROM Deliveries WHERE Id > 1000000
            """);
        await transaction.CommitAsync();
    }
}

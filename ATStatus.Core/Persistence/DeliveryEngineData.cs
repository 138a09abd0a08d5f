namespace ATStatus.Core.Persistence;

/// <summary>
/// What the migration DeliveryEngine fills its new columns with from what earlier versions have kept. The same for both providers:
/// quoted names, scalar subqueries, CONCAT.
/// </summary>
internal static class DeliveryEngineData
{
    /// <summary>The statements, in order. Frozen with the migration: never changed after it has landed.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        """
        UPDATE "Deliveries" SET
            "LastFailure" = (SELECT a."Failure" FROM "DeliveryAttempts" a WHERE a."DeliveryId" = "Deliveries"."Id" AND a."Number" = "Deliveries"."AttemptCount"),
            "LastStatusCode" = (SELECT a."StatusCode" FROM "DeliveryAttempts" a WHERE a."DeliveryId" = "Deliveries"."Id" AND a."Number" = "Deliveries"."AttemptCount"),
            "Subject" = CASE WHEN "IsTest" = 1 THEN NULL ELSE (
                SELECT CONCAT(
                    CASE WHEN e."Type" LIKE 'Incident%' THEN 'incident/' WHEN e."Type" LIKE 'Maintenance%' THEN 'maintenance/' ELSE 'component/' END,
                    e."SubjectId")
                FROM "Events" e WHERE e."Id" = "Deliveries"."EventId") END,
            "SkipCause" = CASE
                WHEN "State" <> 'Skipped' THEN NULL
                WHEN "Reason" LIKE 'Do not notify%' THEN 'DoNotNotify'
                WHEN "Reason" LIKE 'The notification was deleted%' THEN 'NotificationDeleted'
                WHEN "IsTest" = 1 THEN 'TestNotSent'
                ELSE 'NotificationOff' END
        """,
        """
        INSERT INTO "NotificationHealth" (
            "NotificationId", "ConsecutiveFailures", "LastTimedOut", "FailedProbes", "FailedDeliveries", "CountingSince", "LastDeliveryId")
        SELECT n."Id", 0, 0, 0, 0, n."CreatedAt",
            (SELECT MAX(d."Id") FROM "Deliveries" d WHERE d."NotificationId" = n."Id" AND d."IsTest" = 0 AND d."AttemptCount" > 0)
        FROM "Notifications" n
        """,
        """
        UPDATE "NotificationHealth" SET
            "LastAttemptAt" = (SELECT MAX(a."StartedAt") FROM "DeliveryAttempts" a WHERE a."DeliveryId" = "NotificationHealth"."LastDeliveryId"),
            "LastFailure" = (SELECT d."LastFailure" FROM "Deliveries" d WHERE d."Id" = "NotificationHealth"."LastDeliveryId"),
            "LastStatusCode" = (SELECT d."LastStatusCode" FROM "Deliveries" d WHERE d."Id" = "NotificationHealth"."LastDeliveryId"),
            "LastSuccessAt" = (SELECT MAX(d."SettledAt") FROM "Deliveries" d
                WHERE d."NotificationId" = "NotificationHealth"."NotificationId" AND d."IsTest" = 0 AND d."State" = 'Delivered')
        """,
    ];
}

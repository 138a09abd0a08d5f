namespace ATStatus.Core.Persistence;

/// <summary>
/// What the migration ComponentStatements makes of the history, the overlays and the own statuses of earlier versions. What was shown is
/// shown: history, uptime and present status are the same before and after. The same for both providers.
/// </summary>
internal static class ComponentStatementsData
{
    private const string Columns = """
        "ComponentId", "Source", "SourceId", "Status", "Overrides", "SinceStart", "SavedAt", "ReplacedAt", "From", "To", "Author"
        """;

    /// <summary>Each component with what lies over it, and since when it has the status that it shows.</summary>
    private const string Shown = """
        (SELECT c."Id", c."Status", c."OwnStatus",
            COALESCE((SELECT MAX(h."At") FROM "ComponentStatusChanges" h WHERE h."ComponentId" = c."Id"), c."CreatedAt") AS "Since",
            (SELECT COUNT(*) FROM "ComponentOverlays" o WHERE o."ComponentId" = c."Id" AND o."Source" = 'Maintenance') AS "Windows",
            (SELECT MAX(CASE o."Status" WHEN 'Operational' THEN 0 WHEN 'Maintenance' THEN 1 WHEN 'Degraded' THEN 2 WHEN 'PartialOutage' THEN 3 ELSE 4 END)
                FROM "ComponentOverlays" o JOIN "Incidents" i ON i."Id" = o."SourceId"
                WHERE o."ComponentId" = c."Id" AND o."Source" = 'Incident') AS "Worst",
            CASE c."Status" WHEN 'Operational' THEN 0 WHEN 'Maintenance' THEN 1 WHEN 'Degraded' THEN 2 WHEN 'PartialOutage' THEN 3 ELSE 4 END AS "Badness"
            FROM "Components" c)
        """;

    /// <summary>The statements, in order. Frozen with the migration: never changed after it has landed.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        // What is over is an own status that no window covers.
        $"""
        INSERT INTO "ComponentStatements" ({Columns})
        SELECT h."ComponentId", 'Own', NULL, h."Status", 'All', 0, h."At", h."Next", h."At", h."Next", NULL
        FROM (SELECT "Id", "ComponentId", "Status", "At", LEAD("At") OVER (PARTITION BY "ComponentId" ORDER BY "At", "Id") AS "Next"
            FROM "ComponentStatusChanges") h
        WHERE h."Next" > h."At"
        ORDER BY h."At", h."Id"
        """,
        // What still lies over a component says so since the last change of what is shown. A window comes before the own status that a
        // person set while it ran.
        $"""
        INSERT INTO "ComponentStatements" ({Columns})
        SELECT o."ComponentId", 'Window', o."SourceId", 'Maintenance', 'None', 0, p."Since", NULL, p."Since", NULL, NULL
        FROM "ComponentOverlays" o JOIN {Shown} p ON p."Id" = o."ComponentId"
        WHERE o."Source" = 'Maintenance'
        ORDER BY o."ComponentId", o."SourceId"
        """,
        // A status other than the worst of the incidents' was set by hand, so each of them says it. One that was shown at the incident's
        // creation and ever since was said when it was created.
        $"""
        INSERT INTO "ComponentStatements" ({Columns})
        SELECT o."ComponentId", 'Incident', o."SourceId", CASE WHEN p."Badness" = p."Worst" THEN o."Status" ELSE p."Status" END, 'None',
            CASE WHEN i."CreatedAt" = p."Since" AND o."Status" = p."Status" THEN 1 ELSE 0 END, p."Since", NULL, p."Since", NULL, NULL
        FROM "ComponentOverlays" o JOIN {Shown} p ON p."Id" = o."ComponentId" JOIN "Incidents" i ON i."Id" = o."SourceId"
        WHERE o."Source" = 'Incident'
        ORDER BY o."ComponentId", o."SourceId"
        """,
        $"""
        INSERT INTO "ComponentStatements" ({Columns})
        SELECT p."Id", 'Own', NULL,
            CASE WHEN p."Worst" IS NOT NULL OR (p."Windows" > 0 AND p."Status" = 'Maintenance') THEN p."OwnStatus" ELSE p."Status" END,
            CASE WHEN p."Worst" IS NOT NULL OR p."Windows" = 0 OR p."Status" = 'Maintenance' THEN 'None'
                WHEN p."Status" = 'Operational' THEN 'Running' ELSE 'All' END,
            0, p."Since", NULL, p."Since", NULL, NULL
        FROM {Shown} p
        ORDER BY p."Id"
        """,
        // Whether a person chose a status nobody wrote down: where it is what the severity suggests, it goes on following it.
        """
        UPDATE "IncidentComponents" SET "IsChosen" = 1 WHERE NOT EXISTS (
            SELECT 1 FROM "Incidents" i WHERE i."Id" = "IncidentComponents"."IncidentId" AND (
                (i."Severity" = 'None' AND "IncidentComponents"."Status" IS NULL)
                OR (i."Severity" = 'Minor' AND "IncidentComponents"."Status" = 'Degraded')
                OR (i."Severity" = 'Major' AND "IncidentComponents"."Status" = 'PartialOutage')
                OR (i."Severity" = 'Critical' AND "IncidentComponents"."Status" = 'MajorOutage')))
        """,
        """
        UPDATE "IncidentComponents" SET "IsChosen" = 1, "Status" = (
            SELECT s."Status" FROM "ComponentStatements" s
            WHERE s."Source" = 'Incident' AND s."SourceId" = "IncidentComponents"."IncidentId" AND s."ComponentId" = "IncidentComponents"."ComponentId")
        WHERE EXISTS (
            SELECT 1 FROM "ComponentStatements" s
            WHERE s."Source" = 'Incident' AND s."SourceId" = "IncidentComponents"."IncidentId" AND s."ComponentId" = "IncidentComponents"."ComponentId"
                AND s."Status" <> "IncidentComponents"."Status")
        """,
    ];

    /// <summary>The way back: what is shown now, as the one entry of a history, and what lies over it.</summary>
    public static IReadOnlyList<string> StatementsBack { get; } =
    [
        """
        UPDATE "Components" SET "OwnStatus" = COALESCE((SELECT s."Status" FROM "ComponentStatements" s
            WHERE s."ComponentId" = "Components"."Id" AND s."Source" = 'Own' AND s."To" IS NULL), "Status")
        """,
        """
        INSERT INTO "ComponentOverlays" ("ComponentId", "Source", "SourceId", "Status")
        SELECT s."ComponentId", CASE s."Source" WHEN 'Window' THEN 'Maintenance' ELSE 'Incident' END, s."SourceId", s."Status"
        FROM "ComponentStatements" s WHERE s."Source" IN ('Window', 'Incident') AND s."To" IS NULL
        """,
        """
        INSERT INTO "ComponentStatusChanges" ("ComponentId", "Status", "At") SELECT "Id", "Status", "CreatedAt" FROM "Components"
        """,
    ];
}

namespace ATStatus.Core.Persistence;

/// <summary>
/// What the migration ApiAndAudit says of rows of earlier versions, which did not note when they were last written: they were made then. A group
/// did not note that either: it is as old as its page. The same for both providers.
/// </summary>
internal static class ObjectTimesData
{
    /// <summary>The statements, in order. Frozen with the migration: never changed after it has landed.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        """UPDATE "ComponentGroups" SET "CreatedAt" = (SELECT p."CreatedAt" FROM "StatusPages" p WHERE p."Id" = "ComponentGroups"."StatusPageId")""",
        .. ((string[])["StatusPages", "ComponentGroups", "Components", "Incidents", "MaintenanceWindows", "Notifications"])
            .Select(table => $"""UPDATE "{table}" SET "UpdatedAt" = "CreatedAt" """.TrimEnd()),
    ];
}

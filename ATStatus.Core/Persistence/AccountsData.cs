namespace ATStatus.Core.Persistence;

/// <summary>The roles, as migrations leave them. The same for both providers. Frozen with the migrations: never changed after they have landed.</summary>
internal static class AccountsData
{
    /// <summary>What the migration Accounts makes of the role of earlier versions.</summary>
    public const string RenameRole = """
        UPDATE "AspNetRoles" SET "Name" = 'Admin', "NormalizedName" = 'ADMIN' WHERE "NormalizedName" = 'ADMINISTRATOR'
        """;

    /// <summary>The migration Roles: each role has a row, so that nobody makes one while somebody else does. Identifiers are upper case, as SQLite stores them.</summary>
    public static readonly string[] AddMissingRoles =
    [
        Add("A75A7000-0000-4000-8000-000000000011", "Viewer", "VIEWER"),
        Add("A75A7000-0000-4000-8000-000000000012", "Editor", "EDITOR"),
        Add("A75A7000-0000-4000-8000-000000000013", "Admin", "ADMIN"),
    ];

    /// <summary>Takes back the rows that nobody needs.</summary>
    public const string RemoveUnusedRoles = """
        DELETE FROM AspNetRoles WHERE Id IN ('A75A7000-0000-4000-8000-000000000011', 'A75A7000-0000-4000-8000-000000000012', 'A75A7000-0000-4000-8000-000000000013')
            AND NOT EXISTS (SELECT 1 FROM AspNetUserRoles WHERE AspNetUserRoles.RoleId = AspNetRoles.Id)
        """;

    private static string Add(string id, string name, string normalized) => $"""
        INSERT INTO AspNetRoles (Id, Name, NormalizedName, ConcurrencyStamp)
        SELECT '{id}', '{name}', '{normalized}', '{id}' WHERE NOT EXISTS (SELECT 1 FROM AspNetRoles WHERE NormalizedName = '{normalized}')
        """;
}

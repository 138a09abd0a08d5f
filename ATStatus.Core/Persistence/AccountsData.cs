namespace ATStatus.Core.Persistence;

/// <summary>What the migration Accounts makes of the role of earlier versions. The same for both providers.</summary>
internal static class AccountsData
{
    /// <summary>Frozen with the migration: never changed after it has landed.</summary>
    public const string RenameRole = """
        UPDATE "AspNetRoles" SET "Name" = 'Admin', "NormalizedName" = 'ADMIN' WHERE "NormalizedName" = 'ADMINISTRATOR'
        """;
}

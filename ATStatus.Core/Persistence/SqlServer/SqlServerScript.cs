using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ATStatus.Core.Persistence.SqlServer;

/// <summary>The migrations as text, for whoever applies them by hand.</summary>
public static class SqlServerScript
{
    /// <summary>Every migration, each skipped where it is applied already. Opens no database.</summary>
    public static string Migrations()
    {
        using var db = new SqlServerDesignTimeFactory().CreateDbContext([]);
        return db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
    }
}

using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ATStatus.Core.Persistence.SqlServer;

/// <summary>The model on SQL Server: any number of instances.</summary>
public sealed class SqlServerAtStatusDbContext(DbContextOptions<SqlServerAtStatusDbContext> options) : AtStatusDbContext(options)
{
    /// <summary>SQL Server 2019's level, the oldest that is supported: what Entity Framework generates may not ask for more.</summary>
    private const int CompatibilityLevel = 150;

    /// <summary>The provider's options, the same at run time, for migrations and in tests.</summary>
    internal static void Configure(SqlServerDbContextOptionsBuilder server) => server
        .UseCompatibilityLevel(CompatibilityLevel)
        // A list is one parameter: with one for each value, each length would be a statement, and a plan, of its own.
        .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter);

    internal override SqlDialect Dialect => SqlDialect.SqlServer;

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Folded text is compared as it is: the database's collation would fold once more, each in its own way.
        builder.Entity<StoredEvent>().Property(e => e.TitleFolded).UseCollation("Latin1_General_100_BIN2");
    }
}

/// <summary>What <c>dotnet ef</c> uses; opens no database to add a migration.</summary>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerAtStatusDbContext>
{
    public SqlServerAtStatusDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>()
            .UseSqlServer("Server=localhost;Database=ATStatus", SqlServerAtStatusDbContext.Configure).Options);
}

using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ATStatus.Core.Persistence.SqlServer;

/// <summary>The model on SQL Server: any number of instances.</summary>
public sealed class SqlServerAtStatusDbContext(DbContextOptions<SqlServerAtStatusDbContext> options) : AtStatusDbContext(options)
{
    /// <inheritdoc/>
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
        new(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=localhost;Database=ATStatus").Options);
}

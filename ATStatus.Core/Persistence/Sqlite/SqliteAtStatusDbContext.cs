using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ATStatus.Core.Persistence.Sqlite;

/// <summary>The model on SQLite, the embedded default: one instance only.</summary>
public sealed class SqliteAtStatusDbContext(DbContextOptions<SqliteAtStatusDbContext> options) : AtStatusDbContext(options)
{
    internal override SqlDialect Dialect => SqlDialect.Sqlite;

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <summary>A single statement too has a transaction, which waits for its turn (<see cref="SqliteWriteLock"/>).</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }
}

/// <summary>What <c>dotnet ef</c> uses; opens no database to add a migration.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteAtStatusDbContext>
{
    public SqliteAtStatusDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite("Data Source=:memory:").Options);
}

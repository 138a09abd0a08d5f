using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ATStatus.Core.Persistence.SqlServer;

/// <summary>The model on SQL Server: any number of instances.</summary>
public sealed class SqlServerAtStatusDbContext(DbContextOptions<SqlServerAtStatusDbContext> options) : AtStatusDbContext(options);

/// <summary>What <c>dotnet ef</c> uses; opens no database to add a migration.</summary>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerAtStatusDbContext>
{
    public SqlServerAtStatusDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=localhost;Database=ATStatus").Options);
}

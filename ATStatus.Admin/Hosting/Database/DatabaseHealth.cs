using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>Ready means: the database answers and has every migration of this version.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<AtStatusDbContext> contexts) : IHealthCheck
{
    /// <summary>What the check is called.</summary>
    public const string Name = "database";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pending = await db.Database.GetPendingMigrationsAsync(cancellationToken);
        return pending.Any() ? HealthCheckResult.Unhealthy("Migrations are missing.") : HealthCheckResult.Healthy();
    }
}

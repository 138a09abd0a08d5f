using ATStatus.Core.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// Ready means: the database takes writes and has every migration of this version. It tells what the console's own last look found, so
/// that asking, which anybody may, neither reads nor writes anything.
/// </summary>
internal sealed class DatabaseHealth(DatabaseWritability writability) : IHealthCheck
{
    /// <summary>What the check is called.</summary>
    public const string Name = "database";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(writability.IsReady
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database cannot be written, or migrations are missing."));
}

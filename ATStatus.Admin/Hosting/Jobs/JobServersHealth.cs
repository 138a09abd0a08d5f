using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>Ready means: the job servers fetch jobs. A console that is stopping takes no more.</summary>
internal sealed class JobServersHealth(JobServers servers) : IHealthCheck
{
    /// <summary>What the check is called.</summary>
    public const string Name = "jobs";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(servers.AreRunning ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The job servers do not run."));
}

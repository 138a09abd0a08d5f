using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// Ready means: the job servers fetch jobs, and their heartbeats arrive. A console that is stopping takes no more. Asking, which anybody
/// may, costs nothing: it tells what the last look found.
/// </summary>
internal sealed class JobServersHealth(JobServers servers, JobHeartbeats heartbeats) : IHealthCheck
{
    /// <summary>What the check is called.</summary>
    public const string Name = "jobs";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((servers.AreRunning, heartbeats.AreAlive) switch
        {
            (true, true) => HealthCheckResult.Healthy(),
            (true, false) => HealthCheckResult.Unhealthy("The job servers give no heartbeat."),
            _ => HealthCheckResult.Unhealthy("The job servers do not run."),
        });
}

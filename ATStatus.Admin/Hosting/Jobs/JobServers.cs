using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Sending;
using Hangfire;
using Hangfire.Common;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// The workers: one Hangfire server for first attempts and one for retries. One server with two queues would not do:
/// the memory storage drains queues in strict order, and slow retries would stand before fresh events or behind them.
/// </summary>
internal sealed class JobServers(
    JobStorage storage,
    JobActivator activator,
    IJobFilterProvider filters,
    WebhookOptions webhooks,
    ShutdownLimits limits,
    JobStop stop,
    DeliveryStore ledger,
    IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private readonly List<BackgroundJobServer> _servers = [];
    private CancellationTokenRegistration _stopping;

    /// <summary>Whether jobs are being fetched.</summary>
    public bool AreRunning { get; private set; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _servers.Add(new BackgroundJobServer(Options(QueueNames.First, webhooks.Workers, schedules: true), storage));
        _servers.Add(new BackgroundJobServer(Options(QueueNames.Retries, webhooks.RetryWorkers, schedules: false), storage));
        AreRunning = true;
        // At once, not when it is this service's turn: what is fetched now would only have to be waited for.
        _stopping = lifetime.ApplicationStopping.Register(SendStop);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        SendStop();
        // The host may have used up its time for what stops before this; then there is nothing left to wait for, and nothing to report.
        await Task.WhenAll(_servers.Select(server => server.WaitForShutdownAsync(cancellationToken)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _servers.ForEach(server => server.Dispose());
        _servers.Clear();
    }

    private void SendStop()
    {
        if (!AreRunning)
            return;
        AreRunning = false;
        _servers.ForEach(server => server.SendStop());
        stop.After(limits.CancelJobs);
        ledger.StopClaiming();
    }

    private BackgroundJobServerOptions Options(string queue, int workers, bool schedules) => new()
    {
        ServerName = $"{Environment.MachineName}:{Environment.ProcessId}:{queue}",
        Queues = [queue],
        WorkerCount = workers,
        // One scheduler moves what is due into its queue; a second would only compete for its lock.
        IsLightweightServer = !schedules,
        SchedulePollingInterval = limits.SchedulePolling,
        StopTimeout = limits.CancelJobs,
        ShutdownTimeout = limits.AbandonJobs,
        TaskScheduler = null,
        Activator = activator,
        FilterProvider = filters,
    };
}

/// <summary>
/// How long a shutdown waits, each longer than the one before: a send ends by its own limit, then its result is
/// written; only then are jobs told to stop, then abandoned, and last the host gives up.
/// </summary>
/// <param name="SchedulePolling">How often due retries are looked for.</param>
/// <param name="CancelJobs">When the jobs' tokens fire, counted from the wish to stop.</param>
/// <param name="AbandonJobs">When workers are no longer waited for.</param>
/// <param name="Host">When the host ends whatever is left.</param>
internal sealed record ShutdownLimits(TimeSpan SchedulePolling, TimeSpan CancelJobs, TimeSpan AbandonJobs, TimeSpan Host)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>The limits for these options.</summary>
    public static ShutdownLimits For(WebhookOptions webhooks, bool memoryStorage) => new(
        // Each look is a lock and a query on SQL Server, and next to nothing in memory.
        TimeSpan.FromMilliseconds(memoryStorage ? 250 : 500),
        webhooks.Timeout + Step,
        webhooks.Timeout + 2 * Step,
        webhooks.Timeout + 3 * Step);
}

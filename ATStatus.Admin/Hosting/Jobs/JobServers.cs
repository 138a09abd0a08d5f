using ATStatus.Core.Deliveries;
using ATStatus.Core.Sending;
using Hangfire;
using Hangfire.Common;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// The workers: one Hangfire server for events' jobs, which hold a worker while they run, and one for deliveries with a job of their own. One server for
/// both would not do: the memory storage drains queues in strict order, and slow retries would stand before fresh events or behind them.
/// </summary>
internal sealed class JobServers(
    JobStorage storage,
    JobActivator activator,
    IJobFilterProvider filters,
    WebhookOptions webhooks,
    ShutdownLimits limits,
    JobStop stop,
    EventRuns runs,
    IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    /// <summary>How often a server says that it lives.</summary>
    internal static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private readonly List<BackgroundJobServer> _servers = [];
    private readonly List<string> _names = [];
    private CancellationTokenRegistration _stopping;

    /// <summary>Whether jobs are being fetched.</summary>
    public bool AreRunning { get; private set; }

    /// <summary>What the servers' names in the job storage begin with. No other host's do, in this process or elsewhere.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _servers.Add(new BackgroundJobServer(Options(webhooks.Workers, schedules: true, QueueNames.Events), storage));
        _servers.Add(new BackgroundJobServer(Options(webhooks.RetryWorkers, schedules: false, QueueNames.Own, QueueNames.Retries), storage));
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
        await Task.WhenAll([.. _servers.Select(server => server.WaitForShutdownAsync(cancellationToken)), runs.WaitAsync(cancellationToken)])
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
        runs.Stop();
    }

    private BackgroundJobServerOptions Options(int workers, bool schedules, params string[] queues) => new()
    {
        ServerName = NewName(queues[0]),
        HeartbeatInterval = HeartbeatInterval,
        Queues = queues,
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

    // Containers can have one name and one process number.
    private string NewName(string queue)
    {
        _names.Add($"{Environment.MachineName}:{Environment.ProcessId}:{queue}:{Guid.NewGuid().ToString("N")[..8]}");
        return _names[^1];
    }
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

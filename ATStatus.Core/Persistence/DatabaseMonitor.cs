using Microsoft.Extensions.Hosting;

namespace ATStatus.Core.Persistence;

/// <summary>Looks at start and every ten seconds whether the database can be written, so that who asks need not.</summary>
public sealed class DatabaseMonitor(DatabaseWritability writability, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        writability.Watch();
        await writability.LookAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // While it cannot be written it is looked at more often, by itself.
            if (writability.IsWritable && !stoppingToken.IsCancellationRequested)
                await writability.LookAsync();
        }
    }
}

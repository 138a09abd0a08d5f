using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Asks at start whether sending is paused and, where there are other instances, every two seconds: what somebody pauses or resumes
/// there holds here too.
/// </summary>
public sealed partial class SendingPauseWatch(
    SendingPauseState sending, DeliveryDispatcher dispatcher, DeliveryFeed feed, InstanceOptions instances, DatabaseUse use, DatabaseWritability writability,
    TimeProvider time, ILogger<SendingPauseWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await sending.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A look that fails (a database out of reach) is made again; the watch must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!instances.SingleInstance && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogLookFailed(e);
            }
        }
    }

    /// <summary>One look, and what follows from it here.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!await sending.RefreshAsync(cancellationToken))
            return;
        if (!sending.IsPaused)
        {
            use.Forget();
            dispatcher.Resumed();
        }
        feed.Signal();
    }

    [LoggerMessage(LogLevel.Error, "Asking whether sending is paused failed; trying again.")]
    private partial void LogLookFailed(Exception e);
}

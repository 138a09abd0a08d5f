using ATStatus.Core.Persistence;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>Fills in what the events of earlier versions lack, some at a time, so that a log of a million holds nobody up at the upgrade.</summary>
public abstract partial class LogFiller(DatabaseWritability writability, TimeProvider time, ILogger logger) : BackgroundLoop(writability, time, Interval)
{
    private const int BatchSize = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Between two batches, on the real clock: those who wait to write are let in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether there may be more after all have been filled in.</summary>
    private protected abstract bool GoesOn { get; }

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        await FillAsync(stoppingToken);
        return GoesOn ? Interval : null;
    }

    protected override void LogFailed(Exception e) => LogFillingFailed(e, GetType().Name);

    internal async Task FillAsync(CancellationToken cancellationToken)
    {
        while (await FillBatchAsync(BatchSize, cancellationToken))
            await Task.Delay(Pause, cancellationToken);
    }

    /// <summary>Fills in some; false when there are no more.</summary>
    internal abstract Task<bool> FillBatchAsync(int size, CancellationToken cancellationToken);

    [LoggerMessage(LogLevel.Error, "{Filler}: filling in what events of an earlier version lack failed; trying again.")]
    private partial void LogFillingFailed(Exception e, string filler);
}

using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Hands over, at start and every minute, what is due and has no live job, first attempts as their event's: after a crash, a lost
/// hand-over or a vanished job storage. Between two minutes it wakes when the next such delivery falls due, so that a
/// retry is punctual after a restart too.
/// </summary>
public sealed partial class Sweeper(
    ClockSkewRepair clock,
    OrphanedAttempts orphans,
    LostJobs lostJobs,
    DeliveryDispatcher dispatcher,
    DatabaseWritability writability,
    TimeProvider time,
    InstanceOptions options,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>When this process began: what was being sent before is nobody's any more, where there is only one instance.</summary>
    private readonly DateTime _begun = time.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "A sweep that fails (a database out of reach) is made again; the sweeper must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var first = options.SingleInstance;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Interval;
            try
            {
                await writability.WaitAsync(stoppingToken);
                var next = await SweepAsync(first, stoppingToken);
                first = false;
                if (next is { } at && at - Now < wait)
                    wait = at > Now ? at - Now : TimeSpan.Zero;
                // Never spin, whatever the clock does.
                if (wait < TimeSpan.FromMilliseconds(100))
                    wait = TimeSpan.FromMilliseconds(100);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogSweepFailed(e);
                wait = TimeSpan.FromSeconds(5);
            }
            await SleepAsync(wait, stoppingToken);
        }
    }

    /// <summary>Until its time, or until the database can be written again: what could not be handed over meanwhile is due.</summary>
    private async Task SleepAsync(TimeSpan wait, CancellationToken stoppingToken)
    {
        using var sleep = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        writability.Changed += Wake;
        try
        {
            await Task.Delay(wait, time, sleep.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Whoever wakes it is not to do the sweep.
            await Task.Yield();
        }
        finally
        {
            writability.Changed -= Wake;
        }

        void Wake()
        {
            try
            {
                if (writability.IsWritable)
                    sleep.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just woken by itself.
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// One look. Returns when the next delivery without a live job falls due within the coming minute, if one does.
    /// </summary>
    /// <param name="firstOfProcess">
    /// True at the start of the only instance: what was 'sending' when this process began was sent by one that is gone,
    /// lease or not, and nobody else is handing over anything.
    /// </param>
    /// <param name="cancellationToken">Stops the look.</param>
    internal async Task<DateTime?> SweepAsync(bool firstOfProcess, CancellationToken cancellationToken)
    {
        var (late, lateFirst) = await clock.RepairAsync(cancellationToken);
        await orphans.AbandonAsync(firstOfProcess ? _begun : null, cancellationToken);
        await dispatcher.LookAsync(cancellationToken);
        if (late.Count + lateFirst.Count > 0)
        {
            LogClockSetBack(late.Count + lateFirst.Count);
            await dispatcher.OfferAsync(late, cancellationToken);
            foreach (var batch in lateFirst.Chunk(LostJobs.BatchSize))
                (await lostJobs.EventsOfAsync(batch, cancellationToken)).ForEach(dispatcher.Restart);
        }

        await foreach (var batch in lostJobs.FindAsync(firstOfProcess, Interval, cancellationToken))
        {
            if (batch.Due.Count + batch.Events.Count > 0)
                LogHandingOver(batch.Due.Count, batch.Events.Count);
            await dispatcher.OfferAsync(batch.Due, cancellationToken);
            batch.Events.ForEach(dispatcher.Restart);
            if (batch.NextDueAt is { } next)
                return next;
        }
        return null;
    }

    [LoggerMessage(LogLevel.Information, "{Count} due deliveries and {Events} events had no job; handing them over.")]
    private partial void LogHandingOver(int count, int events);

    [LoggerMessage(LogLevel.Warning, "The clock was set back: {Count} deliveries were due too far ahead and are due now.")]
    private partial void LogClockSetBack(int count);

    [LoggerMessage(LogLevel.Error, "Sweeping for deliveries without a job failed; trying again.")]
    private partial void LogSweepFailed(Exception e);
}

using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Hands over, at start and every minute, each delivery that is due and has no live job: after a crash, a lost
/// hand-over or a vanished job storage. Between two minutes it wakes when the next such delivery falls due, so that a
/// retry is punctual after a restart too.
/// </summary>
public sealed partial class Sweeper(
    IDbContextFactory<AtStatusDbContext> contexts,
    JobHandOver queue,
    DeliveryDispatcher lanes,
    DeliveryStore ledger,
    DatabaseWritability writability,
    DeliveryFeed feed,
    DeliveryMetrics meters,
    RetrySchedule schedule,
    WebhookOptions webhooks,
    TimeProvider time,
    SweeperOptions options,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long a fresh row is left to the instance that is handing it over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How many rows one look reads.</summary>
    private const int BatchSize = 5_000;

    /// <summary>When this process began: what was being sent before is nobody's any more, where there is only one instance.</summary>
    private readonly DateTime _begun = time.GetUtcNow().UtcDateTime;
    private readonly ClockSkewRepair _clock = new(webhooks, schedule);

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
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var late = await _clock.RepairAsync(db, Now, cancellationToken);
        await AbandonOrphansAsync(firstOfProcess, cancellationToken);
        await lanes.LookAsync(cancellationToken);
        if (late.Count > 0)
        {
            LogClockSetBack(late.Count);
            await lanes.OfferAsync(late, cancellationToken);
        }

        var now = Now;
        var freshUntil = firstOfProcess ? now : now - Grace;
        var (lastDue, lastId) = (DateTime.UnixEpoch, 0L);
        while (true)
        {
            // Live is asked after the rows: a row that was handed over in between then counts as live.
            var rows = await WaitingAsync(db, freshUntil, now + Interval, lastDue, lastId, cancellationToken);
            if (rows.Count == 0)
                return null;
            var live = queue.Live();
            var lost = rows.Where(r => !live.Contains(r.Id)).ToList();
            var due = lost.Where(r => r.DueAt <= now).Select(r => (r.Id, r.NotificationId, r.State == DeliveryState.Retrying)).ToList();
            if (due.Count > 0)
            {
                LogHandingOver(due.Count);
                await lanes.OfferAsync(due, cancellationToken);
            }
            // By due time, so the first that is not due yet is the next of all.
            if (lost.FirstOrDefault(r => r.DueAt > now) is { } next)
                return next.DueAt;
            if (rows.Count < BatchSize)
                return null;
            (lastDue, lastId) = (rows[^1].DueAt, rows[^1].Id);
        }
    }

    private sealed record Waiting(long Id, int NotificationId, DeliveryState State, DateTime DueAt);

    private static Task<List<Waiting>> WaitingAsync(
        AtStatusDbContext db, DateTime freshUntil, DateTime horizon, DateTime lastDue, long lastId, CancellationToken cancellationToken) =>
        db.Deliveries.AsNoTracking()
            .Where(d => !d.IsTest && d.Hold == null)
            .Where(d => (d.State == DeliveryState.Pending && d.DueAt <= freshUntil)
                || (d.State == DeliveryState.Retrying && d.DueAt <= horizon))
            .Where(d => d.DueAt > lastDue || (d.DueAt == lastDue && d.Id > lastId))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id)
            .Select(d => new Waiting(d.Id, d.NotificationId ?? 0, d.State, d.DueAt!.Value))
            .Take(BatchSize)
            .ToListAsync(cancellationToken);

    /// <summary>Writes down attempts whose process died, so that the log tells before the next attempt begins.</summary>
    private async Task AbandonOrphansAsync(bool ofEarlierProcess, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = Now;
        var begun = _begun;
        var orphans = await db.Deliveries
            .Where(d => d.State == DeliveryState.Sending && (d.LeaseUntil <= now || (ofEarlierProcess && d.LeasedAt < begun)))
            .OrderBy(d => d.Id).Take(BatchSize)
            .ToListAsync(cancellationToken);
        // A test that never got its claim: its maker died between saving it and sending it.
        var unsentTests = await db.Deliveries
            .Where(d => d.IsTest && d.State == DeliveryState.Pending
                && (d.CreatedAt <= now - Interval || (ofEarlierProcess && d.CreatedAt < begun)))
            .ToListAsync(cancellationToken);
        // What this process holds is being sent, or waits to be recorded, however long its lease has been over.
        orphans.RemoveAll(orphan => ledger.Holds(orphan.Id));
        if (orphans.Count == 0 && unsentTests.Count == 0)
            return;
        foreach (var orphan in orphans)
            orphan.Abandon(now);
        foreach (var test in unsentTests)
            test.Skip(now, SkipCause.TestNotSent, "The console stopped before this test was sent.");
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another instance, or a result that came late, wrote one of them first; the next look sees how it stands.
            return;
        }
        meters.Abandoned(orphans.Count(orphan => !orphan.IsTest));
        if (orphans.Count(orphan => orphan.State == DeliveryState.Skipped) is > 0 and var cancelled)
            meters.Skipped(cancelled);
        feed.Signal();
    }

    [LoggerMessage(LogLevel.Information, "{Count} due deliveries had no job; handing them over.")]
    private partial void LogHandingOver(int count);

    [LoggerMessage(LogLevel.Warning, "The clock was set back: {Count} deliveries were due too far ahead and are due now.")]
    private partial void LogClockSetBack(int count);

    [LoggerMessage(LogLevel.Error, "Sweeping for deliveries without a job failed; trying again.")]
    private partial void LogSweepFailed(Exception e);
}

/// <summary>What the sweeper must know of its host.</summary>
/// <param name="SingleInstance">True where no other instance can be running (SQLite).</param>
public sealed record SweeperOptions(bool SingleInstance);

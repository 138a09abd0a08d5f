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
/// Hands over, at start and every minute, what is due and has no live job, first attempts as their event's: after a crash, a lost
/// hand-over or a vanished job storage. Between two minutes it wakes when the next such delivery falls due, so that a
/// retry is punctual after a restart too.
/// </summary>
public sealed partial class Sweeper(
    IDbContextFactory<AtStatusDbContext> contexts,
    JobHandOver jobs,
    DeliveryDispatcher dispatcher,
    DeliveryStore store,
    DatabaseWritability writability,
    DeliveryFeed feed,
    DeliveryMetrics metrics,
    RetrySchedule schedule,
    WebhookOptions webhooks,
    TimeProvider time,
    InstanceOptions options,
    ILogger<Sweeper> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long a fresh row is left to the instance that is handing it over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long after its time a delivery is believed to be carried by the job that is said to.</summary>
    private static readonly TimeSpan Unbelieved = TimeSpan.FromMinutes(2);

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
        var (late, lateFirst) = await _clock.RepairAsync(db, await db.Dialect.NowAsync(db, time, cancellationToken), cancellationToken);
        await AbandonOrphansAsync(firstOfProcess, cancellationToken);
        await dispatcher.LookAsync(cancellationToken);
        if (late.Count + lateFirst.Count > 0)
        {
            LogClockSetBack(late.Count + lateFirst.Count);
            await dispatcher.OfferAsync(late, cancellationToken);
            foreach (var batch in lateFirst.Chunk(BatchSize))
            {
                var rows = await Rows(db.Deliveries.Where(d => EF.Parameter(batch).Contains(d.Id))).ToListAsync(cancellationToken);
                (await UncoveredEventsAsync(db, rows, Now, cancellationToken)).ForEach(dispatcher.Restart);
            }
        }

        var now = await db.Dialect.NowAsync(db, time, cancellationToken);
        var freshUntil = firstOfProcess ? now : now - Grace;
        var (lastDue, lastId) = (DateTime.UnixEpoch, 0L);
        while (true)
        {
            // Live is asked after the rows: a row that was handed over in between then counts as live.
            var rows = await WaitingAsync(db, freshUntil, now + Interval, lastDue, lastId, cancellationToken);
            if (rows.Count == 0)
                return null;
            var own = rows.Where(r => !r.IsFirst).ToList();
            var live = jobs.Live();
            var lost = own.Where(r => !IsCovered(live, r.Id, r.DueAt, now, isEvent: false)).ToList();
            var due = lost.Where(r => r.DueAt <= now).Select(r => (r.Id, r.NotificationId, r.State == DeliveryState.Retrying)).ToList();
            var events = await UncoveredEventsAsync(db, [.. rows.Where(r => r.IsFirst && r.DueAt <= now)], now, cancellationToken);
            if (due.Count + events.Count > 0)
                LogHandingOver(due.Count, events.Count);
            await dispatcher.OfferAsync(due, cancellationToken);
            events.ForEach(dispatcher.Restart);
            // By due time, so the first that is not due yet is the next of all.
            if (lost.FirstOrDefault(r => r.DueAt > now) is { } next)
                return next.DueAt;
            if (rows.Count < BatchSize)
                return null;
            (lastDue, lastId) = (rows[^1].DueAt, rows[^1].Id);
        }
    }

    /// <summary>
    /// Whether a live job is going to see to it. One that has had such a job for long is checked: a change of a job's state that fails for good leaves
    /// a member behind that says so, and is not true.
    /// </summary>
    private bool IsCovered(IReadOnlyDictionary<long, string?> live, long id, DateTime dueAt, DateTime now, bool isEvent) =>
        live.TryGetValue(id, out var jobId) && (jobId is null || dueAt > now - Unbelieved || jobs.IsAlive(id, jobId, isEvent));

    /// <summary>
    /// The events that have first attempts to make and no live job, the first of each save. One whose save has a live job waits for that.
    /// </summary>
    private async Task<List<long>> UncoveredEventsAsync(AtStatusDbContext db, List<Waiting> first, DateTime now, CancellationToken cancellationToken)
    {
        if (first.Count == 0)
            return [];
        var live = jobs.LiveEvents();
        var lost = first.GroupBy(r => r.EventId)
            .Where(g => !IsCovered(live, g.Key, g.Min(r => r.DueAt), now, isEvent: true))
            .Select(g => (Id: g.Key, g.First().SaveId)).OrderBy(e => e.Id).ToList();
        var saves = lost.Select(e => e.SaveId).OfType<long>().Distinct().ToArray();
        if (saves.Length == 0)
            return lost.ConvertAll(e => e.Id);
        var members = await db.Events.AsNoTracking().Where(e => e.SaveId != null && EF.Parameter(saves).Contains(e.SaveId.Value))
            .Select(e => new { e.Id, Save = e.SaveId!.Value }).ToListAsync(cancellationToken);
        var firstLive = members.Where(e => live.ContainsKey(e.Id)).GroupBy(e => e.Save).ToDictionary(g => g.Key, g => g.Min(e => e.Id));
        var taken = new HashSet<long>();
        return [.. lost.Where(e => e.SaveId is not { } save
            || ((!firstLive.TryGetValue(save, out var running) || running > e.Id) && taken.Add(save))).Select(e => e.Id)];
    }

    private sealed record Waiting(long Id, int NotificationId, DeliveryState State, DateTime DueAt, long EventId, long? SaveId, bool IsFirst);

    private static Task<List<Waiting>> WaitingAsync(
        AtStatusDbContext db, DateTime freshUntil, DateTime horizon, DateTime lastDue, long lastId, CancellationToken cancellationToken) =>
        Rows(db.Deliveries
            .Where(d => !d.IsTest && d.Hold == null)
            .Where(d => (d.State == DeliveryState.Pending && d.DueAt <= freshUntil)
                || (d.State == DeliveryState.Retrying && d.DueAt <= horizon))
            .Where(d => d.DueAt > lastDue || (d.DueAt == lastDue && d.Id > lastId))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id)
            .Take(BatchSize))
            .ToListAsync(cancellationToken);

    private static IQueryable<Waiting> Rows(IQueryable<Delivery> deliveries) => deliveries.AsNoTracking().Select(DeliveryColumns.WithForEventJob((d, isFirst) =>
        new Waiting(d.Id, d.NotificationId ?? 0, d.State, d.DueAt!.Value, d.EventId, d.Event!.SaveId, isFirst && d.NotificationId != null)));

    /// <summary>Writes down attempts whose process died, so that the log tells before the next attempt begins.</summary>
    private async Task AbandonOrphansAsync(bool ofEarlierProcess, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db.Dialect.NowAsync(db, time, cancellationToken);
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
        orphans.RemoveAll(orphan => store.Holds(orphan.Id));
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
        metrics.Abandoned(orphans.Count(orphan => !orphan.IsTest));
        if (orphans.Count(orphan => orphan.State == DeliveryState.Skipped) is > 0 and var cancelled)
            metrics.Skipped(cancelled);
        feed.Signal();
    }

    [LoggerMessage(LogLevel.Information, "{Count} due deliveries and {Events} events had no job; handing them over.")]
    private partial void LogHandingOver(int count, int events);

    [LoggerMessage(LogLevel.Warning, "The clock was set back: {Count} deliveries were due too far ahead and are due now.")]
    private partial void LogClockSetBack(int count);

    [LoggerMessage(LogLevel.Error, "Sweeping for deliveries without a job failed; trying again.")]
    private partial void LogSweepFailed(Exception e);
}

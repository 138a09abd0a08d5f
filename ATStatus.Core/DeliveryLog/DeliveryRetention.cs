using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Removes, a minute after start and every hour, what the log need not remember any more: settled deliveries with their attempts, and
/// events with their payloads once no delivery carries them; also secrets whose time of signing beside a new one is over. It counts what it removes
/// (<see cref="PrunedDay"/>). What is not settled stays, however old it is, and so does what says who was sent the beginning of an incident that is
/// open or of a window that is not over (<see cref="EventScopeHistory"/>). While the clock may be wrong it removes nothing (<see cref="RetentionClock"/>).
/// </summary>
[Needs(Right.Administer)]
public sealed partial class DeliveryRetention(
    IDbContextFactory<AtStatusDbContext> contexts, WebhookOptions options, DeliveryFeed feed, RetentionClock clock,
    IEnumerable<IPageContent> content, DatabaseWritability writability, TimeProvider time, ILogger<DeliveryRetention> logger) : BackgroundLoop(writability, time, Interval)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Between two transactions, on the real clock: those who wait to write are let in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How many rows one transaction removes.</summary>
    private const int BatchSize = 500;

    private readonly SemaphoreSlim _pruning = new(1, 1);

    /// <summary>How long counts by the hour are kept: a year and what a comparison with the month before it needs.</summary>
    private static readonly TimeSpan CountsKept = TimeSpan.FromDays(400);

    /// <summary>Looks once before anything is sent: what the clock says about failing receivers is believed or not from the beginning.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A look that fails is made again in a minute.")]
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clock.LookAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!Writability.Explains(e))
                LogPruningFailed(e);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override TimeSpan FirstWait => TimeSpan.FromMinutes(1);

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        if (await clock.LookAsync(stoppingToken))
            await PruneAsync(stoppingToken);
        return Interval;
    }

    protected override void LogFailed(Exception e) => LogPruningFailed(e);

    public override void Dispose()
    {
        _pruning.Dispose();
        base.Dispose();
    }

    /// <summary>Removes what is old by the clock as it stands: a person has looked at it and says that it is right.</summary>
    /// <param name="by">Who says so, for the log.</param>
    /// <param name="cancellationToken">Stops it between two portions; what is left goes within the hour.</param>
    public async Task DeleteNowAsync(string by, CancellationToken cancellationToken = default)
    {
        LogDeleteNow(by, Time.GetUtcNow().UtcDateTime);
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            db.Audit.Record(new AuditChange(AuditAction.DeletedNow, AuditObject.DeliveryLog, null, "Delivery log"));
            await transaction.CommitAsync(cancellationToken);
        }
        clock.Accept();
        if (await clock.LookAsync(cancellationToken))
            await PruneAsync(cancellationToken);
    }

    /// <summary>Removes everything whose time is over, whatever is thought of the clock.</summary>
    internal async Task PruneAsync(CancellationToken cancellationToken)
    {
        await _pruning.WaitAsync(cancellationToken);
        try
        {
            await PruneAloneAsync(cancellationToken);
        }
        finally
        {
            _pruning.Release();
        }
    }

    private async Task PruneAloneAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        await ForgetReplacedSecretsAsync(now, cancellationToken);
        await RemoveOldCountsAsync(now - CountsKept, cancellationToken);
        var deliveries = 0;
        if (options.KeepDelivered is { } delivered)
            deliveries += await PruneDeliveriesAsync(DeliveryState.Delivered, now - delivered, cancellationToken);
        if (options.KeepFailed is { } failed)
        {
            deliveries += await PruneDeliveriesAsync(DeliveryState.Failed, now - failed, cancellationToken);
            deliveries += await PruneDeliveriesAsync(DeliveryState.Skipped, now - failed, cancellationToken);
        }
        var events = LongestKept() is { } longest ? await PruneEventsAsync(now - longest, cancellationToken) : 0;
        if (deliveries + events == 0)
            return;
        LogPruned(deliveries, events);
        feed.Signal();
    }

    private async Task RemoveOldCountsAsync(DateTime limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.HourlyAttemptCounts.Where(h => h.Hour < limit).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Secrets that no longer sign. No version is raised: an operator who edits the notification must not collide with this.</summary>
    private async Task ForgetReplacedSecretsAsync(DateTime now, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Notifications.Where(n => n.Transport.PreviousSecretUntil <= now).ExecuteUpdateAsync(
            row => row.SetProperty(n => n.Transport.PreviousProtectedSecret, (string?)null)
                .SetProperty(n => n.Transport.PreviousSecretUntil, (DateTime?)null),
            cancellationToken);
    }

    /// <summary>The longer of the limits that are set; null where nothing is ever removed.</summary>
    private TimeSpan? LongestKept() =>
        options.KeepDelivered is { } delivered && options.KeepFailed is { } failed ? (delivered > failed ? delivered : failed)
        : options.KeepDelivered ?? options.KeepFailed;

    /// <summary>
    /// Walks one state upwards from its oldest row and ends at rows that are younger than the limit, so a log of millions is not scanned:
    /// settled rows have no due time, so within the index of (State, DueAt) those of one state stand in the order of their numbers, and
    /// numbers grow with time. Beyond one batch it reads only what it removes, and old rows that were redelivered and settled anew.
    /// </summary>
    private async Task<int> PruneDeliveriesAsync(DeliveryState state, DateTime limit, CancellationToken cancellationToken)
    {
        var (last, removed) = (0L, 0);
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await db.Deliveries.AsNoTracking()
                .Where(d => d.State == state && d.DueAt == null && d.Id > last)
                .OrderBy(d => d.Id)
                .Select(d => new { d.Id, d.CreatedAt, d.SettledAt })
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            var ids = rows.Where(r => r.SettledAt <= limit).Select(r => r.Id).ToList();
            if (ids.Count > 0)
                removed += await RemoveDeliveriesAsync(db, state, ids, limit, cancellationToken);
            // Nothing is settled before it was made.
            if (rows.Count < BatchSize || rows[^1].CreatedAt > limit)
                return removed;
            last = rows[^1].Id;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<int> RemoveDeliveriesAsync(
        AtStatusDbContext db, DeliveryState state, List<long> ids, DateTime limit, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Asked within the transaction: a person may have begun a new round, or reopened an incident, since the rows were read.
        if (state != DeliveryState.Skipped)
            ids = [.. ids.Except(await NeededAsync(db, ids, cancellationToken))];
        if (ids.Count == 0)
            return 0;
        var doomed = db.Deliveries.Where(d => ids.Contains(d.Id) && d.State == state && d.SettledAt <= limit);
        var attempts = await db.DeliveryAttempts.CountAsync(a => doomed.Any(d => d.Id == a.DeliveryId), cancellationToken);
        var removed = await doomed.ExecuteDeleteAsync(cancellationToken);
        var isDelivered = state == DeliveryState.Delivered;
        await CountAsync(db, isDelivered ? removed : 0, isDelivered ? 0 : removed, attempts, 0, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    /// <summary>
    /// Those whose incident is open or whose window is not over: their notifications are sent what follows. Asked for the few subjects of a batch.
    /// </summary>
    private async Task<List<long>> NeededAsync(AtStatusDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        var deliveries = await db.Deliveries.Where(d => ids.Contains(d.Id) && !d.IsTest)
            .Select(d => new { d.Id, d.Event!.Type, d.Event.SubjectId }).ToListAsync(cancellationToken);
        var needed = new List<long>();
        foreach (var group in deliveries.GroupBy(d => d.Type.Group()))
        {
            int[] subjects = [.. group.Select(d => d.SubjectId).Distinct()];
            var goingOn = new HashSet<int>();
            foreach (var room in content)
                goingOn.UnionWith(await room.GoingOnAsync(db, group.Key, subjects, cancellationToken));
            needed.AddRange(group.Where(d => goingOn.Contains(d.SubjectId)).Select(d => d.Id));
        }
        return needed;
    }

    /// <summary>
    /// Events go when the longer limit is over: until then a delivery of theirs may be kept. The walk begins at the oldest and ends at
    /// the first batch that reaches younger ones; beyond it, it passes only events that a kept delivery still carries.
    /// </summary>
    private async Task<int> PruneEventsAsync(DateTime limit, CancellationToken cancellationToken)
    {
        var (last, removed) = (0L, 0);
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await db.Events.AsNoTracking()
                .Where(e => e.Id > last)
                .OrderBy(e => e.Id)
                .Select(e => new { e.Id, e.OccurredAt, IsUsed = db.Deliveries.Any(d => d.EventId == e.Id) })
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            var ids = rows.Where(r => !r.IsUsed && r.OccurredAt <= limit).Select(r => r.Id).ToList();
            if (ids.Count > 0)
                removed += await RemoveEventsAsync(db, ids, cancellationToken);
            if (rows.Count < BatchSize || rows[^1].OccurredAt > limit)
                return removed;
            last = rows[^1].Id;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<int> RemoveEventsAsync(AtStatusDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var removed = await db.Events
            .Where(e => ids.Contains(e.Id) && !db.Deliveries.Any(d => d.EventId == e.Id))
            .ExecuteDeleteAsync(cancellationToken);
        await CountAsync(db, 0, 0, 0, removed, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    private async Task CountAsync(AtStatusDbContext db, int delivered, int failed, int attempts, int events, CancellationToken cancellationToken)
    {
        var day = Time.GetUtcNow().UtcDateTime.Date;
        var counted = await db.PrunedDays.Where(p => p.Day == day).ExecuteUpdateAsync(
            set => set
                .SetProperty(p => p.Delivered, p => p.Delivered + delivered)
                .SetProperty(p => p.Failed, p => p.Failed + failed)
                .SetProperty(p => p.Attempts, p => p.Attempts + attempts)
                .SetProperty(p => p.Events, p => p.Events + events),
            cancellationToken);
        if (counted > 0)
            return;
        db.PrunedDays.Add(new PrunedDay { Day = day, Delivered = delivered, Failed = failed, Attempts = attempts, Events = events });
        await db.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Retention removed {Deliveries} deliveries and {Events} events.")]
    private partial void LogPruned(int deliveries, int events);

    [LoggerMessage(LogLevel.Information, "{By} chose Delete now: old deliveries and events are removed as of {Now:u}.")]
    private partial void LogDeleteNow(string by, DateTime now);

    [LoggerMessage(LogLevel.Error, "Removing old deliveries failed; trying again in an hour.")]
    private partial void LogPruningFailed(Exception e);
}

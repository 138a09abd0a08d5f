using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Recovery;

/// <summary>
/// Carries recoveries out. It lets a batch of missed deliveries begin a new round as held rows, oldest first, and the next one when
/// most of those have gone out: so the notification's queue, circuit and pace decide how fast it goes, and what happens meanwhile
/// waits behind one batch and not behind all of it. Each batch is one transaction with how far the recovery has come, so that a crash
/// neither loses nor repeats any, and of several instances one does it.
/// </summary>
public sealed partial class RecoveryRunner(
    IDbContextFactory<AtStatusDbContext> contexts,
    JobHandOver jobs,
    IDispatchSignals signals,
    DeliveryFeed feed,
    DatabaseWritability writability,
    TimeProvider time,
    ILogger<RecoveryRunner> logger) : BackgroundLoop(writability, time, TimeSpan.FromSeconds(5))
{
    /// <summary>How often it looks for recoveries while there are none: another instance may have written one down.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks while one is under way. Between two batches those who wait to write are let in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How many deliveries begin a new round in one transaction; the next batch comes when no more than so many still wait.</summary>
    internal int BatchSize { get; set; } = 250;

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken) => await StepAsync(stoppingToken) ? Pause : Idle;

    protected override void LogFailed(Exception e) => LogStepFailed(e);

    /// <summary>A batch of each recovery that is under way and has room for one. Returns whether any is under way.</summary>
    internal async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        List<RecoveryRun> running;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            running = await db.Recoveries.AsNoTracking().Where(r => r.FinishedAt == null).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        foreach (var recovery in running)
            await AdvanceAsync(recovery, cancellationToken);
        return running.Count > 0;
    }

    private async Task AdvanceAsync(RecoveryRun recovery, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notification = await db.Notifications.AsNoTracking().Where(n => n.Id == recovery.NotificationId)
            .Select(n => new { n.Enabled, n.InOrder }).SingleOrDefaultAsync(cancellationToken);
        // A deleted one took the recovery with it.
        if (notification is null)
            return;
        if (!notification.Enabled)
        {
            await EndAsync(db, recovery, isCancelled: true, cancellationToken);
            return;
        }
        // In order, nothing newer may overtake what is not held yet: there all of it is held as fast as it can be written.
        if (!notification.InOrder && await WaitingAsync(db, recovery, cancellationToken) > BatchSize)
            return;
        var batch = await NextAsync(db, recovery, cancellationToken);
        if (batch.Count == 0)
            await EndAsync(db, recovery, isCancelled: false, cancellationToken);
        else
            await RequeueAsync(db, recovery, batch, cancellationToken);
    }

    private Task<int> WaitingAsync(AtStatusDbContext db, RecoveryRun recovery, CancellationToken cancellationToken) =>
        RecoveryDeliveries.Waiting(db, recovery.NotificationId, Time.GetUtcNow().UtcDateTime).OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(BatchSize + 1).CountAsync(cancellationToken);

    private sealed record RecoveryDelivery(long Id, DeliveryState State, string? JobId);

    /// <summary>The next in the order in which they happened: deliveries are numbered in the order of their events.</summary>
    private async Task<List<RecoveryDelivery>> NextAsync(AtStatusDbContext db, RecoveryRun recovery, CancellationToken cancellationToken)
    {
        var found = new List<RecoveryDelivery>();
        foreach (var state in RecoveryDeliveries.States(recovery.Failed, recovery.Skipped))
        {
            found.AddRange(await RecoveryDeliveries.Left(db, recovery, state).OrderBy(d => d.Id).Take(BatchSize)
                .Select(d => new RecoveryDelivery(d.Id, d.State, d.JobId)).ToListAsync(cancellationToken));
        }
        return [.. found.OrderBy(d => d.Id).Take(BatchSize)];
    }

    private async Task RequeueAsync(
        AtStatusDbContext db, RecoveryRun recovery, List<RecoveryDelivery> batch, CancellationToken cancellationToken)
    {
        var (last, now) = (batch[^1].Id, Time.GetUtcNow().UtcDateTime);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The row is the right to this batch: another instance that is as far waits here, and then finds that it is not.
        var isMine = await db.Recoveries.Where(r => r.Id == recovery.Id && r.Done == recovery.Done && r.FinishedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.Done, last), cancellationToken) == 1;
        if (!isMine)
            return;
        var requeued = 0;
        foreach (var byState in batch.GroupBy(d => d.State, d => d.Id))
        {
            requeued += await DeliveryRequeue.RequeueHeldAsync(
                RecoveryDeliveries.Still(db, recovery, byState.Key, [.. byState]), now, cancellationToken);
        }
        await db.Recoveries.Where(r => r.Id == recovery.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.Reopened, r => r.Reopened + requeued), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        jobs.Forget(batch.Where(d => d.State == DeliveryState.Failed).Select(d => d.JobId).OfType<string>());
        signals.NotificationChanged(recovery.NotificationId);
        feed.Signal();
    }

    private async Task EndAsync(AtStatusDbContext db, RecoveryRun recovery, bool isCancelled, CancellationToken cancellationToken)
    {
        DateTime? now = Time.GetUtcNow().UtcDateTime;
        await db.Recoveries.Where(r => r.Id == recovery.Id && r.Done == recovery.Done && r.FinishedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.FinishedAt, now).SetProperty(r => r.IsCancelled, isCancelled), cancellationToken);
        feed.Signal();
    }

    [LoggerMessage(LogLevel.Error, "Resending missed deliveries failed; trying again.")]
    private partial void LogStepFailed(Exception e);
}

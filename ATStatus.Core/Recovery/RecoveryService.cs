using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Recovery;

/// <summary>What shall be resent.</summary>
/// <param name="Since">Those that failed or were skipped at this moment or later (UTC; parts of a second do not count).</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Skipped">Those that were skipped because the notification was off.</param>
public sealed record RecoveryRequest(int NotificationId, DateTime Since, bool Failed = true, bool Skipped = true);

/// <summary>How much there is to resend.</summary>
/// <param name="Oldest">When the oldest of them was recorded (UTC); null where there is none.</param>
public sealed record RecoveryCount(int Failed, int Skipped, DateTime? Oldest)
{
    public int Total => Failed + Skipped;
}

/// <summary>
/// Resends what a notification missed: it counts, writes the wish down, and calls it off. <see cref="RecoveryRunner"/>
/// carries it out.
/// </summary>
[Needs(Right.Redeliver)]
public sealed class RecoveryService(IDbContextFactory<AtStatusDbContext> contexts, DeliveryFeed feed, TimeProvider time)
{
    /// <summary>Counts what <see cref="BeginAsync"/> would be about now. The notification may be off.</summary>
    /// <exception cref="InvalidInputException">The moment lies ahead, or nothing is chosen.</exception>
    public async Task<RecoveryCount> CountAsync(RecoveryRequest request, CancellationToken cancellationToken = default)
    {
        Check(request);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (count, _, _) = await CountAsync(db, request, cancellationToken);
        return count;
    }

    /// <summary>Writes down that what <paramref name="request"/> names is to be resent, and returns the wish's number.</summary>
    /// <exception cref="InvalidInputException">The moment lies ahead, or nothing is chosen.</exception>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="IllegalTransitionException">It is switched off, has missed nothing, or is being served already.</exception>
    /// <exception cref="PreviewedException">It is a preview, and nothing kept it from beginning; see <see cref="ChangeScope"/>.</exception>
    public async Task<int> BeginAsync(RecoveryRequest request, Actor actor, CancellationToken cancellationToken = default)
    {
        Check(request);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (count, first, last) = await CountAsync(db, request, cancellationToken);
        var notification = await db.Notifications.AsNoTracking().Where(n => n.Id == request.NotificationId)
            .Select(n => new { n.Enabled }).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFoundException("notification");
        if (!notification.Enabled)
            throw new IllegalTransitionException("This notification is switched off. Switch it on to deliver what it missed.");
        if (await IsRunningAsync(db, request.NotificationId, cancellationToken))
            throw Running();
        if (count.Total == 0)
            throw new IllegalTransitionException("Nothing failed or was skipped since then.");
        // What is resent are events of before: it raises none.
        if (ChangeScope.Current is { IsPreview: true })
            throw new PreviewedException([]);
        var recovery = new RecoveryRun
        {
            NotificationId = request.NotificationId,
            Since = WholeSecond(request.Since),
            Failed = request.Failed,
            Skipped = request.Skipped,
            Done = first - 1,
            UpTo = last,
            Total = count.Total,
            RequestedBy = actor.Name,
            RequestedAt = Now,
        };
        db.Recoveries.Add(recovery);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Two people, or two instances, that both found nothing running: the index lets one of them through.
            if (await IsRunningAsync(db, request.NotificationId, cancellationToken))
                throw Running();
            throw;
        }
        feed.Signal();
        return recovery.Id;
    }

    /// <summary>Calls it off: what has not begun a new round stays as it is. Nothing where it is through already.</summary>
    public async Task CancelAsync(int recoveryId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        DateTime? now = Now;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var cancelled = await db.Recoveries.Where(r => r.Id == recoveryId && r.FinishedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.FinishedAt, now).SetProperty(r => r.IsCancelled, true), cancellationToken);
        if (cancelled > 0)
        {
            var notification = await db.Recoveries.Where(r => r.Id == recoveryId).Select(r => r.NotificationId).SingleAsync(cancellationToken);
            db.Audit.Record(new AuditChange(AuditAction.Cancelled, AuditObject.Notification, notification, null)
            {
                After = new Dictionary<string, object?> { ["resending"] = "stopped" },
            });
        }
        await transaction.CommitAsync(cancellationToken);
        feed.Signal();
    }

    private static Task<bool> IsRunningAsync(AtStatusDbContext db, int notificationId, CancellationToken cancellationToken) =>
        db.Recoveries.AnyAsync(r => r.NotificationId == notificationId && r.FinishedAt == null, cancellationToken);

    private static IllegalTransitionException Running() =>
        new("What this notification missed is being delivered already. Wait until that is through, or stop it.");

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    // What units of work write has whole seconds, so a moment within a second would miss what happened in it.
    private static DateTime WholeSecond(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));

    private void Check(RecoveryRequest request)
    {
        var check = new InputCheck();
        check.Require(request.Since <= Now, nameof(request.Since), "Choose a moment that has passed.");
        check.Require(request.Failed || request.Skipped, nameof(request.Failed), "Choose what to resend.", nameof(request.Skipped));
        check.ThrowIfInvalid();
    }

    private static async Task<(RecoveryCount Count, long First, long Last)> CountAsync(
        AtStatusDbContext db, RecoveryRequest request, CancellationToken cancellationToken)
    {
        var since = WholeSecond(request.Since);
        var counts = new Dictionary<DeliveryState, int>();
        var (first, last, oldest) = (long.MaxValue, 0L, (DateTime?)null);
        foreach (var state in RecoveryDeliveries.States(request.Failed, request.Skipped))
        {
            var found = await RecoveryDeliveries.Of(db, request.NotificationId, state, since).GroupBy(_ => 1)
                .Select(g => new { Count = g.Count(), First = g.Min(d => d.Id), Last = g.Max(d => d.Id), Oldest = g.Min(d => d.CreatedAt) })
                .SingleOrDefaultAsync(cancellationToken);
            if (found is null)
                continue;
            counts[state] = found.Count;
            (first, last) = (Math.Min(first, found.First), Math.Max(last, found.Last));
            oldest = oldest < found.Oldest ? oldest : found.Oldest;
        }
        var count = new RecoveryCount(counts.GetValueOrDefault(DeliveryState.Failed), counts.GetValueOrDefault(DeliveryState.Skipped), oldest);
        return (count, first, last);
    }
}

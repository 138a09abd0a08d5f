using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Recovery;

/// <summary>What is to be done with chosen deliveries.</summary>
public enum BulkKind
{
    /// <summary>Redeliver: all of them, whether they arrived or not, one after the other and each at once.</summary>
    Redeliver,

    /// <summary>
    /// Resend missed events: those that failed or were skipped while the notification was off, in the order in which they happened, as fast
    /// as their notifications take them.
    /// </summary>
    Recover,

    /// <summary>Cancel: those that are not settled.</summary>
    Cancel,
}

public enum BulkRefusal
{
    /// <summary>A test is sent once.</summary>
    Test,

    /// <summary>Its notification was deleted.</summary>
    NotificationDeleted,

    /// <summary>Its notification is switched off.</summary>
    NotificationOff,

    /// <summary>It is not settled.</summary>
    UnderWay,

    /// <summary>It arrived, and is not resent.</summary>
    Arrived,

    /// <summary>A person chose not to notify, and it is not resent.</summary>
    DoNotNotify,

    /// <summary>Another delivery carries its message.</summary>
    Carried,

    /// <summary>It has ended, or has been cancelled already, and is not cancelled.</summary>
    Ended,

    /// <summary>It is not in the log any more.</summary>
    Missing,
}

/// <summary>What would become of many deliveries, as it stands now.</summary>
/// <param name="Possible">The numbers of those that it can be done with, oldest first.</param>
/// <param name="Refused">How many cannot, by the reason.</param>
public sealed record BulkOutlook(IReadOnlyList<long> Possible, IReadOnlyDictionary<BulkRefusal, int> Refused);

/// <summary>How far the doing of many has come.</summary>
/// <param name="Done">How many have begun a new round, or were cancelled.</param>
/// <param name="Refused">How many were refused after all, by what was said about it.</param>
/// <param name="IsStopped">It was called off before its end.</param>
public sealed record BulkResult(int Done, IReadOnlyDictionary<string, int> Refused, bool IsStopped)
{
    public int Tried => Done + Refused.Values.Sum();
}

/// <summary>Redeliver, Resend missed events and Cancel for many chosen deliveries.</summary>
[Needs(Right.Redeliver)]
public sealed class BulkRedelivery(
    IDbContextFactory<AtStatusDbContext> contexts,
    RedeliveryService redelivery,
    JobHandOver jobs,
    IDispatchSignals signals,
    DeliveryFeed feed,
    TimeProvider time)
{
    public const int Limit = 1_000;

    /// <summary>What is said of those that somebody else was faster with.</summary>
    private const string Changed = "It has changed in the meantime.";

    /// <summary>How many are resent in one transaction.</summary>
    internal int BatchSize { get; init; } = 100;

    /// <summary>Looks which of them it can be done with.</summary>
    public async Task<BulkOutlook> LookAsync(BulkKind kind, IReadOnlyCollection<long> deliveryIds, CancellationToken cancellationToken = default)
    {
        var ids = deliveryIds.Distinct().ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id)).OrderBy(d => d.Id)
            .Select(d => new { d.Id, d.State, d.SkipCause, d.IsTest, IsCancelled = d.CancelReason != null, IsOn = d.Notification == null ? (bool?)null : d.Notification.Enabled })
            .ToListAsync(cancellationToken);
        var judged = rows.ConvertAll(r => (r.Id, Refusal: kind switch
        {
            BulkKind.Cancel => r.IsTest ? BulkRefusal.Test : r.State.IsSettled() || r.IsCancelled ? BulkRefusal.Ended : (BulkRefusal?)null,
            BulkKind.Recover => RefusalOf(r.State, r.IsTest, r.IsOn) ?? RefusalOf(r.State, r.SkipCause),
            _ => RefusalOf(r.State, r.IsTest, r.IsOn) ?? (r.SkipCause == SkipCause.Carried ? BulkRefusal.Carried : null),
        }));
        var refused = judged.Where(r => r.Refusal is not null).CountBy(r => r.Refusal!.Value).ToDictionary();
        if (rows.Count < ids.Length)
            refused[BulkRefusal.Missing] = ids.Length - rows.Count;
        return new BulkOutlook([.. judged.Where(r => r.Refusal is null).Select(r => r.Id)], refused);
    }

    private static BulkRefusal? RefusalOf(DeliveryState state, bool isTest, bool? isOn) => (state.IsSettled(), isTest, isOn) switch
    {
        (_, true, _) => BulkRefusal.Test,
        (_, _, null) => BulkRefusal.NotificationDeleted,
        (_, _, false) => BulkRefusal.NotificationOff,
        (false, _, _) => BulkRefusal.UnderWay,
        _ => null,
    };

    /// <summary>What <see cref="RecoveryDeliveries"/> does not hold, chosen or not.</summary>
    private static BulkRefusal? RefusalOf(DeliveryState state, SkipCause? cause) => (state, cause) switch
    {
        (DeliveryState.Delivered, _) => BulkRefusal.Arrived,
        (DeliveryState.Skipped, SkipCause.Carried) => BulkRefusal.Carried,
        (DeliveryState.Skipped, not SkipCause.NotificationOff) => BulkRefusal.DoNotNotify,
        _ => null,
    };

    /// <summary>Does it, oldest first. What has changed since <see cref="LookAsync"/> is refused and counted.</summary>
    /// <param name="progressed">Called again and again, on whatever thread.</param>
    /// <param name="actor">Who cancels; not asked for otherwise.</param>
    /// <param name="cancellationToken">Ends it after what is under way; what has been done stays so.</param>
    public async Task<BulkResult> RunAsync(
        BulkKind kind, IReadOnlyCollection<long> deliveryIds, Action<BulkResult>? progressed = null, Actor actor = default,
        CancellationToken cancellationToken = default)
    {
        var (result, refused) = (new BulkResult(0, new Dictionary<string, int>(), false), new Dictionary<string, int>());
        foreach (var batch in deliveryIds.Distinct().Order().Chunk(kind == BulkKind.Recover ? BatchSize : 1))
        {
            if (cancellationToken.IsCancellationRequested)
                return result with { IsStopped = true };
            // What has begun is carried to its end: a row and its job belong together.
            var (done, refusal) = kind switch
            {
                BulkKind.Recover => await LetWaitAsync(batch),
                BulkKind.Cancel => await OneAsync(() => redelivery.CancelAsync(batch[0], actor, CancellationToken.None)),
                _ => await OneAsync(() => redelivery.RedeliverAsync(batch[0], CancellationToken.None)),
            };
            if (done < batch.Length)
                refused[refusal!] = refused.GetValueOrDefault(refusal!) + batch.Length - done;
            result = result with { Done = result.Done + done, Refused = new Dictionary<string, int>(refused) };
            progressed?.Invoke(result);
        }
        return result;
    }

    private static async Task<(int Done, string? Refusal)> OneAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return (1, null);
        }
        catch (Exception refusal) when (refusal is NotFoundException or IllegalTransitionException)
        {
            return (0, refusal.Message);
        }
    }

    /// <summary>Lets them begin a new round as held rows, in one transaction; their notifications' queues take them in their order.</summary>
    private async Task<(int Done, string? Refusal)> LetWaitAsync(long[] ids)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var recoverable = await RecoveryDeliveries.Chosen(db, ids).Select(d => new { d.State, Notification = d.NotificationId!.Value, d.JobId }).ToListAsync();
        var done = await DeliveryRequeue.RequeueHeldAsync(RecoveryDeliveries.Chosen(db, ids), time.GetUtcNow().UtcDateTime, CancellationToken.None);
        if (done > 0)
        {
            db.Audit.Record(new AuditChange(AuditAction.Redelivered, AuditObject.Delivery, null, "")
            {
                After = new Dictionary<string, object?> { ["deliveries"] = ids.Select(id => (object)id).ToArray() },
                Count = done,
            });
        }
        await transaction.CommitAsync();
        jobs.Forget(recoverable.Where(d => d.State == DeliveryState.Failed).Select(d => d.JobId).OfType<string>());
        foreach (var notification in recoverable.Select(d => d.Notification).Distinct())
            signals.NotificationChanged(notification);
        feed.Signal();
        return (done, Changed);
    }
}

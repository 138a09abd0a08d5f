using System.Linq.Expressions;
using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>A delivery in the log.</summary>
/// <param name="Id">Its number; the log's key.</param>
/// <param name="Title">To what.</param>
/// <param name="NotificationId">Who it goes to; null once that is deleted.</param>
/// <param name="NotificationName">Its name when it happened.</param>
/// <param name="Reason">Why it was skipped or given up.</param>
/// <param name="IsTest">Made by Send test.</param>
/// <param name="DueAt">When the next may begin (UTC).</param>
/// <param name="CreatedAt">When it was recorded (UTC).</param>
/// <param name="LastStatusCode">The last attempt's status, where there was one.</param>
/// <param name="LastFailure">The last attempt's failure, where it failed.</param>
/// <param name="Hold">Why it waits although it is due.</param>
public sealed record DeliveryRow(
    long Id, EventType Event, string Title, int? NotificationId, string NotificationName, DeliveryState State, string? Reason, bool IsTest,
    int AttemptCount, DateTime? DueAt, DateTime CreatedAt, int? LastStatusCode, FailureKind? LastFailure, HoldReason? Hold = null);

/// <summary>A stretch of the log, newest first.</summary>
/// <param name="HasNewer">There are newer ones; where few match, perhaps.</param>
/// <param name="HasOlder">There are older ones; where few match, perhaps.</param>
/// <param name="SearchedTo">
/// Where the search stopped, because it has looked at as many rows as one question may: there can be matching ones beyond. It goes on
/// from this number, in the same direction. Null where the stretch is full or the log's end was reached.
/// </param>
public sealed record DeliveryPage(IReadOnlyList<DeliveryRow> Rows, bool HasNewer, bool HasOlder, long? SearchedTo = null);

/// <summary>One delivery with all it went through.</summary>
/// <param name="OccurredAt">When the event happened (UTC).</param>
/// <param name="DisplayUrl">
/// The target without what could be a token: a test's own, otherwise the notification's as it is now; null where it is not known any more.
/// </param>
/// <param name="JobId">The Hangfire job that carried it last; null for a test, and before its first attempt.</param>
/// <param name="SettledAt">When it was settled (UTC).</param>
/// <param name="Payload">The event's bytes; those that are sent, unless a body is stored with it, or its type writes a message.</param>
/// <param name="Attempts">Every attempt, newest first.</param>
/// <param name="RedeliverRefusal">Why it cannot be redelivered now; null when it can.</param>
public sealed record DeliveryDetail(
    DeliveryRow Row, long EventId, DateTime OccurredAt, string Kind, string? DisplayUrl, Guid RequestId, string? JobId, DateTime? SettledAt,
    byte[] Payload, IReadOnlyList<DeliveryAttempt> Attempts, string? RedeliverRefusal)
{
    /// <summary>Why it cannot be sent now instead of at its time; null when it can.</summary>
    public string? SendNowRefusal { get; init; }

    /// <summary>Why it cannot be cancelled; null when it can.</summary>
    public string? CancelRefusal { get; init; }

    /// <summary>Who has cancelled it while an attempt is under way, in words; null where nobody has.</summary>
    public string? CancelReason { get; init; }

    /// <summary>The present round was asked for by a person.</summary>
    public bool IsRedelivery { get; init; }

    /// <summary>How many attempts of the present round count against the limit.</summary>
    public int RoundAttempts { get; init; }

    /// <summary>When the attempt under way began (UTC); null while there is none.</summary>
    public DateTime? LeasedAt { get; init; }

    /// <summary>When its notification's open circuit lets the next one through (UTC), where it is held by that.</summary>
    public DateTime? ProbeAt { get; init; }

    /// <summary>The form of the body that is stored with it; null where the payload is the body, and before it is rendered.</summary>
    public BodyKind? BodyKind { get; init; }

    /// <summary>The body that is stored with it, where its requests have that; null where none is, and where a type writes its message from it.</summary>
    public string? BodyText { get; init; }

    /// <summary>The payloads of all events that its message tells, as one JSON array; null where it tells its own event alone.</summary>
    public byte[]? Combined { get; init; }

    /// <summary>The delivery whose message tells its event too; null where it is sent itself.</summary>
    public long? CarrierId { get; init; }

    /// <summary>Whether its next attempt will be signed.</summary>
    public bool IsSigned { get; init; }
}

public sealed class DeliveryQueries(IDbContextFactory<AtStatusDbContext> contexts, TargetProtector protector, TimeProvider time)
{
    private static readonly Expression<Func<Delivery, DeliveryRow>> ToRow = d => new DeliveryRow(
        d.Id, d.EventType, d.Event!.Title, d.NotificationId, d.NotificationName, d.State, d.Reason, d.IsTest, d.AttemptCount, d.DueAt, d.CreatedAt,
        d.LastStatusCode, d.LastFailure, d.Hold);

    private static readonly Func<Delivery, DeliveryRow> RowOf = ToRow.Compile();

    /// <summary>How many deliveries to these notifications wait to be sent, counted up to a limit.</summary>
    public async Task<int> CountWaitingAsync(IReadOnlyCollection<int> notificationIds, int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await LogIndex.Rows(db, LogIndex.State)
            .Where(d => (d.State == DeliveryState.Pending || d.State == DeliveryState.Retrying) && d.NotificationId != null && notificationIds.Contains(d.NotificationId.Value))
            .OrderBy(d => d.State).ThenBy(d => d.DueAt).ThenBy(d => d.Id).Take(limit).CountAsync(cancellationToken);
    }

    /// <summary>How much one question looks at.</summary>
    internal LogLimits Limits { get; init; } = new();

    /// <summary>
    /// A stretch of the log by key, so that it neither slows down nor skips rows while the log grows: the newest, those
    /// older than <paramref name="before"/>, or those next newer than <paramref name="after"/>. It may be shorter than
    /// <paramref name="size"/> although there are more: then <see cref="DeliveryPage.SearchedTo"/> says where to go on.
    /// </summary>
    public async Task<DeliveryPage> PageAsync(
        DeliveryFilter filter, long? before, long? after, int size, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var search = await LogSearch.BeginAsync(db, filter, Limits, cancellationToken);
        // One more than is shown tells whether there are more; what lies behind is asked for where there can be any.
        var isUp = after is not null;
        var (keys, stoppedAt) = isUp
            ? await search.NewerAsync(after!.Value, size + 1, cancellationToken)
            : await search.OlderAsync(before, size + 1, cancellationToken);
        var isMore = keys.Count > size || stoppedAt is not null;
        if (keys.Count > size)
            keys.RemoveAt(size);
        // A full page is gone on from at its end.
        stoppedAt = keys.Count == size ? null : stoppedAt;
        var start = keys.Count > 0 ? keys[0] : isUp ? after!.Value + 1 : before - 1;
        var isBehind = start is { } first && (isUp || before is not null) && await search.AnyAsync(first, !isUp, cancellationToken);
        return new DeliveryPage(
            await RowsAsync(db, [.. keys], cancellationToken), isUp ? isMore : isBehind, isUp ? isBehind : isMore, stoppedAt);
    }

    /// <summary>These deliveries as they are now, newest first; those that are gone are left out.</summary>
    public async Task<IReadOnlyList<DeliveryRow>> RowsAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(db, [.. ids], cancellationToken);
    }

    /// <summary>The number of the newest delivery of all; 0 in an empty log.</summary>
    public async Task<long> NewestAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.MaxAsync(d => (long?)d.Id, cancellationToken) ?? 0;
    }

    /// <summary>How many deliveries that match have a greater number than <paramref name="after"/>; counted up to <paramref name="limit"/>.</summary>
    public async Task<int> CountNewerAsync(DeliveryFilter filter, long after, int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var search = await LogSearch.BeginAsync(db, filter, Limits, cancellationToken);
        return (await search.NewerAsync(after, limit, cancellationToken)).Keys.Count;
    }

    /// <summary>How many deliveries match in each state, whatever state the filter asks for.</summary>
    public async Task<DeliveryCounts> CountAsync(DeliveryFilter filter, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (await LogSearch.BeginAsync(db, filter, Limits, cancellationToken)).CountAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<DeliveryRow>> RowsAsync(AtStatusDbContext db, long[] keys, CancellationToken cancellationToken) =>
        keys.Length == 0
            ? []
            : await db.Deliveries.AsNoTracking().Where(d => EF.Parameter(keys).Contains(d.Id)).OrderByDescending(d => d.Id)
                .Select(ToRow).ToListAsync(cancellationToken);

    /// <summary>One delivery; null when there is none.</summary>
    public async Task<DeliveryDetail?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var delivery = await db.Deliveries.AsNoTracking()
            .Include(d => d.Event).Include(d => d.Notification).Include(d => d.Attempts)
            .AsSplitQuery().SingleOrDefaultAsync(d => d.Id == id, cancellationToken);
        if (delivery is null)
            return null;
        var probeAt = delivery.Hold == HoldReason.Circuit
            ? await db.NotificationHealth.AsNoTracking().Where(h => h.NotificationId == delivery.NotificationId)
                .Select(h => h.NextProbeAt).SingleOrDefaultAsync(cancellationToken)
            : null;
        var body = delivery.Body is null ? null
            : await db.DeliveryBodies.Where(b => b.DeliveryId == id).Select(b => b.Content).SingleOrDefaultAsync(cancellationToken);
        return new DeliveryDetail(
            RowOf(delivery), delivery.EventId, delivery.Event!.OccurredAt, delivery.Kind,
            delivery.IsTest ? TestTargetOf(delivery) : delivery.Notification?.Transport.DisplayUrl,
            delivery.RequestId, delivery.JobId, delivery.SettledAt, delivery.Event.Payload,
            [.. Ended(delivery).OrderByDescending(a => a.Number)],
            delivery.State.IsSettled() ? DeliveryRequeue.RefusalOf(delivery) : "This delivery is still under way.")
        {
            SendNowRefusal = DeliveryRequeue.SendNowRefusalOf(delivery, time.GetUtcNow().UtcDateTime),
            CancelRefusal = DeliveryCancellation.RefusalOf(delivery),
            CancelReason = delivery.CancelReason,
            IsRedelivery = delivery.IsRedelivery,
            RoundAttempts = delivery.RoundAttempts,
            BodyKind = delivery.Body,
            Combined = delivery.Body == Sending.Bodies.BodyKind.Documented ? body : null,
            CarrierId = delivery.CarrierId,
            BodyText = body is null || delivery.Body is null or Sending.Bodies.BodyKind.Documented ? null : Encoding.UTF8.GetString(body),
            LeasedAt = delivery.LeasedAt,
            ProbeAt = probeAt,
            IsSigned = (delivery.IsTest ? delivery.TestProtectedSecret : delivery.Notification?.Transport.ProtectedSecret) is not null,
        };
    }

    /// <summary>The attempts that have ended as the row has it. They are read after it, and one that ended in between belongs to the next look.</summary>
    private static IEnumerable<DeliveryAttempt> Ended(Delivery delivery)
    {
        var ended = delivery.State == DeliveryState.Sending ? delivery.AttemptCount - 1 : delivery.AttemptCount;
        return delivery.Attempts.Where(a => a.Number <= ended);
    }

    private string? TestTargetOf(Delivery delivery) => protector.UrlIfReadable(delivery.TestProtectedUrl) is { } url ? MaskedUrl.Display(url) : null;

    /// <summary>How many deliveries of the last <paramref name="span"/> stand in each state, where there are any; tests do not count.</summary>
    public async Task<IReadOnlyDictionary<DeliveryState, DeliveryCount>> CountByStateAsync(TimeSpan span, CancellationToken cancellationToken = default)
    {
        var counts = await CountAsync(new DeliveryFilter(Since: time.GetUtcNow().UtcDateTime - span, IsTest: false), cancellationToken);
        return counts.ByState.Where(c => c.Value.Count > 0).ToDictionary();
    }

    /// <summary>Whether the log holds any delivery, test or not, that reached its receiver.</summary>
    public async Task<bool> AnyDeliveredAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.AsNoTracking().AnyAsync(d => d.State == DeliveryState.Delivered, cancellationToken);
    }
}

using System.Runtime.CompilerServices;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>A delivery as it is exported: nothing of it tells where to or with which secret.</summary>
/// <param name="Row">What the log shows of it.</param>
/// <param name="SettledAt">When it was settled (UTC); null while it is under way.</param>
/// <param name="SkipCause">Why it was skipped; null otherwise.</param>
/// <param name="Attempts">Its attempts, oldest first; empty where they were not asked for.</param>
public sealed record ExportedDelivery(
    DeliveryRow Row, string Kind, Guid RequestId, DateTime? SettledAt, SkipCause? SkipCause, IReadOnlyList<ExportedAttempt> Attempts);

/// <summary>How an attempt ended.</summary>
/// <param name="Number">1 for the delivery's first.</param>
/// <param name="Trigger">What made it happen.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Failure">What went wrong; null for a success.</param>
/// <param name="StatusCode">The response's status, where there was one.</param>
public sealed record ExportedAttempt(int Number, AttemptTrigger Trigger, DateTime StartedAt, int DurationMs, FailureKind? Failure, int? StatusCode);

/// <summary>
/// Reads all of the log that matches, however long it is: a batch at a time and each by key, so that it needs the memory of one batch,
/// holds no transaction, and what is saved meanwhile does not shift it.
/// </summary>
public sealed class DeliveryExport(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>How many deliveries are read at once.</summary>
    internal const int BatchSize = 500;

    /// <summary>How much one question looks at.</summary>
    internal LogLimits Limits { get; init; } = new();

    /// <summary>The matching deliveries, newest first, from the newest there is when it begins.</summary>
    /// <param name="withAttempts">Read their attempts too.</param>
    public async IAsyncEnumerable<ExportedDelivery> ReadAsync(
        DeliveryFilter filter, bool withAttempts, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? before = null;
        do
        {
            List<ExportedDelivery> batch;
            (batch, before) = await NextAsync(filter, before, withAttempts, cancellationToken);
            foreach (var delivery in batch)
                yield return delivery;
        }
        while (before is not null);
    }

    private async Task<(List<ExportedDelivery> Batch, long? Next)> NextAsync(
        DeliveryFilter filter, long? before, bool withAttempts, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var search = await LogSearch.BeginAsync(db, filter, Limits, cancellationToken);
        var (keys, stoppedAt) = await search.OlderAsync(before, BatchSize, cancellationToken);
        var next = keys.Count == BatchSize ? keys[^1] : stoppedAt;
        if (keys.Count == 0)
            return ([], next);
        var ids = keys.ToArray();
        var attempts = withAttempts
            ? (await db.DeliveryAttempts.AsNoTracking().Where(a => EF.Parameter(ids).Contains(a.DeliveryId)).OrderBy(a => a.Number)
                .Select(a => new { a.DeliveryId, Attempt = new ExportedAttempt(a.Number, a.Trigger, a.StartedAt, a.DurationMs, a.Failure, a.StatusCode) })
                .ToListAsync(cancellationToken)).ToLookup(a => a.DeliveryId, a => a.Attempt)
            : null;
        var rows = await db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id)).OrderByDescending(d => d.Id)
            .Select(d => new
            {
                Row = new DeliveryRow(
                    d.Id, d.EventType, d.Event!.Title, d.NotificationId, d.NotificationName, d.State, d.Reason, d.IsTest, d.AttemptCount, d.DueAt,
                    d.CreatedAt, d.LastStatusCode, d.LastFailure, d.Hold),
                d.Kind,
                d.RequestId,
                d.SettledAt,
                d.SkipCause,
            })
            .ToListAsync(cancellationToken);
        return ([.. rows.Select(r => new ExportedDelivery(r.Row, r.Kind, r.RequestId, r.SettledAt, r.SkipCause, attempts is null ? [] : [.. attempts[r.Row.Id]]))], next);
    }
}

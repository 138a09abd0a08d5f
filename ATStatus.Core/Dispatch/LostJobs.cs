using System.Runtime.CompilerServices;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Finds the deliveries that are due and have no live job, their own or their event's: after a crash, a lost hand-over or a vanished job storage.
/// </summary>
public sealed class LostJobs(IDbContextFactory<AtStatusDbContext> contexts, JobHandOver jobs, TimeProvider time)
{
    /// <summary>How many rows are read at a time.</summary>
    internal const int BatchSize = 5_000;

    /// <summary>How long a fresh row is left to the instance that is handing it over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long after its time a delivery is believed to be carried by the job that is said to.</summary>
    private static readonly TimeSpan Unbelieved = TimeSpan.FromMinutes(2);

    /// <summary>What a portion of the rows has lost.</summary>
    /// <param name="Due">Deliveries that need a job of their own.</param>
    /// <param name="Events">Events with first attempts to make, the first of each save.</param>
    /// <param name="NextDueAt">When the next delivery without a live job falls due; the portion is the last then.</param>
    internal sealed record Batch(IReadOnlyList<(long Id, int NotificationId, bool IsRetry)> Due, List<long> Events, DateTime? NextDueAt);

    /// <summary>Looks a portion at a time, by due time: what one has lost is handed over before the next is read.</summary>
    /// <param name="isAlone">Whether nobody else is handing over anything, so that fresh rows are lost too.</param>
    /// <param name="ahead">How far ahead it looks for the next delivery that falls due.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    internal async IAsyncEnumerable<Batch> FindAsync(bool isAlone, TimeSpan ahead, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db.Dialect.NowAsync(db, time, cancellationToken);
        var freshUntil = isAlone ? now : now - Grace;
        var (lastDue, lastId) = (DateTime.UnixEpoch, 0L);
        while (true)
        {
            // Live is asked after the rows: a row that was handed over in between then counts as live.
            var rows = await WaitingAsync(db, freshUntil, now + ahead, lastDue, lastId, cancellationToken);
            if (rows.Count == 0)
                yield break;
            var own = rows.Where(r => !r.IsFirst).ToList();
            var live = jobs.Live();
            var lost = own.Where(r => !IsCovered(live, r.Id, r.DueAt, now, isEvent: false)).ToList();
            var due = lost.Where(r => r.DueAt <= now).Select(r => (r.Id, r.NotificationId, r.State == DeliveryState.Retrying)).ToList();
            var events = await UncoveredEventsAsync(db, [.. rows.Where(r => r.IsFirst && r.DueAt <= now)], now, cancellationToken);
            // By due time, so the first that is not due yet is the next of all.
            var next = lost.FirstOrDefault(r => r.DueAt > now)?.DueAt;
            yield return new(due, events, next);
            if (next is not null || rows.Count < BatchSize)
                yield break;
            (lastDue, lastId) = (rows[^1].DueAt, rows[^1].Id);
        }
    }

    /// <summary>Those events of deliveries, at most <see cref="BatchSize"/>, that have no live job, the first of each save.</summary>
    internal async Task<List<long>> EventsOfAsync(long[] deliveryIds, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Rows(db.Deliveries.Where(d => EF.Parameter(deliveryIds).Contains(d.Id))).ToListAsync(cancellationToken);
        return await UncoveredEventsAsync(db, rows, time.GetUtcNow().UtcDateTime, cancellationToken);
    }

    /// <summary>
    /// Whether a live job is going to see to it. One that has had such a job for long is checked: a change of a job's state that fails for
    /// good leaves a member behind that says so, and is not true.
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

    private static IQueryable<Waiting> Rows(IQueryable<Delivery> deliveries) => deliveries.AsNoTracking()
        .Select(DeliveryColumns.WithForEventJob((d, isFirst) =>
            new Waiting(d.Id, d.NotificationId ?? 0, d.State, d.DueAt!.Value, d.EventId, d.Event!.SaveId, isFirst && d.NotificationId != null)));
}

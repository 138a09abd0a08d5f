using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Decides which deliveries have a job and which wait as rows: one queue per notification, so that a backlog of a hundred thousand to a
/// dead endpoint is neither in memory nor before anybody else's. A queue has a few jobs at most; when one ends, the next is let in.
/// Open circuits let one through now and then, and drain slowly once they have closed.
/// </summary>
public sealed partial class DeliveryDispatcher(
    DispatchQueries queries,
    JobHandOver jobs,
    NotificationQueues queues,
    SendingPauseState sending,
    InstanceOptions instances,
    DatabaseWritability writability,
    TimeProvider time,
    ILogger<DeliveryDispatcher> logger) : BackgroundService, IDispatchSignals
{
    /// <summary>How often queues are looked at that wait for a moment rather than for a job's end.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<long, NotificationQueue> _inFlight = new();
    private readonly EventChains _chains = new(jobs);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var turn = 0;
        while (await WaitAsync(timer, stoppingToken))
        {
            Tick();
            if (!instances.SingleInstance && ++turn % 4 == 0)
                await RefreshAsync(stoppingToken);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Lets in what may go now: a probe whose time has come, the next of a draining queue.</summary>
    internal void Tick()
    {
        // A claim could not be written: no job is made that would only wait for that.
        if (sending.IsPaused || !writability.IsWritable)
            return;
        foreach (var queue in queues.All)
        {
            if (queue.IsWaiting)
                Pump(queue);
        }
    }

    /// <inheritdoc/>
    public void Finished(int? notificationId, long deliveryId, bool isHeld)
    {
        if (!_inFlight.TryRemove(deliveryId, out var queue) && notificationId is { } id)
            queue = queues.Of(id);
        if (queue is null)
            return;
        // What was held by its claim waits for something else than this job's end: the clock looks after it, or it would spin.
        queues.Within(queue, () =>
        {
            queue.Remove(deliveryId);
            queue.HasMore |= isHeld || queue.IsInOrder == true || queue.HasOrdered;
        });
        if (!isHeld && queue.IsWaiting)
            Pump(queue);
    }

    /// <inheritdoc/>
    public void HealthChanged(NotificationHealth health, Notification notification)
    {
        var queue = queues.Of(health.NotificationId);
        queues.Within(queue, () =>
        {
            queue.SetHealth(health);
            // Saved by another instance: what waits for this one is handed over here too, by whoever has recorded it.
            queue.HasMore |= notification.InOrder && queue.IsInOrder is null;
            (queue.IsInOrder, queue.Rate) = (notification.InOrder, RateLimit.Of(notification.Transport.Options));
        });
        if (queue.IsWaiting)
            Pump(queue);
    }

    /// <inheritdoc/>
    public void NotificationChanged(int notificationId) => _ = Task.Run(() => LookAsync([notificationId], CancellationToken.None));

    /// <summary>Sending is no longer paused: whatever waits goes on, each queue in its order, also what a claim has sent back to wait.</summary>
    internal void Resumed()
    {
        foreach (var queue in queues.All)
            queues.Within(queue, queue.ClearPrefetched);
        _ = Task.Run(ResumedAsync);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the sweeper's next look does it again.")]
    private async Task ResumedAsync()
    {
        try
        {
            await LookAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogUnlessExplained(e);
        }
    }

    /// <summary>
    /// Takes over deliveries that are due and have neither a job nor a hold: after a crash, or when the job storage was lost.
    /// </summary>
    internal async Task OfferAsync(IReadOnlyList<(long Id, int NotificationId, bool IsRetry)> lost, CancellationToken cancellationToken)
    {
        await ReadStatesAsync([.. lost.Select(d => d.NotificationId).Distinct()], cancellationToken);
        var rest = new List<(long Id, HoldReason Hold)>();
        foreach (var (id, notificationId, isRetry) in lost)
        {
            var queue = queues.Of(notificationId);
            var hold = queues.Within(queue, () =>
            {
                // Of a notification that is gone or off nothing is known: the claim skips it.
                var hold = queue.IsKnown ? HoldOf(queue) : null;
                if (hold is null && queue.Add(id))
                    _inFlight[id] = queue;
                return hold;
            });
            if (hold is { } why)
                rest.Add((id, why));
            else
                jobs.HandOver([id], isRetry ? QueueNames.Retries : QueueNames.Own);
        }
        if (rest.Count == 0)
            return;
        await queries.HoldAsync(rest, cancellationToken);
        foreach (var notificationId in lost.Select(d => d.NotificationId).Distinct())
        {
            var queue = queues.Of(notificationId);
            queues.Within(queue, () => queue.HasMore = true);
            Pump(queue);
        }
    }

    /// <summary>Looks for everything that is held, and for jobs that vanished. At start, and every minute.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await LookAsync(await queries.NotificationsWithHeldAsync(cancellationToken), cancellationToken);
        if (_inFlight.IsEmpty)
            return;
        // Asked before the live jobs are, so that one that is made in between is not taken for lost.
        var known = _inFlight.ToArray();
        var live = jobs.Live();
        foreach (var (id, queue) in known.Where(entry => !live.ContainsKey(entry.Key)))
        {
            if (_inFlight.TryRemove(id, out _))
                Drop(queue, id);
        }
    }

    /// <summary>A job is gone without a word: its place is free, and nothing waits for its delivery.</summary>
    private void Drop(NotificationQueue queue, long deliveryId) => queues.Within(queue, () => queue.Remove(deliveryId));

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the next look does it again.")]
    private async Task LookAsync(IReadOnlyList<int> notifications, CancellationToken cancellationToken)
    {
        try
        {
            var off = await ReadStatesAsync(notifications, cancellationToken);
            foreach (var (id, reason) in off)
                await queries.SkipHeldAsync(id, reason, cancellationToken);
            foreach (var id in notifications.Except(off.Keys))
            {
                var queue = queues.Of(id);
                queues.Within(queue, queue.LookAgain);
                Pump(queue);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnlessExplained(e);
        }
    }

    /// <summary>Reads what queues must know. Returns those whose notification is off or gone, with the reason.</summary>
    private async Task<IReadOnlyDictionary<int, (SkipCause Cause, string Reason)>> ReadStatesAsync(IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        var (on, off) = await queries.ReadStatesAsync(ids, cancellationToken);
        foreach (var (id, isInOrder, rate, health) in on)
        {
            var queue = queues.Of(id);
            queues.Within(queue, () =>
            {
                (queue.IsInOrder, queue.Rate) = (isInOrder, rate);
                queue.SetHealth(health ?? NotificationHealth.Fresh(id, Now));
            });
        }
        return off;
    }

    private HoldReason? HoldOf(NotificationQueue queue) => sending.IsPaused ? HoldReason.Paused : queue.HoldOf(queues.LimitOf(queue), Now);

    private void Pump(NotificationQueue queue)
    {
        if (sending.IsPaused)
            return;
        var (taken, read) = queues.Within(queue, () =>
        {
            var limit = queues.LimitOf(queue);
            var taken = queue.Take(limit, Now);
            foreach (var (id, _) in taken)
                _inFlight[id] = queue;
            var read = queue.NeedsReading && queue.Free(limit, Now) > 0;
            if (read)
                (queue.IsReading, queue.HasMore) = (true, false);
            return (taken, read);
        });
        foreach (var byQueue in taken.GroupBy(t => t.IsRetry, t => t.Id))
            jobs.HandOver(byQueue, byQueue.Key ? QueueNames.Retries : QueueNames.Own);
        if (read)
            _ = Task.Run(() => ReadAsync(queue));
    }

    /// <summary>Reads the next deliveries that wait, in the order in which they fell due.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the queue is looked at again by the clock.")]
    private async Task ReadAsync(NotificationQueue queue)
    {
        try
        {
            var known = queues.Within(queue, () => queue.Known);
            var wanted = NotificationQueue.PrefetchSize + known.Count;
            var (held, hasOrdered) = await queries.HeldAsync(queue.NotificationId, queue.IsInOrder == true, wanted);
            var isEmpty = queues.Within(queue, () =>
            {
                queue.IsReading = false;
                var hasMore = queue.HasMore || held.Count == wanted;
                queue.HasMore = false;
                foreach (var (id, isRetry) in held)
                    queue.Prefetch(id, isRetry);
                queue.HasMore = hasMore;
                queue.Read(hasOrdered);
                return !queue.HasMore && held.Count == 0;
            });
            if (isEmpty && queue.IsDraining)
            {
                await queries.DrainedAsync(queue.NotificationId);
                queues.Within(queue, queue.Drained);
            }
            Pump(queue);
        }
        catch (Exception e)
        {
            LogUnlessExplained(e);
            queues.Within(queue, () => (queue.IsReading, queue.HasMore) = (false, true));
        }
    }

    /// <summary>Where other instances run jobs too, this one does not learn of their end: it asks the rows.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The next turn does it again.")]
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var queue in queues.All.Where(q => q.IsWaiting && q.InFlight > 0))
            {
                var ids = queue.Known.ToArray();
                var open = await queries.OpenAsync(ids, cancellationToken);
                foreach (var id in ids.Except(open).Where(id => _inFlight.TryRemove(id, out _)))
                    Drop(queue, id);
                Pump(queue);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnlessExplained(e);
        }
    }

    private void LogUnlessExplained(Exception e)
    {
        if (!writability.Explains(e))
            LogLookFailed(e);
    }

    [LoggerMessage(LogLevel.Error, "Looking for deliveries that wait failed; trying again.")]
    private partial void LogLookFailed(Exception e);
}

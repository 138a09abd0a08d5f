using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Decides which deliveries have a job and which wait as rows: one lane per notification, so that a queue of a hundred thousand to a
/// dead endpoint is neither in memory nor before anybody else's. A lane has a few jobs at most; when one ends, the next is let in.
/// Open circuits let one through now and then, and drain slowly once they have closed.
/// </summary>
public sealed partial class DeliveryDispatcher(
    DispatchQueries rows,
    JobHandOver queue,
    ConcurrencyLimiter slots,
    SendingPauseState sending,
    WebhookOptions options,
    SweeperOptions instances,
    DatabaseWritability writability,
    TimeProvider time,
    ILogger<DeliveryDispatcher> logger) : BackgroundService, IDispatchSignals
{
    /// <summary>How often lanes are looked at that wait for a moment rather than for a job's end.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<int, NotificationQueue> _lanes = new();
    private readonly ConcurrentDictionary<long, NotificationQueue> _out = new();
    private readonly EventChains _chains = new(queue);
    private int _slow;

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

    /// <summary>Lets in what may go now: a probe whose time has come, the next of a draining lane.</summary>
    internal void Tick()
    {
        // A claim could not be written: no job is made that would only wait for that.
        if (sending.IsPaused || !writability.IsWritable)
            return;
        foreach (var lane in _lanes.Values)
        {
            if (lane.IsWaiting)
                Pump(lane);
        }
    }

    /// <inheritdoc/>
    public void Finished(int? notificationId, long deliveryId, bool isHeld)
    {
        if (!_out.TryRemove(deliveryId, out var lane) && notificationId is { } id)
            lane = Lane(id);
        if (lane is null)
            return;
        // What was held by its claim waits for something else than this job's end: the clock looks after it, or it would spin.
        Within(lane, () =>
        {
            lane.Remove(deliveryId);
            lane.HasMore |= isHeld || lane.IsInOrder == true || lane.HasOrdered;
        });
        if (!isHeld && lane.IsWaiting)
            Pump(lane);
    }

    /// <inheritdoc/>
    public void HealthChanged(NotificationHealth health)
    {
        var lane = Lane(health.NotificationId);
        Within(lane, () => lane.SetHealth(health));
        if (lane.IsWaiting)
            Pump(lane);
    }

    /// <inheritdoc/>
    public void NotificationChanged(int notificationId) => _ = Task.Run(() => LookAsync([notificationId], CancellationToken.None));

    /// <summary>Sending is no longer paused: whatever waits goes on, each lane in its order, also what a claim has sent back to wait.</summary>
    internal void Resumed()
    {
        foreach (var lane in _lanes.Values)
            Within(lane, lane.ClearPrefetched);
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
        await KnowAsync([.. lost.Select(d => d.NotificationId).Distinct()], cancellationToken);
        var rest = new List<(long Id, HoldReason Hold)>();
        foreach (var (id, notificationId, isRetry) in lost)
        {
            var lane = Lane(notificationId);
            var hold = Within(lane, () =>
            {
                // Of a notification that is gone or off nothing is known: the claim skips it.
                var hold = lane.IsKnown ? HoldOf(lane) : null;
                if (hold is null && lane.Add(id))
                    _out[id] = lane;
                return hold;
            });
            if (hold is { } why)
                rest.Add((id, why));
            else
                queue.HandOver([id], isRetry ? QueueNames.Retries : QueueNames.Own);
        }
        if (rest.Count == 0)
            return;
        await rows.HoldAsync(rest, cancellationToken);
        foreach (var notificationId in lost.Select(d => d.NotificationId).Distinct())
        {
            var lane = Lane(notificationId);
            Within(lane, () => lane.HasMore = true);
            Pump(lane);
        }
    }

    /// <summary>Looks for everything that is held, and for jobs that vanished. At start, and every minute.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await LookAsync(await rows.NotificationsWithHeldAsync(cancellationToken), cancellationToken);
        if (_out.IsEmpty)
            return;
        // Asked before the live jobs are, so that one that is made in between is not taken for lost.
        var known = _out.ToArray();
        var live = queue.Live();
        foreach (var (id, lane) in known.Where(entry => !live.ContainsKey(entry.Key)))
        {
            if (_out.TryRemove(id, out _))
                Drop(lane, id);
        }
    }

    /// <summary>A job is gone without a word: its place is free, and nothing waits for its delivery.</summary>
    private void Drop(NotificationQueue lane, long deliveryId) => Within(lane, () => lane.Remove(deliveryId));

    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the next look does it again.")]
    private async Task LookAsync(IReadOnlyList<int> notifications, CancellationToken cancellationToken)
    {
        try
        {
            var off = await KnowAsync(notifications, cancellationToken);
            foreach (var (id, reason) in off)
                await rows.SkipHeldAsync(id, reason, cancellationToken);
            foreach (var id in notifications.Except(off.Keys))
            {
                var lane = Lane(id);
                Within(lane, () => lane.HasMore = true);
                Pump(lane);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnlessExplained(e);
        }
    }

    /// <summary>Reads what lanes must know. Answers those whose notification is off or gone, with the reason.</summary>
    private async Task<IReadOnlyDictionary<int, (SkipCause Cause, string Reason)>> KnowAsync(IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        var (on, off) = await rows.KnowAsync(ids, cancellationToken);
        foreach (var (id, isInOrder, health) in on)
        {
            var lane = Lane(id);
            Within(lane, () =>
            {
                lane.IsInOrder = isInOrder;
                lane.SetHealth(health ?? NotificationHealth.Fresh(id, Now));
            });
        }
        return off;
    }

    private HoldReason? HoldOf(NotificationQueue lane) => sending.IsPaused ? HoldReason.Paused : lane.HoldOf(LimitOf(lane), Now);

    private void Pump(NotificationQueue lane)
    {
        if (sending.IsPaused)
            return;
        var (taken, read) = Within(lane, () =>
        {
            var limit = LimitOf(lane);
            var taken = lane.Take(limit, Now, options);
            foreach (var (id, _) in taken)
                _out[id] = lane;
            var read = lane.NeedsReading && lane.Free(limit, Now, options) > 0;
            if (read)
                (lane.IsReading, lane.HasMore) = (true, false);
            return (taken, read);
        });
        foreach (var byQueue in taken.GroupBy(t => t.IsRetry, t => t.Id))
            queue.HandOver(byQueue, byQueue.Key ? QueueNames.Retries : QueueNames.Own);
        if (read)
            _ = Task.Run(() => ReadAsync(lane));
    }

    /// <summary>Reads the next deliveries that wait, in the order in which they fell due.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the lane is looked at again by the clock.")]
    private async Task ReadAsync(NotificationQueue lane)
    {
        try
        {
            var known = Within(lane, () => lane.Known);
            var wanted = NotificationQueue.Ahead + known.Count;
            var (held, hasOrdered) = await rows.HeldAsync(lane.NotificationId, lane.IsInOrder == true, wanted);
            var isEmpty = Within(lane, () =>
            {
                lane.IsReading = false;
                var hasMore = lane.HasMore || held.Count == wanted;
                lane.HasMore = false;
                foreach (var (id, isRetry) in held)
                    lane.Prefetch(id, isRetry);
                lane.HasMore = hasMore;
                lane.Read(hasOrdered);
                return !lane.HasMore && held.Count == 0;
            });
            if (isEmpty && lane.IsDraining)
            {
                await rows.DrainedAsync(lane.NotificationId);
                Within(lane, lane.Drained);
            }
            Pump(lane);
        }
        catch (Exception e)
        {
            LogUnlessExplained(e);
            Within(lane, () => (lane.IsReading, lane.HasMore) = (false, true));
        }
    }

    /// <summary>Where other instances run jobs too, this one does not learn of their end: it asks the rows.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The next turn does it again.")]
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var lane in _lanes.Values.Where(l => l.IsWaiting && l.InFlight > 0))
            {
                var ids = lane.Known.ToArray();
                var open = await rows.OpenAsync(ids, cancellationToken);
                foreach (var id in ids.Except(open).Where(id => _out.TryRemove(id, out _)))
                    Drop(lane, id);
                Pump(lane);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnlessExplained(e);
        }
    }

    private NotificationQueue Lane(int notificationId) => _lanes.GetOrAdd(notificationId, id => new NotificationQueue(id));

    /// <summary>How many jobs a notification's deliveries may have at this moment, first attempts in flight taken off.</summary>
    private int LimitOf(NotificationQueue lane)
    {
        if ((lane.IsSlow || slots.IsSlow(lane.NotificationId)) && Volatile.Read(ref _slow) >= Math.Max(1, options.RetryWorkers / 2))
            return 0;
        return options.SendsPerNotification - slots.FirstAttemptsOf(lane.NotificationId);
    }

    private T Within<T>(NotificationQueue lane, Func<T> change)
    {
        lock (lane.Gate)
        {
            var slow = lane.IsSlow ? lane.InFlight : 0;
            try
            {
                return change();
            }
            finally
            {
                Interlocked.Add(ref _slow, (lane.IsSlow ? lane.InFlight : 0) - slow);
            }
        }
    }

    private void Within(NotificationQueue lane, Action change) => Within(lane, () =>
    {
        change();
        return true;
    });

    private void LogUnlessExplained(Exception e)
    {
        if (!writability.Explains(e))
            LogLookFailed(e);
    }

    [LoggerMessage(LogLevel.Error, "Looking for deliveries that wait failed; trying again.")]
    private partial void LogLookFailed(Exception e);
}

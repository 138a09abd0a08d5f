using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Writes claims and results. What many workers want at the same moment goes into one transaction: a commit costs a
/// disk flush (SQLite) or a round trip (SQL Server), and a transaction per step would be most of a delivery's cost.
/// Nobody is told before the commit, so durability is not traded for speed.
/// </summary>
public sealed partial class DeliveryLedger(
    IDbContextFactory<AtStatusDbContext> contexts,
    WriteGate gate,
    TimeProvider time,
    WebhookOptions options,
    RetrySchedule schedule,
    SendSlots slots,
    SendingGate sending,
    DeliveryFeed feed,
    DeliveryMeters meters,
    IDeliveryRelease release,
    KnownNotifications known,
    RecentEvents events,
    ILogger<DeliveryLedger> logger) : IDisposable
{
    /// <summary>The most steps in one transaction.</summary>
    private const int GroupSize = 64;

    /// <summary>What a lease adds to the time limit of a send, so that a send always ends first.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>How long a claim keeps others away.</summary>
    internal static TimeSpan LeaseTime(WebhookOptions options) => options.Timeout + LeaseMargin;

    /// <summary>Pauses between tries to write a result double from the first to the last, some 13 seconds in all: well within the lease's margin.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly WebhookOptions _options = options;
    private readonly RetrySchedule _schedule = schedule;
    private readonly SendSlots _slots = slots;
    private readonly SendingGate _sending = sending;
    private readonly DeliveryMeters _meters = meters;
    private readonly IDeliveryRelease _release = release;
    private readonly RecentEvents _events = events;
    private readonly KnownNotifications _known = known;
    private readonly ConcurrentQueue<Step> _waiting = new();
    private LedgerSession? _session;
    private int _writing;

    /// <summary>
    /// Takes a delivery for one attempt, if it is due and nobody holds it. A delivery whose notification was deleted
    /// or switched off becomes skipped instead.
    /// </summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="jobId">The Hangfire job that carries it, if one does.</param>
    public Task<ClaimResult> ClaimAsync(long deliveryId, string? jobId)
    {
        var step = new ClaimStep(deliveryId, jobId);
        Submit(step);
        return step.Done.Task;
    }

    /// <summary>
    /// Writes down what an attempt came to, and answers where the delivery stands then. Null when the lease had been
    /// lost to somebody else: then nothing was written.
    /// </summary>
    /// <remarks>
    /// What a receiver has answered must not be lost to a database that is busy for a moment: writing is tried again
    /// for as long as the lease keeps others away.
    /// </remarks>
    public async Task<RecordedAttempt?> RecordAsync(Claim claim, SendResult result)
    {
        var step = new RecordStep(claim, result);
        for (var pause = FirstPause; ; pause *= 2)
        {
            Submit(step);
            try
            {
                var recorded = await step.Done.Task;
                if (recorded is null)
                    LogLeaseLost(claim.DeliveryId);
                return recorded;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException && pause < LastPause)
            {
                await Task.Delay(pause);
                step = step.Again();
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private void Submit(Step step)
    {
        _waiting.Enqueue(step);
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
            _ = Task.Run(WriteAllAsync);
    }

    /// <summary>Writes group after group until nobody waits; whoever submits next starts it again.</summary>
    private async Task WriteAllAsync()
    {
        do
        {
            var group = new List<Step>(GroupSize);
            while (true)
            {
                group.Clear();
                while (group.Count < GroupSize && _waiting.TryDequeue(out var step))
                    group.Add(step);
                if (group.Count == 0)
                    break;
                await WriteGroupAsync(group);
                feed.Signal();
            }
            Volatile.Write(ref _writing, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it belongs to the workers that wait for these steps.")]
    private async Task WriteGroupAsync(List<Step> group)
    {
        try
        {
            await WriteTransactionAsync(group);
        }
        catch (Exception) when (group.Count > 1)
        {
            // One step's conflict must not fail the others: each on its own.
            foreach (var step in group)
                await WriteGroupAsync([step]);
        }
        catch (DbUpdateConcurrencyException e)
        {
            group[0].Fail(e);
        }
        catch (Exception e)
        {
            LogWriteFailed(e, group[0].DeliveryId);
            group[0].Fail(e);
        }
    }

    private async Task WriteTransactionAsync(List<Step> group)
    {
        using var turn = await gate.EnterAsync();
        var session = _session ??= await LedgerSession.OpenAsync(contexts);
        var work = new GroupWork(session, this, Now);
        try
        {
            await using var transaction = await session.Db.Database.BeginTransactionAsync();
            await work.ReadAsync(group);
            // Results first: they free the slots that claims of the same moment ask for.
            var outcomes = new List<Action>(group.Count);
            foreach (var step in group.OrderBy(s => s is ClaimStep))
                outcomes.Add(step.Apply(work));
            await work.WriteAsync();
            await transaction.CommitAsync();
            work.Committed();
            outcomes.ForEach(tell => tell());
        }
        catch
        {
            work.GiveSlotsBack();
            CloseSession();
            throw;
        }
        work.Tell();
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    /// <summary>Closes the connection. Nobody is writing any more: who claims and records has been stopped before.</summary>
    public void Dispose() => CloseSession();

    /// <summary>What one group has read and is going to write.</summary>
    private sealed class GroupWork(LedgerSession session, DeliveryLedger ledger, DateTime now)
    {
        private readonly AtStatusDbContext _db = session.Db;
        private readonly LedgerRows _rows = new();
        private readonly HashSet<int> _changedHealth = [];
        private readonly List<long> _taken = [];
        private Dictionary<long, Delivery> _claimable = [];
        private Dictionary<int, Notification> _notifications = [];
        private Dictionary<int, NotificationHealth> _health = [];
        private readonly Dictionary<long, StoredEvent> _events = [];
        private List<(int? NotificationId, string? Subject, long EventId)> _unsettled = [];
        private readonly Dictionary<int, string> _switchedOff = [];
        private readonly NotificationAlerts _alerts = new(session.Db, now);

        public DateTime Now => now;

        /// <summary>All sending is paused: nothing but tests is claimed.</summary>
        public bool IsPaused { get; private set; }

        public DeliveryLedger Ledger => ledger;

        public async Task ReadAsync(List<Step> group)
        {
            var reads = new LedgerReads(session, ledger._known);
            _claimable = await reads.DeliveriesAsync(group.OfType<ClaimStep>().Select(s => s.DeliveryId).Distinct());
            IsPaused = _claimable.Count > 0 && await ledger._sending.IsPausedAsync(_db);
            var notifications = _claimable.Values.Select(d => d.NotificationId)
                .Concat(group.OfType<RecordStep>().Where(s => !s.Claim.Row.IsTest).Select(s => s.Claim.NotificationId))
                .OfType<int>().Distinct().ToArray();
            (_notifications, _health) = await reads.NotificationsAsync(notifications);
            await ReadEventsAsync();
            await ReadOrderAsync();
        }

        /// <summary>Each event's payload once, however many notifications want it.</summary>
        private async Task ReadEventsAsync()
        {
            var missing = new List<long>();
            foreach (var id in _claimable.Values.Where(d => !d.State.IsSettled()).Select(d => d.EventId).Distinct())
            {
                if (ledger._events.TryGet(id, out var recent))
                    _events[id] = recent;
                else
                    missing.Add(id);
            }
            if (missing.Count == 0)
                return;
            foreach (var happened in await _db.Events.AsNoTracking().Where(e => missing.Contains(e.Id)).ToListAsync())
            {
                _events[happened.Id] = happened;
                ledger._events.Add(happened);
            }
        }

        /// <summary>What is not settled of the subjects of those who want their deliveries in order.</summary>
        private async Task ReadOrderAsync()
        {
            var ordered = _claimable.Values.Where(d => NotificationOf(d) is { InOrder: true }).ToList();
            if (ordered.Count == 0)
                return;
            var notifications = ordered.Select(d => d.NotificationId).Distinct().ToArray();
            var subjects = ordered.Select(d => d.Subject).Distinct().ToArray();
            var rows = await _db.Deliveries.AsNoTracking()
                .Where(d => d.State == DeliveryState.Pending || d.State == DeliveryState.Sending || d.State == DeliveryState.Retrying)
                .Where(d => notifications.Contains(d.NotificationId) && subjects.Contains(d.Subject) && !d.IsTest)
                .Select(d => new { d.NotificationId, d.Subject, d.EventId })
                .ToListAsync();
            _unsettled = [.. rows.Select(d => (d.NotificationId, d.Subject, d.EventId))];
        }

        public Delivery? Claimable(long id) => _claimable.GetValueOrDefault(id);

        public Notification? NotificationOf(Delivery delivery) =>
            delivery.NotificationId is { } id ? _notifications.GetValueOrDefault(id) : null;

        public NotificationHealth HealthOf(int notificationId)
        {
            if (!_health.TryGetValue(notificationId, out var health))
                _health[notificationId] = health = NotificationHealth.Fresh(notificationId, now);
            return health;
        }

        public StoredEvent EventOf(Delivery delivery) => _events[delivery.EventId];

        public bool WaitsForEarlier(Delivery delivery) => _unsettled.Any(u =>
            u.NotificationId == delivery.NotificationId && u.Subject == delivery.Subject && u.EventId < delivery.EventId);

        public DeliveryHold? TakeSlot(Delivery delivery, NotificationHealth health)
        {
            var hold = ledger._slots.Take(delivery.Id, delivery.NotificationId!.Value, health.LastTimedOut, delivery.RoundAttempts > 0, health.IsOpen);
            if (hold is null)
                _taken.Add(delivery.Id);
            return hold;
        }

        public void GiveSlotsBack() => _taken.ForEach(ledger._slots.Leave);

        public void Changed(Delivery delivery) => _rows.Changed(delivery);

        public void Recorded(Delivery delivery, Guid lease) => _rows.Recorded(delivery, lease);

        /// <summary>Lets a result count for the notification's circuit, and for whether it is switched off.</summary>
        public void CountResult(Delivery delivery, SendResult result)
        {
            if (delivery.IsTest || result.Failure == FailureKind.Cancelled || NotificationOf(delivery) is not { } notification)
                return;
            var health = HealthOf(notification.Id);
            var wasAlerted = health.AlertedAt is not null;
            health.Record(delivery, result, now, ledger._options);
            _changedHealth.Add(notification.Id);
            if (wasAlerted && health.AlertedAt is null)
                _alerts.Recovered(notification.Id);
            if (OffReason(notification) is not null || result.Verdict == SendVerdict.Delivered)
                return;
            if (result.Verdict == SendVerdict.Gone)
                SwitchOff("The receiver answered 410 Gone.");
            else if (health.IsGivenUp(now, ledger._options))
                SwitchOff(GivenUp(health));
            else
                _alerts.Failed(notification, health, delivery, result);

            void SwitchOff(string reason)
            {
                _switchedOff[notification.Id] = reason;
                _alerts.SwitchedOff(notification, health, delivery, result, reason);
            }
        }

        /// <summary>Why nothing is sent to it any more, since a result of this group or since before; null while it is on.</summary>
        public string? OffReason(Notification notification) =>
            !notification.Enabled ? NotificationOff(notification.DisabledReason)
            : _switchedOff.TryGetValue(notification.Id, out var reason) ? NotificationOff(reason)
            : null;

        private static string GivenUp(NotificationHealth health) => string.Create(
            CultureInfo.InvariantCulture,
            $"No success since {health.CountingSince:yyyy-MM-dd HH:mm} UTC, and {health.FailedDeliveries} deliveries failed.");

        public async Task WriteAsync()
        {
            foreach (var id in _changedHealth)
                _rows.Changed(_health[id]);
            await _rows.WriteAsync(session);
            var switchedOff = new HashSet<int>();
            foreach (var (id, reason) in _switchedOff)
            {
                var rows = await _db.Notifications.Where(n => n.Id == id && n.Enabled).ExecuteUpdateAsync(row => row
                    .SetProperty(n => n.Enabled, false)
                    .SetProperty(n => n.DisabledAt, now)
                    .SetProperty(n => n.DisabledReason, reason)
                    .SetProperty(n => n.Version, n => n.Version + 1));
                if (rows == 1)
                    switchedOff.Add(id);
            }
            await _alerts.WriteAsync(switchedOff, () => ledger._sending.IsPausedAsync(_db));
        }

        public void Committed()
        {
            _rows.Committed(ledger._meters);
            ledger._meters.Saved(_alerts.Events, _alerts.Deliveries);
        }

        public void Tell()
        {
            foreach (var id in _changedHealth)
                ledger._release.HealthChanged(_health[id]);
            foreach (var id in _switchedOff.Keys.Concat(_alerts.Deliveries.Select(d => d.NotificationId!.Value)).Distinct())
                ledger._release.NotificationChanged(id);
        }
    }

    private abstract class Step(long deliveryId)
    {
        public long DeliveryId { get; } = deliveryId;

        /// <summary>Changes the row and returns how to tell the waiting worker once that is committed.</summary>
        public abstract Action Apply(GroupWork work);

        public abstract void Fail(Exception e);
    }

    private sealed class ClaimStep(long deliveryId, string? jobId) : Step(deliveryId)
    {
        public TaskCompletionSource<ClaimResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Exception e)
        {
            // Somebody else wrote the row between reading and writing, so somebody else has it.
            if (e is DbUpdateConcurrencyException)
                Done.TrySetResult(new ClaimResult.Nothing("Another worker was faster."));
            else
                Done.TrySetException(e);
        }

        public override Action Apply(GroupWork work)
        {
            var result = Claim(work.Claimable(DeliveryId), work);
            return () => Done.TrySetResult(result);
        }

        private ClaimResult Claim(Delivery? delivery, GroupWork work)
        {
            var now = work.Now;
            if (delivery is null)
                return new ClaimResult.Nothing("There is no such delivery.");
            if (delivery.State.IsSettled())
                return new ClaimResult.Nothing($"Already {delivery.State.WireName()}.");
            if (delivery.IsLeased(now))
                return new ClaimResult.Nothing("Another worker is sending it.");
            if (delivery.DueAt > now)
                return new ClaimResult.NotDue(delivery.DueAt.Value);

            DeliveryTarget target;
            if (delivery.IsTest)
            {
                if (delivery.AttemptCount > 0)
                {
                    delivery.Abandon(now);
                    work.Changed(delivery);
                    return new ClaimResult.Nothing("A test is sent once.");
                }
                target = new DeliveryTarget(delivery.TestProtectedUrl!, delivery.TestProtectedSecret);
            }
            else if (work.NotificationOf(delivery) is not { } notification)
            {
                return Skip(SkipCause.NotificationDeleted, NotificationDeleted);
            }
            else if (work.OffReason(notification) is { } off)
            {
                return Skip(SkipCause.NotificationOff, off);
            }
            else if (HoldOf(delivery, notification, work) is { } hold)
            {
                delivery.Abandon(now);
                delivery.HoldBack(hold);
                work.Changed(delivery);
                return new ClaimResult.Held(notification.Id, hold);
            }
            else
            {
                target = DeliveryTarget.Of(notification, now);
            }

            var lease = Guid.NewGuid();
            delivery.Claim(lease, now, LeaseTime(work.Ledger._options), jobId);
            work.Changed(delivery);
            var happened = work.EventOf(delivery);
            return new ClaimResult.Claimed(new Claim(
                delivery.Id, delivery.NotificationId, lease, delivery.Kind, target, happened.Type, delivery.RequestId, happened.Payload)
            {
                StatusPageId = happened.StatusPageId,
                Row = delivery,
            });

            ClaimResult.Skipped Skip(SkipCause cause, string reason)
            {
                delivery.Abandon(now);
                delivery.Skip(now, cause, reason);
                work.Changed(delivery);
                return new ClaimResult.Skipped(reason);
            }
        }

        /// <summary>What stands in the way of sending now; null when a slot was taken.</summary>
        private static DeliveryHold? HoldOf(Delivery delivery, Notification notification, GroupWork work)
        {
            if (work.IsPaused)
                return DeliveryHold.Paused;
            var health = work.HealthOf(notification.Id);
            // Whoever presses Redeliver wants to see what happens; the first attempt of that round is as good as a probe.
            var isAsked = delivery.IsRedelivery && delivery.RoundAttempts == 0 && delivery.Hold is null;
            if (health.IsOpen && health.NextProbeAt > work.Now && !isAsked)
                return DeliveryHold.Circuit;
            if (notification.InOrder && work.WaitsForEarlier(delivery))
                return DeliveryHold.Order;
            return work.TakeSlot(delivery, health);
        }
    }

    private sealed class RecordStep(Claim claim, SendResult result) : Step(claim.DeliveryId)
    {
        private bool _isApplied;

        public Claim Claim => claim;

        /// <summary>The same step for another try.</summary>
        public RecordStep Again() => new(claim, result) { _isApplied = _isApplied };

        public TaskCompletionSource<RecordedAttempt?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Exception e)
        {
            if (e is DbUpdateConcurrencyException)
                Done.TrySetResult(null);
            else
                Done.TrySetException(e);
        }

        public override Action Apply(GroupWork work)
        {
            var delivery = claim.Row;
            // A group that failed is tried again step by step, and a result is written in again after a failure of the database.
            if (!_isApplied)
            {
                _isApplied = true;
                delivery.Record(result, work.Now, work.Ledger._options.MaxAttempts, attempt => work.Ledger._schedule.WaitAfter(attempt, result.RetryAfter));
            }
            work.Recorded(delivery, claim.LeaseId);
            work.CountResult(delivery, result);
            var recorded = new RecordedAttempt(
                delivery.State, delivery.DueAt, delivery.RoundAttempts + 1, work.Ledger._options.MaxAttempts, Summary());
            return () => Done.TrySetResult(recorded);
        }

        private string Summary() => result.Failure switch
        {
            null => $"HTTP {result.StatusCode}",
            FailureKind.HttpStatus => $"http_status {result.StatusCode}",
            { } failure => failure.WireName(),
        };
    }

    /// <summary>The reason of a delivery that is skipped because its notification is gone.</summary>
    public const string NotificationDeleted = "The notification was deleted.";

    /// <summary>The reason of a delivery that is skipped because its notification is off.</summary>
    public static string NotificationOff(string? disabledReason) =>
        string.IsNullOrEmpty(disabledReason) ? "The notification was switched off." : $"The notification was switched off: {disabledReason}";

    [LoggerMessage(LogLevel.Warning, "The result of delivery {DeliveryId} came after its lease was lost; it was not recorded.")]
    private partial void LogLeaseLost(long deliveryId);

    [LoggerMessage(LogLevel.Error, "A step of delivery {DeliveryId} could not be written.")]
    private partial void LogWriteFailed(Exception e, long deliveryId);
}

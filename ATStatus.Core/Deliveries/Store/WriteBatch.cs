using System.Globalization;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>One transaction: what it reads for all of its commands, and what they have it write.</summary>
public sealed partial class DeliveryStore
{
    private sealed class WriteBatch(StoreConnection connection, DeliveryStore store, DateTime now, long timestamp)
    {
        private readonly AtStatusDbContext _db = connection.Db;
        private readonly StoreRows _rows = new();
        private readonly HashSet<int> _changedHealth = [];
        private readonly HashSet<int> _usedRates = [];
        private HashSet<int> _waiting = [];
        private readonly List<long> _taken = [];
        private readonly List<Delivery> _held = [];
        private Dictionary<long, Delivery> _claimable = [];
        private Dictionary<int, Notification> _notifications = [];
        private Dictionary<int, NotificationHealth> _health = [];
        private readonly Dictionary<long, StoredEvent> _events = [];
        private List<(int? NotificationId, string? Subject, long EventId)> _unsettled = [];
        private Dictionary<long, string> _cancelled = [];
        private Dictionary<long, byte[]> _bodies = [];
        private readonly Dictionary<int, string> _switchedOff = [];
        private readonly NotificationAlerts _alerts = new(connection.Db, now, store._rules.Console);

        public DateTime Now => now;

        /// <summary>The same moment as the clock's timestamp.</summary>
        public long Timestamp => timestamp;

        /// <summary>All sending is paused: nothing but tests is claimed.</summary>
        public bool IsPaused { get; private set; }

        public DeliveryStore Store => store;

        public async Task ReadAsync(List<StoreCommand> group)
        {
            var reads = new StoreReads(connection, store._memory.Notifications);
            _claimable = await ReadClaimableAsync(reads, group);
            IsPaused = _claimable.Count > 0 && await store._rules.Pause.IsPausedAsync(_db);
            var notifications = _claimable.Values.Select(d => d.NotificationId)
                .Concat(group.OfType<RecordCommand>().Where(s => !s.Claim.Row.IsTest).Select(s => s.Claim.NotificationId))
                .OfType<int>().Distinct().ToArray();
            (_notifications, _health) = await reads.NotificationsAsync(notifications);
            var unsure = group.OfType<RecordCommand>().Where(c => !c.IsOfMemory).Select(c => c.DeliveryId).ToArray();
            if (unsure.Length > 0)
                _cancelled = await reads.CancelledAsync(unsure);
            var stored = _claimable.Values.Where(d => d.Body is not null && !d.State.IsSettled()).Select(d => d.Id).ToArray();
            if (stored.Length > 0)
                _bodies = await reads.BodiesAsync(stored);
            await ReadEventsAsync();
            await ReadOrderAsync();
            await ReadWaitingAsync();
        }

        /// <summary>Which notifications with a rate limit have something held, which goes first.</summary>
        private async Task ReadWaitingAsync()
        {
            List<int?>? rated = null;
            foreach (var notification in _notifications.Values)
            {
                if (notification.Transport.Options.RateLimit is not null)
                    (rated ??= []).Add(notification.Id);
            }
            if (rated is not null)
            {
                _waiting = [.. await _db.Deliveries.Where(d => d.Hold != null && EF.Parameter(rated).Contains(d.NotificationId))
                    .Select(d => d.NotificationId!.Value).Distinct().ToListAsync()];
            }
        }

        private async Task<Dictionary<long, Delivery>> ReadClaimableAsync(StoreReads reads, List<StoreCommand> group)
        {
            var kept = new List<Delivery>();
            var unknown = new HashSet<long>();
            foreach (var command in group.Where(s => s is not RecordCommand))
            {
                var row = (command as ClaimCommand)?.First ?? (command as HoldCommand)?.Row;
                // One that is not due yet, after the clock was set back, may have been made due since.
                if (command.IsOfMemory && row?.DueAt <= now)
                    kept.Add(row.AsRead());
                else
                    unknown.Add(command.DeliveryId);
            }
            var rows = await reads.DeliveriesAsync(unknown);
            // Whoever claims the same twice in one group gets the same row.
            kept.ForEach(row => rows[row.Id] = row);
            return rows;
        }

        /// <summary>Each event's payload once, however many notifications are subscribed to it.</summary>
        private async Task ReadEventsAsync()
        {
            var missing = new List<long>();
            foreach (var id in _claimable.Values.Where(d => !d.State.IsSettled()).Select(d => d.EventId).Distinct())
            {
                if (store._memory.Events.TryGet(id, out var recent))
                    _events[id] = recent;
                else
                    missing.Add(id);
            }
            if (missing.Count == 0)
                return;
            foreach (var storedEvent in await _db.Events.AsNoTracking().Where(e => missing.Contains(e.Id)).ToListAsync())
            {
                _events[storedEvent.Id] = storedEvent;
                store._memory.Events.Add(storedEvent);
            }
        }

        /// <summary>What is not settled of the subjects of those that keep their deliveries in order.</summary>
        private async Task ReadOrderAsync()
        {
            var ordered = _claimable.Values.Where(d => NotificationOf(d) is { InOrder: true }).ToList();
            if (ordered.Count == 0)
                return;
            var notifications = ordered.Select(d => d.NotificationId).Distinct().ToArray();
            var subjects = ordered.Select(d => d.Subject).Distinct().ToArray();
            var rows = await _db.Deliveries.AsNoTracking()
                .Where(d => d.SettledAt == null && notifications.Contains(d.NotificationId) && subjects.Contains(d.Subject) && !d.IsTest)
                .Select(d => new { d.NotificationId, d.Subject, d.EventId })
                .ToListAsync();
            _unsettled = [.. rows.Select(d => (d.NotificationId, d.Subject, d.EventId))];
        }

        /// <summary>Why a delivery whose result is written was cancelled meanwhile; null where it was not, or where that was not asked yet.</summary>
        public string? CancelReasonOf(long id) => _cancelled.GetValueOrDefault(id);

        public Delivery? Claimable(long id) => _claimable.GetValueOrDefault(id);

        public Notification? NotificationOf(Delivery delivery) =>
            delivery.NotificationId is { } id ? _notifications.GetValueOrDefault(id) : null;

        /// <summary>A notification's health; not to be changed.</summary>
        public NotificationHealth HealthOf(int notificationId)
        {
            if (!_health.TryGetValue(notificationId, out var health))
                _health[notificationId] = health = NotificationHealth.Fresh(notificationId, now);
            return health;
        }

        /// <summary>The body that is stored with a delivery; null where none is.</summary>
        public byte[]? BodyOf(Delivery delivery) => delivery.Body is null ? null : _bodies.GetValueOrDefault(delivery.Id);

        public StoredEvent EventOf(Delivery delivery) => _events[delivery.EventId];

        public bool WaitsForEarlier(Delivery delivery) => _unsettled.Any(u =>
            u.NotificationId == delivery.NotificationId && u.Subject == delivery.Subject && u.EventId < delivery.EventId);

        /// <summary>Whether what is sent to a notification is not to be in an event's job.</summary>
        public bool IsSlow(NotificationHealth health) =>
            health.LastTimedOut || health.DrainingSince is not null || store._rules.Limiter.IsSlow(health.NotificationId);

        /// <summary>
        /// Holds the deliveries of the later events of a delivery's save that go to the same notification: in the order in which they happened they
        /// come behind it.
        /// </summary>
        public void HoldFollowing(Delivery delivery)
        {
            if (_events[delivery.EventId].SaveId is not null)
                _held.Add(delivery);
        }

        /// <summary>Whether the rate limit of a notification, if it has one, lets a send begin now.</summary>
        /// <param name="isFirst">It comes from its event's job: what is held goes before it.</param>
        public bool HasRate(Notification notification, bool isFirst)
        {
            if (RateLimit.Of(notification.Transport.Options) is not { } limit)
                return true;
            if (!(isFirst && _waiting.Contains(notification.Id)) && limit.Available(HealthOf(notification.Id).RateNextAt, now) > 0)
                return true;
            _waiting.Add(notification.Id);
            return false;
        }

        /// <summary>A send begins, and counts for the rate limit of its notification.</summary>
        public void TakeRate(Notification notification)
        {
            if (RateLimit.Of(notification.Transport.Options) is not { } limit)
                return;
            if (!_changedHealth.Contains(notification.Id) && _usedRates.Add(notification.Id))
                _health[notification.Id] = HealthOf(notification.Id).Copy();
            _usedRates.Add(notification.Id);
            var health = _health[notification.Id];
            health.RateNextAt = limit.Next(health.RateNextAt, now);
        }

        public HoldReason? TakeSlot(Delivery delivery, NotificationHealth health)
        {
            var hold = store._rules.Limiter.TryTakeOwn(delivery.Id, delivery.NotificationId!.Value, health.LastTimedOut, health.IsOpen);
            if (hold is null)
                _taken.Add(delivery.Id);
            return hold;
        }

        public void GiveSlotsBack() => _taken.ForEach(id => store._rules.Limiter.LeaveOwn(id));

        public void Changed(Delivery delivery) => _rows.Changed(delivery);

        public void Claimed(Delivery delivery, bool wasHeld, bool isFirst) => _rows.Claimed(delivery, wasHeld, isFirst);

        public void Rendered(Delivery delivery, byte[]? content) => _rows.Rendered(delivery, content);

        public void Recorded(Delivery delivery, Guid lease, bool isLate) => _rows.Recorded(delivery, lease, isLate);

        /// <summary>Lets a result count for the notification's circuit, and for whether it is switched off.</summary>
        public void CountResult(Delivery delivery, SendResult result)
        {
            if (delivery.IsTest || result.Failure == FailureKind.Cancelled || NotificationOf(delivery) is not { } notification)
                return;
            _rows.Counted(notification.Id, result);
            if (_changedHealth.Add(notification.Id) && !_usedRates.Contains(notification.Id))
                _health[notification.Id] = HealthOf(notification.Id).Copy();
            var health = _health[notification.Id];
            var wasAlerted = health.AlertedAt is not null;
            health.Record(delivery, result, now, store._rules.Options);
            if (wasAlerted && health.AlertedAt is null)
                _alerts.Recovered(notification.Id);
            if (OffReason(notification) is not null || result.Verdict == SendVerdict.Delivered)
                return;
            if (result.Verdict == SendVerdict.Gone)
                SwitchOff("The receiver answered 410 Gone.");
            else if (health.IsGivenUp(now, store._rules.Options) && store._rules.Clock.IsTrusted)
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
            foreach (var id in _usedRates)
                _rows.UsedRate(_health[id]);
            await _rows.WriteAsync(connection);
            foreach (var held in _held)
                await HoldFollowingAsync(held);
            var switchedOff = new HashSet<int>();
            foreach (var (id, reason) in _switchedOff)
            {
                var rows = await _db.Notifications.Where(n => n.Id == id && n.Enabled).ExecuteUpdateAsync(row => row
                    .SetProperty(n => n.Enabled, false)
                    .SetProperty(n => n.DisabledAt, now)
                    .SetProperty(n => n.DisabledReason, reason)
                    .SetProperty(n => n.UpdatedAt, now)
                    .SetProperty(n => n.Version, n => n.Version + 1));
                if (rows == 1)
                    switchedOff.Add(id);
            }
            await _alerts.WriteAsync(switchedOff, () => store._rules.Pause.IsPausedAsync(_db));
            foreach (var id in switchedOff)
                _db.Audit.Record(SwitchedOff(id));
            // What was written past the rows of this group is read again.
            if (_switchedOff.Count > 0 || _alerts.Any)
                connection.Known.Forget();
            else
                connection.Known.Keep(_usedRates.Count == 0 ? _changedHealth.Select(HealthOf) : _changedHealth.Union(_usedRates).Select(HealthOf));
        }

        private AuditChange SwitchedOff(int id) => new(AuditAction.Changed, AuditObject.Notification, id, _notifications[id].Name)
        {
            Actor = AuditActor.System,
            Before = new Dictionary<string, object?> { ["enabled"] = true, ["disabled_reason"] = null },
            After = new Dictionary<string, object?> { ["enabled"] = false, ["disabled_reason"] = _switchedOff[id] },
            EventIds = _alerts.Events.Where(e => e.SubjectId == id).Select(e => e.Id).ToArray() is { Length: > 0 } events ? events : null,
        };

        private Task<int> HoldFollowingAsync(Delivery held)
        {
            var save = _events[held.EventId].SaveId;
            HoldReason? order = HoldReason.Order;
            return _db.Deliveries.Where(Delivery.ForEventJob)
                .Where(d => d.NotificationId == held.NotificationId && d.EventId > held.EventId && d.Event!.SaveId == save)
                .ExecuteUpdateAsync(row => row
                    .SetProperty(d => d.Hold, order).SetProperty(d => d.IsOwn, true).SetProperty(d => d.Version, d => d.Version + 1));
        }

        public void Committed()
        {
            _rows.Committed(store._metrics);
            store._metrics.Saved(_alerts.Events, _alerts.Deliveries);
        }

        public void Signal()
        {
            foreach (var id in _changedHealth)
                store._signals.HealthChanged(_health[id], _notifications[id]);
            foreach (var id in _usedRates.Except(_changedHealth))
                store._signals.HealthChanged(_health[id], _notifications[id]);
            foreach (var id in _switchedOff.Keys.Concat(_alerts.Deliveries.Select(d => d.NotificationId!.Value)).Distinct())
                store._signals.NotificationChanged(id);
        }
    }
}

using System.Globalization;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Outbox;

/// <summary>
/// One change with the events it raises and a delivery of each event for every notification that is subscribed to it, and its
/// entries of the audit trail, in one transaction: all exist or none. The deliveries are handed to Hangfire after the commit.
/// </summary>
public sealed class UnitOfWork : IAsyncDisposable
{
    private readonly IDbContextTransaction _transaction;
    private readonly KnownNotifications _known;
    private readonly DeliveryDispatcher _dispatcher;
    private readonly CommitSteps _steps;
    private readonly DeliveryTracing _tracing;
    private readonly List<(StoredEvent Event, EventScope Scope)> _events = [];
    private readonly HashSet<StoredEvent> _silent = [];
    private readonly int _maxPayload;
    private (string Field, string Remedy, string[] With)? _judged;
    private IReadOnlyList<Notification>? _notifications;

    /// <summary>The number that this unit's events carry. Its sequence learns it with the commit: what is undone has no number.</summary>
    private long? _saveId;

    internal UnitOfWork(
        AtStatusDbContext db, IDbContextTransaction transaction, KnownNotifications known, DeliveryDispatcher dispatcher, CommitSteps steps,
        DeliveryTracing tracing, int maxPayload, DateTime now)
    {
        (Db, _transaction, _known, _dispatcher, _steps, _tracing, _maxPayload) = (db, transaction, known, dispatcher, steps, tracing, maxPayload);
        // Payloads carry whole seconds; so does everything this unit writes, or a page would show other times than the receivers got.
        Now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }

    public AtStatusDbContext Db { get; }

    /// <summary>The moment of the change (UTC, whole seconds).</summary>
    public DateTime Now { get; }

    /// <summary>When set, the events' deliveries are kept as skipped with this reason.</summary>
    public string? DoNotNotify { get; set; }

    /// <summary>Which events are first attempted one after another at each notification: this unit's own, unless it goes on with another's.</summary>
    internal EventSequence Sequence { get; set; } = new();

    /// <summary>Saves the change so far, so that rows have their numbers before events are recorded from them.</summary>
    /// <param name="what">What the person was editing, for the message.</param>
    /// <exception cref="EditConflictException">Somebody else wrote the row since it was read.</exception>
    public async Task SaveAsync(string what, CancellationToken cancellationToken = default)
    {
        try
        {
            await Db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException(what) { AtTheSameMoment = true };
        }
    }

    /// <summary>
    /// From here on an event with a larger payload than <c>Webhooks:MaxPayload</c> is refused. For what a person has typed and can
    /// shorten; without it nothing is: what the clock or a mere button raises has to come, however low the limit was set since.
    /// </summary>
    /// <param name="field">The form's field that the message stands beside.</param>
    /// <param name="remedy">What the person can do, as a sentence.</param>
    /// <param name="with">The other fields whose values make the payload long; see <see cref="InvalidInputException.Judged"/>.</param>
    public void LimitPayloads(string field, string remedy, params string[] with) => _judged = (field, remedy, with);

    /// <summary>Records that something happened. Call it after <see cref="SaveAsync"/>, in the order in which things happened.</summary>
    /// <param name="subjectId">The number of the incident, window or component.</param>
    /// <param name="data">The payload's data, of the kind that <paramref name="type"/> takes.</param>
    /// <param name="components">The components it concerns now, in the groups they are in; see <see cref="EventScope.ComponentIds"/>.</param>
    /// <param name="doNotNotify">Skips this event's deliveries, whatever holds for the unit's others; see <see cref="DoNotNotify"/>.</param>
    /// <exception cref="InvalidInputException">Its payload is too large; see <see cref="LimitPayloads"/>.</exception>
    public void Record(
        EventType type, StatusPageRef page, int subjectId, string title, EventData data, IReadOnlyCollection<Component> components, bool doNotNotify = false)
    {
        var payload = EventPayload.Write(type, Now, page, data);
        if (_judged is var (field, remedy, with) && payload.Length > _maxPayload)
        {
            var errors = new Dictionary<string, string>
            {
                [field] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{type.WireName()} would be {payload.Length:N0} bytes long, and Webhooks:MaxPayload allows {_maxPayload:N0}. {remedy}"),
            };
            throw new InvalidInputException(errors, new Dictionary<string, IReadOnlyList<string>> { [field] = with });
        }
        var storedEvent = new StoredEvent
        {
            Type = type,
            OccurredAt = Now,
            StatusPageId = page.Id,
            SubjectId = subjectId,
            ComponentIds = [.. components.Select(c => c.Id)],
            Title = title,
            Payload = payload,
        };
        if (doNotNotify)
            _silent.Add(storedEvent);
        _events.Add((storedEvent, new EventScope(type, page.Id, storedEvent.ComponentIds, (data as IncidentData)?.Severity)
        {
            GroupIds = [.. components.Select(c => c.GroupId).OfType<int>().Distinct()],
        }));
    }

    /// <summary>Commits change, events and deliveries, then hands the deliveries over.</summary>
    /// <param name="what">What the person was editing, for the message.</param>
    /// <param name="cancellationToken">Stops the wait before the commit; not after it.</param>
    /// <exception cref="EditConflictException">Somebody else wrote the row since it was read; nothing was written.</exception>
    /// <exception cref="PreviewedException">It is a preview; see <see cref="ChangeScope"/>.</exception>
    public async Task CommitAsync(string what, CancellationToken cancellationToken = default)
    {
        using var trace = _tracing.BeginSave(what);
        await SaveAsync(what, cancellationToken);
        var scope = ChangeScope.Current;
        if (scope is { IsPreview: true })
            throw new PreviewedException(await PlanAsync(cancellationToken));
        var deliveries = await AddDeliveriesAsync(cancellationToken);
        if (_events.Count > 0)
            Db.Audit.Follow(_events.Select(e => e.Event));
        await _steps.RunAsync(
            new CommittedWork([.. _events.Select(e => e.Event)], deliveries, _saveId, Sequence, trace), () => CommitMarkedAsync(cancellationToken));
        scope?.Committed(_events.Select(e => e.Event.Id));
    }

    /// <summary>What follows the commit, and goes on in the background, is not the request's any more.</summary>
    private async Task CommitMarkedAsync(CancellationToken cancellationToken)
    {
        var mark = RequestMark.Current;
        if (mark is not null)
            await mark.KeepAsync(Db, [.. _events.Select(e => e.Event.Id)], cancellationToken);
        await _transaction.CommitAsync(cancellationToken);
        mark?.Settle();
    }

    /// <summary>What the recorded events would become: who would be sent them.</summary>
    internal async Task<IReadOnlyList<PlannedEvent>> PlanAsync(CancellationToken cancellationToken)
    {
        var notifications = await NotificationsAsync(cancellationToken);
        await ExpandAsync(notifications, cancellationToken);
        var messages = new HashSet<int>();
        return [.. _events.Select(planned =>
        {
            var (subscribed, excluded) = ExcludedRecipient.Divide(notifications, planned.Scope);
            return new PlannedEvent(planned.Event.Type, planned.Event.Title, planned.Event.Payload, [.. subscribed.Select(n => Recipient(planned.Event, n))])
            {
                Excluded = excluded,
            };
        })];

        PlannedRecipient Recipient(StoredEvent storedEvent, Notification notification)
        {
            var reason = SkipReason(storedEvent, notification);
            return new PlannedRecipient(notification.Id, notification.Name, reason)
            {
                IsCarried = reason is null && DeliverySenders.IsChat(notification.Kind) && !messages.Add(notification.Id),
            };
        }
    }

    private Task ExpandAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken) =>
        EventScopeHistory.ExpandAsync(Db, _events, notifications, (storedEvent, n) => SkipReason(storedEvent, n) is null, cancellationToken);

    private string? Silenced(StoredEvent storedEvent) =>
        DoNotNotify ?? (_silent.Contains(storedEvent) ? EventOutbox.DoNotNotifyReason : null);

    private string? SkipReason(StoredEvent storedEvent, Notification notification) =>
        Silenced(storedEvent) ?? (notification.Enabled ? null : DeliveryStore.NotificationOff(notification.DisabledReason));

    /// <summary>
    /// Decides now who receives this unit's events, before the change removes what the choice depends on (a page that
    /// notifications are limited to).
    /// </summary>
    public Task FixRecipientsAsync(CancellationToken cancellationToken = default) => NotificationsAsync(cancellationToken);

    private async Task<IReadOnlyList<Notification>> NotificationsAsync(CancellationToken cancellationToken) => _notifications ??= await _known.AllAsync(Db, cancellationToken);

    private async Task<List<Delivery>> AddDeliveriesAsync(CancellationToken cancellationToken)
    {
        if (_events.Count == 0)
            return [];
        var notifications = await NotificationsAsync(cancellationToken);
        await ExpandAsync(notifications, cancellationToken);
        var health = _dispatcher.KnowsHealth(notifications.Where(n => n.Enabled && _events.Exists(e => n.ExclusionOf(e.Scope) is null)))
            ? []
            : await Db.NotificationHealth.AsNoTracking().ToDictionaryAsync(h => h.NotificationId, cancellationToken);
        _saveId = Sequence.SaveId;
        var recipients = new List<(StoredEvent Event, List<Notification> Subscribed)>(_events.Count);
        foreach (var (storedEvent, scope) in _events)
        {
            var (subscribed, excluded) = ExcludedRecipient.Divide(notifications, scope);
            storedEvent.LeftOut = ExcludedRecipient.Write(excluded);
            storedEvent.SaveId = _saveId;
            recipients.Add((storedEvent, subscribed));
        }
        var earlier = await EarlierAsync(recipients, cancellationToken);
        await NewEvents.InsertAsync(Db, [.. _events.Select(e => e.Event)]);
        await NumberSaveAsync(cancellationToken);
        var deliveries = new List<Delivery>();
        var held = new HashSet<int>();
        Dictionary<int, (Delivery Carrier, List<Delivery> Carried)>? messages = null;
        foreach (var (storedEvent, subscribed) in recipients)
        {
            foreach (var notification in subscribed)
            {
                var reason = SkipReason(storedEvent, notification);
                var isMessage = reason is null && _events.Count > 1 && DeliverySenders.IsChat(notification.Kind);
                if (isMessage && messages?.TryGetValue(notification.Id, out var message) == true)
                {
                    message.Carried.Add(Delivery.For(storedEvent, notification, Now));
                    continue;
                }
                var delivery = Delivery.For(storedEvent, notification, Now, reason is null ? HoldOf(notification, health) : null);
                if (reason is not null)
                    delivery.Skip(Now, Silenced(storedEvent) is null ? SkipCause.NotificationOff : SkipCause.DoNotNotify, reason);
                else if (delivery.Hold is null && (held.Contains(notification.Id) || (notification.InOrder && !earlier.Add((notification.Id, delivery.Subject)))))
                    delivery.HoldBack(HoldReason.Order);
                if (delivery.Hold is not null || (reason is null && notification.InOrder))
                    held.Add(notification.Id);
                deliveries.Add(delivery);
                if (isMessage)
                    (messages ??= []).Add(notification.Id, (delivery, []));
            }
        }
        var together = messages?.Values.Where(m => m.Carried.Count > 0).ToArray() ?? [];
        if (together.Length == 0)
            await NewDeliveries.InsertAsync(Db, deliveries);
        else
            await NewDeliveries.InsertAsync(Db, deliveries, together, Now);
        deliveries.AddRange(together.SelectMany(m => m.Carried));
        return deliveries;

        HoldReason? HoldOf(Notification notification, Dictionary<int, NotificationHealth> known) =>
            _dispatcher.HoldAtSave(notification, known.GetValueOrDefault(notification.Id));
    }

    /// <summary>
    /// The subjects of which a notification that keeps its events in order has something unsettled: its next delivery waits. So does one whose
    /// first attempt for an earlier event of the same sequence is not recorded.
    /// </summary>
    private async Task<HashSet<(int NotificationId, string? Subject)>> EarlierAsync(
        List<(StoredEvent Event, List<Notification> Subscribed)> recipients, CancellationToken cancellationToken)
    {
        int?[] ordered = [.. recipients.SelectMany(r => r.Subscribed).Where(n => n is { InOrder: true, Enabled: true }).Select(n => (int?)n.Id).Distinct()];
        if (ordered.Length == 0)
            return [];
        string?[] subjects = [.. _events.Select(e => Delivery.SubjectOf(e.Event)).Distinct(), Delivery.ChannelSubject];
        var unsettled = await Db.Deliveries.AsNoTracking()
            .Where(d => d.SettledAt == null && !d.IsTest && EF.Parameter(ordered).Contains(d.NotificationId) && EF.Parameter(subjects).Contains(d.Subject))
            .Select(d => new { d.NotificationId, d.Subject }).Distinct().ToListAsync(cancellationToken);
        var earlier = unsettled.Select(d => (d.NotificationId!.Value, d.Subject)).ToHashSet();
        if (_saveId is not { } save)
            return earlier;
        var ofSave = await Db.Deliveries.AsNoTracking()
            .Where(d => d.SettledAt == null && d.RoundAttempts == 0 && EF.Parameter(ordered).Contains(d.NotificationId) && d.Event!.SaveId == save)
            .Select(d => d.NotificationId).Distinct().ToListAsync(cancellationToken);
        earlier.UnionWith(ofSave.SelectMany(id => subjects.Select(subject => (id!.Value, subject))));
        return earlier;
    }

    /// <summary>Gives the events of a save their common number, where there are several or may be.</summary>
    private async Task NumberSaveAsync(CancellationToken cancellationToken)
    {
        if (_saveId is not null || (_events.Count == 1 && !Sequence.IsShared))
            return;
        long? save = _events[0].Event.Id;
        _saveId = save;
        long[] ids = [.. _events.Select(e => e.Event.Id)];
        foreach (var (storedEvent, _) in _events)
            storedEvent.SaveId = save;
        await Db.Events.Where(e => EF.Parameter(ids).Contains(e.Id)).ExecuteUpdateAsync(row => row.SetProperty(e => e.SaveId, save), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Db.DisposeAsync();
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Outbox;

/// <summary>
/// Who was sent earlier events of the incidents and maintenance windows that a unit of work has events of. Who was sent the beginning is sent
/// what follows (contract section 2), although components were renamed, replaced or deleted, the incident became milder, or the notification's
/// own filters have changed since. The deliveries are asked, not the payloads: those have names, and a name is no identity.
/// </summary>
internal static class EventScopeHistory
{
    /// <summary>
    /// Adds to the scopes who was sent what came before. Only where a notification would be left out without it: no other save pays for the query.
    /// </summary>
    /// <param name="db">The context of the transaction that saves the events.</param>
    /// <param name="events">The events in their order, with their scopes, which are replaced in place. None is saved yet.</param>
    /// <param name="notifications">Every notification.</param>
    /// <param name="isSent">Whether an event's delivery to a notification would be sent now, and not be kept as skipped.</param>
    public static async Task ExpandAsync(
        AtStatusDbContext db, List<(StoredEvent Event, EventScope Scope)> events, IReadOnlyList<Notification> notifications,
        Func<StoredEvent, Notification, bool> isSent, CancellationToken cancellationToken)
    {
        Dictionary<(EventGroup Group, int SubjectId), HashSet<int>>? sent = null;
        for (var i = 0; i < events.Count; i++)
        {
            var (storedEvent, scope) = events[i];
            var group = storedEvent.Type.Group();
            if (group == EventGroup.Components || notifications.All(n => n.ExclusionOf(scope) is null or ExclusionReason.Event))
                continue;
            sent ??= [];
            if (!sent.TryGetValue((group, storedEvent.SubjectId), out var earlier))
            {
                sent[(group, storedEvent.SubjectId)] = earlier =
                    [.. await SentEarlier(db, group, storedEvent.SubjectId).ToListAsync(cancellationToken)];
            }
            // What comes before it in this unit is not saved yet; its scope is complete already.
            foreach (var (before, its) in events.Take(i).Where(e => e.Event.SubjectId == storedEvent.SubjectId && e.Event.Type.Group() == group))
                earlier.UnionWith(notifications.Where(n => n.ExclusionOf(its) is null && isSent(before, n)).Select(n => n.Id));
            // A copy: what comes behind it adds to the set, and says nothing of this one.
            if (earlier.Count > 0)
                events[i] = (storedEvent, scope with { SentEarlier = earlier.ToHashSet() });
        }
    }

    /// <summary>
    /// The notifications with a delivery, not skipped, of a saved event of an incident or window. The index of events by subject leads to the
    /// few events there are of it, and that of deliveries by event to theirs.
    /// </summary>
    internal static IQueryable<int> SentEarlier(AtStatusDbContext db, EventGroup group, int subjectId)
    {
        var types = EventTypes.Of(group).ToArray();
        return db.Events.Where(e => e.SubjectId == subjectId && types.Contains(e.Type) && !e.IsTest)
            .SelectMany(e => db.Deliveries.Where(d => d.EventId == e.Id && d.NotificationId != null && d.State != DeliveryState.Skipped))
            .Select(d => d.NotificationId!.Value).Distinct();
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// What an incident or a maintenance window was before: its worst severity, and every component it has named. Whoever was told of an
/// incident while it was severe must be told of its end, also where it was milder by then.
/// </summary>
internal static class EarlierEvents
{
    /// <summary>
    /// Adds to the scopes of events that are being saved what earlier events of their subjects concerned. Only where somebody would be left
    /// out without it: nobody else pays for the question.
    /// </summary>
    /// <param name="db">The context of the transaction that saves them.</param>
    /// <param name="events">The events in their order, with their scopes, which are changed in place. None is saved yet.</param>
    /// <param name="notifications">Those who may want to hear of them.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task WidenAsync(
        AtStatusDbContext db, List<(StoredEvent Event, EventScope Scope)> events, IReadOnlyList<Notification> notifications,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var (happened, scope) = events[i];
            if (happened.Type.Group() == EventGroup.Components || notifications.All(n => n.WhyNot(scope) is not (NotSubscribed.Component or NotSubscribed.Severity)))
                continue;
            foreach (var (before, earlier) in events.Take(i).Where(e => IsOfSameSubject(e.Event, happened)))
                scope = scope.With(earlier.ComponentIds, earlier.Severity);
            events[i] = (happened, await WidenedAsync(db, happened, scope, cancellationToken));
        }
    }

    private static bool IsOfSameSubject(StoredEvent one, StoredEvent other) =>
        one.SubjectId == other.SubjectId && one.Type.Group() == other.Type.Group();

    private static async Task<EventScope> WidenedAsync(AtStatusDbContext db, StoredEvent happened, EventScope scope, CancellationToken cancellationToken)
    {
        var types = EventTypes.All.Where(t => t.Group() == happened.Type.Group()).ToArray();
        var payloads = await db.Events.AsNoTracking()
            .Where(e => e.SubjectId == happened.SubjectId && types.Contains(e.Type) && !e.IsTest)
            .Select(e => e.Payload).ToListAsync(cancellationToken);
        var names = new HashSet<string>();
        foreach (var payload in payloads)
        {
            switch (Read(payload))
            {
                case IncidentData incident:
                    scope = scope.With([], incident.Severity);
                    names.UnionWith(incident.Components);
                    break;
                case MaintenanceData window:
                    names.UnionWith(window.Components);
                    break;
            }
        }
        if (names.Count == 0)
            return scope;
        // Payloads tell names, not numbers; one that was renamed since is not found, and its change of name was told to nobody either.
        var ids = await db.Components.AsNoTracking()
            .Where(c => c.StatusPageId == happened.StatusPageId && names.Contains(c.Name)).Select(c => c.Id).ToListAsync(cancellationToken);
        return scope.With(ids, null);
    }

    private static EventData? Read(byte[] payload)
    {
        try
        {
            return EventPayloadReader.Read(payload).Data;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

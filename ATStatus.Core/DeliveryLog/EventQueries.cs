using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>Whether a notification heard of an event.</summary>
public enum Told
{
    /// <summary>It did.</summary>
    Delivered,

    /// <summary>It is on its way, or waits.</summary>
    Waiting,

    /// <summary>It did not, and no further attempt is made by itself.</summary>
    Failed,

    /// <summary>It was kept and not sent.</summary>
    Skipped,

    /// <summary>It was not subscribed when it happened.</summary>
    ExclusionReason,

    /// <summary>The notification was made later.</summary>
    MadeLater,

    /// <summary>Nothing is written down about it, or not any more: old deliveries are removed.</summary>
    Unknown,
}

/// <summary>What became of telling one notification of one event.</summary>
/// <param name="Told">Which it is.</param>
/// <param name="Delivery">The delivery, where there is one.</param>
/// <param name="Why">Why it was not subscribed, where that is known.</param>
public sealed record Telling(Told Told, ToldDelivery? Delivery = null, ExclusionReason? Why = null);

/// <summary>A delivery as the tellings of an event show it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="EventId">The event.</param>
/// <param name="NotificationId">Who it goes to; null once that is deleted.</param>
/// <param name="NotificationName">Its name when it happened.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it was skipped or given up.</param>
/// <param name="Hold">Why it waits although it is due.</param>
/// <param name="AttemptCount">How many attempts it had.</param>
/// <param name="DueAt">When the next may begin (UTC).</param>
/// <param name="SettledAt">When it was settled (UTC).</param>
/// <param name="LastStatusCode">The last attempt's status, where there was one.</param>
/// <param name="LastFailure">The last attempt's failure, where it failed.</param>
public sealed record ToldDelivery(
    long Id, long EventId, int? NotificationId, string NotificationName, DeliveryState State, string? Reason, HoldReason? Hold, int AttemptCount,
    DateTime? DueAt, DateTime? SettledAt, int? LastStatusCode, FailureKind? LastFailure);

/// <summary>A notification with what became of telling it.</summary>
/// <param name="NotificationId">The notification; null for one that is deleted.</param>
/// <param name="Name">Its name; of a deleted one, that of then.</param>
/// <param name="CreatedAt">When it was made (UTC); null for a deleted one.</param>
/// <param name="Key">What tells it apart from the others: two that are deleted can have had one name.</param>
/// <param name="Tellings">One for each event, in the events' order.</param>
public sealed record ToldNotification(int? NotificationId, string Name, DateTime? CreatedAt, string Key, IReadOnlyList<Telling> Tellings)
{
    /// <summary>Whether any of the events became a delivery to it.</summary>
    public bool HasDelivery => Tellings.Any(t => t.Delivery is not null);
}

/// <summary>An event in the list of its subject's.</summary>
/// <param name="Id">Its number; grows in the order in which things happened.</param>
/// <param name="Type">What happened.</param>
/// <param name="OccurredAt">When (UTC).</param>
/// <param name="Title">The subject's title or name then.</param>
public sealed record EventRow(long Id, EventType Type, DateTime OccurredAt, string Title);

/// <summary>An event with everybody who should have heard of it, or why not.</summary>
/// <param name="Row">The event.</param>
/// <param name="StatusPageName">The page; null where it is deleted, or where there was none yet.</param>
/// <param name="SubjectId">The number of the incident, window or component.</param>
/// <param name="IsTest">Made by Send test.</param>
/// <param name="Payload">The bytes that are sent.</param>
/// <param name="Notifications">Those with a delivery first, by name; then those that were not told. Each has one telling.</param>
public sealed record EventDetail(
    EventRow Row, string? StatusPageName, int SubjectId, bool IsTest, byte[] Payload, IReadOnlyList<ToldNotification> Notifications);

/// <summary>Who was told about an incident, a maintenance window or a component.</summary>
/// <param name="Events">Its events, in the order in which they happened: the latest, or those before the ones that were asked from.</param>
/// <param name="Notifications">Those with a delivery first, by name; then those that were not told of any.</param>
/// <param name="HasEarlier">There are events before these.</param>
/// <param name="HasLater">There are events after these.</param>
public sealed record ToldAbout(IReadOnlyList<EventRow> Events, IReadOnlyList<ToldNotification> Notifications, bool HasEarlier, bool HasLater);

/// <summary>Reads what happened, and who was told of it.</summary>
public sealed class EventQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>How many events <see cref="ToldAboutAsync"/> answers at most.</summary>
    public const int PageSize = 20;

    /// <summary>One event; null when there is none.</summary>
    public async Task<EventDetail?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var happened = await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken);
        if (happened is null)
            return null;
        var page = await db.StatusPages.AsNoTracking().Where(p => p.Id == happened.StatusPageId).Select(p => p.Name).SingleOrDefaultAsync(cancellationToken);
        var row = new EventRow(happened.Id, happened.Type, happened.OccurredAt, happened.Title);
        return new EventDetail(
            row, page, happened.SubjectId, happened.IsTest, happened.Payload,
            await ToldAsync(db, [(row, happened.LeftOut)], happened.IsTest || happened.Type.IsAlert(), cancellationToken));
    }

    /// <summary>Who was told about a subject; no events where it has none.</summary>
    /// <param name="group">What it is.</param>
    /// <param name="subjectId">Its number.</param>
    /// <param name="before">Only events before this one; null for the latest.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async Task<ToldAbout> ToldAboutAsync(EventGroup group, int subjectId, long? before = null, CancellationToken cancellationToken = default)
    {
        var types = EventTypes.All.Concat(EventTypes.Alerts).Where(t => t.Group() == group).ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var about = db.Events.AsNoTracking().Where(e => e.SubjectId == subjectId && types.Contains(e.Type) && !e.IsTest);
        var found = await about.Where(e => before == null || e.Id < before).OrderByDescending(e => e.Id).Take(PageSize + 1)
            .Select(e => new { e.Id, e.Type, e.OccurredAt, e.Title, e.LeftOut }).ToListAsync(cancellationToken);
        var events = found.Take(PageSize).Reverse().Select(e => (Row: new EventRow(e.Id, e.Type, e.OccurredAt, e.Title), e.LeftOut)).ToList();
        return new ToldAbout(
            [.. events.Select(e => e.Row)],
            events.Count == 0 ? [] : await ToldAsync(db, events, forOne: group == EventGroup.Notifications, cancellationToken),
            found.Count > PageSize,
            before is not null && await about.AnyAsync(e => e.Id >= before, cancellationToken));
    }

    private static async Task<IReadOnlyList<ToldNotification>> ToldAsync(
        AtStatusDbContext db, List<(EventRow Row, string? ExcludedRecipient)> events, bool forOne, CancellationToken cancellationToken)
    {
        var ids = events.Select(e => e.Row.Id).ToArray();
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.EventId)).OrderBy(d => d.Id)
            .Select(d => new ToldDelivery(
                d.Id, d.EventId, d.NotificationId, d.NotificationName, d.State, d.Reason, d.Hold, d.AttemptCount, d.DueAt, d.SettledAt,
                d.LastStatusCode, d.LastFailure))
            .ToListAsync(cancellationToken);
        // A test is for one notification, or for none that is saved; an alert is for the one that was chosen.
        var notifications = await db.Notifications.AsNoTracking().Where(n => !forOne)
            .Select(n => new { n.Id, n.Name, n.CreatedAt }).ToListAsync(cancellationToken);

        var tellings = new RecipientTable([.. events.Select(e => e.Row)]);
        foreach (var notification in notifications)
            tellings.Add(notification.Id, notification.Name, notification.CreatedAt);
        foreach (var delivery in deliveries)
            tellings.Add(delivery);
        foreach (var (row, leftOut) in events)
        {
            foreach (var left in ExcludedRecipient.Read(leftOut))
                tellings.Add(row.Id, left);
        }
        return tellings.Rows();
    }
}

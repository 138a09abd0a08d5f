using System.Linq.Expressions;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>Whether a notification received an event.</summary>
public enum RecipientOutcome
{
    /// <summary>It did.</summary>
    Delivered,

    /// <summary>It is on its way, or waits.</summary>
    Waiting,

    /// <summary>It did not, and no further attempt is made automatically.</summary>
    Failed,

    /// <summary>It was kept and not sent.</summary>
    Skipped,

    /// <summary>It was not subscribed when it happened.</summary>
    NotSubscribed,

    /// <summary>The notification was added later.</summary>
    AddedLater,

    /// <summary>Nothing is written down about it, or not any more: old deliveries are removed.</summary>
    Unknown,
}

/// <summary>How one notification received one event, or why it did not.</summary>
/// <param name="Delivery">The delivery, where there is one.</param>
/// <param name="Why">Why it was not subscribed, where that is known.</param>
public sealed record RecipientResult(RecipientOutcome Outcome, RecipientDelivery? Delivery = null, ExclusionReason? Why = null);

/// <summary>A delivery as an event's recipients show it.</summary>
/// <param name="NotificationId">Who it goes to; null once that is deleted.</param>
/// <param name="NotificationName">Its name when it happened.</param>
/// <param name="Reason">Why it was skipped or given up.</param>
/// <param name="Hold">Why it waits although it is due.</param>
/// <param name="DueAt">When the next may begin (UTC).</param>
/// <param name="SettledAt">When it was settled (UTC).</param>
/// <param name="LastStatusCode">The last attempt's status, where there was one.</param>
/// <param name="LastFailure">The last attempt's failure, where it failed.</param>
/// <param name="CarrierId">The delivery whose message tells its event too, and whose progress this is; null where it is sent itself.</param>
public sealed record RecipientDelivery(
    long Id, long EventId, int? NotificationId, string NotificationName, DeliveryState State, string? Reason, HoldReason? Hold, int AttemptCount,
    DateTime? DueAt, DateTime? SettledAt, int? LastStatusCode, FailureKind? LastFailure, long? CarrierId = null);

/// <summary>A notification with its result for each event.</summary>
/// <param name="NotificationId">The notification; null for one that is deleted.</param>
/// <param name="Name">Its name; of a deleted one, that of then.</param>
/// <param name="CreatedAt">When it was added (UTC); null for a deleted one.</param>
/// <param name="Key">What tells it apart from the others: two that are deleted can have had one name.</param>
/// <param name="Results">One for each event, in the events' order.</param>
public sealed record Recipient(int? NotificationId, string Name, DateTime? CreatedAt, string Key, IReadOnlyList<RecipientResult> Results)
{
    /// <summary>Whether any of the events became a delivery to it.</summary>
    public bool HasDelivery => Results.Any(t => t.Delivery is not null);
}

/// <summary>An event in the list of its subject's.</summary>
/// <param name="Id">Its number; grows in the order in which things happened.</param>
/// <param name="OccurredAt">When (UTC).</param>
/// <param name="Title">The subject's title or name then.</param>
public sealed record EventRow(long Id, EventType Type, DateTime OccurredAt, string Title);

/// <summary>An event with every notification that received it, or why it did not.</summary>
/// <param name="StatusPageName">The page; null where it is deleted, or where there was none yet.</param>
/// <param name="SubjectId">The number of the incident, window or component.</param>
/// <param name="IsTest">Made by Send test.</param>
/// <param name="Payload">The bytes that are sent.</param>
/// <param name="Notifications">
/// Those with a failed delivery first, then those that retry, those with another delivery and those without one; by name. Each has one result.
/// </param>
public sealed record EventDetail(
    EventRow Row, string? StatusPageName, int SubjectId, bool IsTest, byte[] Payload, IReadOnlyList<Recipient> Notifications);

/// <summary>Which notifications received the events of an incident, a maintenance window or a component.</summary>
/// <param name="Events">Its events, in the order in which they happened: the latest, or those before the ones that were asked from.</param>
/// <param name="Notifications">
/// Those with a failed delivery first, then those that retry, those with another delivery and those without one; by name.
/// </param>
/// <param name="HasEarlier">There are events before these.</param>
/// <param name="HasLater">There are events after these.</param>
public sealed record RecipientReport(IReadOnlyList<EventRow> Events, IReadOnlyList<Recipient> Notifications, bool HasEarlier, bool HasLater);

/// <summary>How far the deliveries of the latest update about a subject have come.</summary>
/// <param name="Delivered">Received.</param>
/// <param name="UnderWay">Pending or being sent, and not on hold.</param>
/// <param name="Retrying">Wait for another attempt, and are not on hold.</param>
/// <param name="OnHold">Held back; see <see cref="HoldReason"/>.</param>
/// <param name="Failed">Failed permanently.</param>
/// <param name="Skipped">Kept and not sent.</param>
public sealed record DeliveryProgress(int Delivered, int UnderWay, int Retrying, int OnHold, int Failed, int Skipped)
{
    /// <summary>All that are sent.</summary>
    public int Sent => Delivered + UnderWay + Retrying + OnHold + Failed;

    public bool IsSettled => Sent == Delivered + Failed;
}

public sealed class EventQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>How many events <see cref="ReportAsync"/> returns at most.</summary>
    public const int PageSize = 20;

    private static readonly Expression<Func<Delivery, RecipientDelivery>> ToRecipient = d => new RecipientDelivery(
        d.Id, d.EventId, d.NotificationId, d.NotificationName, d.State, d.Reason, d.Hold, d.AttemptCount, d.DueAt, d.SettledAt, d.LastStatusCode,
        d.LastFailure, d.CarrierId);

    /// <summary>One event; null when there is none.</summary>
    public async Task<EventDetail?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var storedEvent = await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken);
        if (storedEvent is null)
            return null;
        var page = await db.StatusPages.AsNoTracking().Where(p => p.Id == storedEvent.StatusPageId).Select(p => p.Name).SingleOrDefaultAsync(cancellationToken);
        var row = new EventRow(storedEvent.Id, storedEvent.Type, storedEvent.OccurredAt, storedEvent.Title);
        return new EventDetail(
            row, page, storedEvent.SubjectId, storedEvent.IsTest, storedEvent.Payload,
            await RecipientsAsync(db, [(row, storedEvent.LeftOut)], storedEvent.IsTest || storedEvent.Type.IsAlert(), cancellationToken));
    }

    /// <summary>The recipients of a subject's events; no events where it has none.</summary>
    /// <param name="before">Only events before this one; null for the latest.</param>
    public async Task<RecipientReport> ReportAsync(EventGroup group, int subjectId, long? before = null, CancellationToken cancellationToken = default)
    {
        var types = EventTypes.Of(group).ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var about = db.Events.AsNoTracking().Where(e => e.SubjectId == subjectId && types.Contains(e.Type) && !e.IsTest);
        var found = await about.Where(e => before == null || e.Id < before).OrderByDescending(e => e.Id).Take(PageSize + 1)
            .Select(e => new { e.Id, e.Type, e.OccurredAt, e.Title, e.LeftOut }).ToListAsync(cancellationToken);
        var events = found.Take(PageSize).Reverse().Select(e => (Row: new EventRow(e.Id, e.Type, e.OccurredAt, e.Title), e.LeftOut)).ToList();
        return new RecipientReport(
            [.. events.Select(e => e.Row)],
            events.Count == 0 ? [] : await RecipientsAsync(db, events, forOne: group == EventGroup.Notifications, cancellationToken),
            found.Count > PageSize,
            before is not null && await about.AnyAsync(e => e.Id >= before, cancellationToken));
    }

    /// <summary>The deliveries of a subject's latest event, and of the others about it of the same save; null where it has no event.</summary>
    public async Task<DeliveryProgress?> ProgressAsync(EventGroup group, int subjectId, CancellationToken cancellationToken = default)
    {
        var types = EventTypes.Of(group).ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // A save raises at most two about one subject: created, and entered as resolved.
        var latest = await db.Events.AsNoTracking().Where(e => e.SubjectId == subjectId && types.Contains(e.Type) && !e.IsTest)
            .OrderByDescending(e => e.Id).Take(2).Select(e => new { e.Id, e.SaveId }).ToListAsync(cancellationToken);
        if (latest.Count == 0)
            return null;
        var ids = latest.Where((e, i) => i == 0 || (e.SaveId is { } save && save == latest[0].SaveId)).Select(e => e.Id).ToArray();
        // One that another's message tells too counts with that one, which is among them: the first of the save.
        var counts = await db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.EventId) && d.CarrierId == null)
            .GroupBy(d => new { d.State, IsHeld = d.Hold != null })
            .Select(same => new { same.Key.State, same.Key.IsHeld, Count = same.Count() }).ToListAsync(cancellationToken);
        return new DeliveryProgress(
            Of(DeliveryState.Delivered), Of(DeliveryState.Pending) + Of(DeliveryState.Sending), Of(DeliveryState.Retrying),
            counts.Where(c => c.IsHeld).Sum(c => c.Count), Of(DeliveryState.Failed), Of(DeliveryState.Skipped));

        int Of(DeliveryState state) => counts.Where(c => c.State == state && !c.IsHeld).Sum(c => c.Count);
    }

    /// <summary>How many notifications these events, of one save, are sent to.</summary>
    public async Task<int> CountRecipientsAsync(IReadOnlyCollection<long> eventIds, CancellationToken cancellationToken = default)
    {
        var ids = eventIds.ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.Where(d => ids.Contains(d.EventId) && d.State != DeliveryState.Skipped)
            .Select(d => d.NotificationId).Distinct().CountAsync(cancellationToken);
    }

    /// <summary>An event that another delivery's message tells too has gone as far as that.</summary>
    private static async Task CountWithCarriersAsync(AtStatusDbContext db, List<RecipientDelivery> deliveries, CancellationToken cancellationToken)
    {
        long[] ids = [.. deliveries.Select(d => d.CarrierId).OfType<long>().Distinct()];
        if (ids.Length == 0)
            return;
        var carriers = await db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id)).Select(ToRecipient).ToDictionaryAsync(d => d.Id, cancellationToken);
        for (var i = 0; i < deliveries.Count; i++)
        {
            // One that retention has removed is known by its reason only.
            if (deliveries[i].CarrierId is { } id && carriers.TryGetValue(id, out var carrier))
                deliveries[i] = carrier with { EventId = deliveries[i].EventId, CarrierId = id };
        }
    }

    private static async Task<IReadOnlyList<Recipient>> RecipientsAsync(
        AtStatusDbContext db, List<(EventRow Row, string? Excluded)> events, bool forOne, CancellationToken cancellationToken)
    {
        var ids = events.Select(e => e.Row.Id).ToArray();
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.EventId)).OrderBy(d => d.Id)
            .Select(ToRecipient)
            .ToListAsync(cancellationToken);
        await CountWithCarriersAsync(db, deliveries, cancellationToken);
        // A test is for one notification, or for none that is saved; an alert is for the one that was chosen.
        var notifications = await db.Notifications.AsNoTracking().Where(n => !forOne)
            .Select(n => new { n.Id, n.Name, n.CreatedAt }).ToListAsync(cancellationToken);

        var table = new RecipientTable([.. events.Select(e => e.Row)]);
        foreach (var notification in notifications)
            table.Add(notification.Id, notification.Name, notification.CreatedAt);
        foreach (var delivery in deliveries)
            table.Add(delivery);
        foreach (var (row, excluded) in events)
        {
            foreach (var left in ExcludedRecipient.Read(excluded))
                table.Add(row.Id, left);
        }
        return table.Rows();
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Writes notifications. The secret goes in and is never given out again.</summary>
[Needs(Right.WriteNotifications)]
public sealed class NotificationService(
    IDbContextFactory<AtStatusDbContext> contexts,
    EventOutbox outbox,
    TransportEditor transports,
    IDispatchSignals signals,
    NotificationRemoval removal,
    TimeProvider time)
{
    private const string What = "notification";

    /// <summary>The reason of a notification that a person switched off.</summary>
    public const string ByHand = "By hand.";

    /// <summary>The reason of a notification that was imported and not yet switched on.</summary>
    public const string Imported = "Imported, and not switched on yet.";

    /// <summary>The reason of a notification that was imported without the secret its original signs with: it cannot be switched on before it has one.</summary>
    public const string SecretMissing = "Imported without its secret. Enter one in its form, then switch it on.";

    /// <summary>Makes a notification, switched on, and returns its number.</summary>
    /// <exception cref="InvalidInputException">See <see cref="NotificationInput"/>.</exception>
    public async Task<int> CreateAsync(NotificationInput input, CancellationToken cancellationToken = default)
    {
        // What an earlier try of the same request has made is not judged once more: its receiver may be away by now.
        if (RequestMark.Current is { IsCommitted: true } done)
            return done.ResultAs<int>();
        // Looking the URL's host up can take its time, and encrypting can make a new key, which is a write of its own: not while others wait to write.
        Notification notification;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            notification = New(await CheckAsync(db, input, saved: null, cancellationToken));
        if (input.IsEnabled == false)
            notification.SwitchOff(notification.CreatedAt, ByHand);
        return await outbox.RunAsync(What, false, async work =>
        {
            work.Db.Notifications.Add(notification);
            await work.SaveAsync(What, cancellationToken);
            work.Db.NotificationHealth.Add(NotificationHealth.Fresh(notification.Id, notification.CreatedAt));
            return notification.Id;
        }, cancellationToken);
    }

    /// <summary>What a person entered, when nothing is wrong with it.</summary>
    internal sealed record Checked(string Kind, string Name, TransportEditor.Checked Transport, Subscription Subscription);

    /// <summary>A notification of what was checked, switched on, not yet saved.</summary>
    internal Notification New(Checked input)
    {
        var notification = new Notification
        {
            Kind = input.Kind,
            Name = input.Name,
            Transport = transports.Make(input.Transport, saved: null),
            Enabled = true,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        notification.Apply(input.Subscription);
        return notification;
    }

    /// <summary>Changes a notification. What is still pending is sent to the new URL with the new secret.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be; its type stays.</param>
    /// <exception cref="InvalidInputException">See <see cref="NotificationInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task UpdateAsync(int id, int version, NotificationInput input, CancellationToken cancellationToken = default)
    {
        // As when it is made: what takes its time is done before it is its turn to write.
        var (entered, transport, mayReachAnother) = await PrepareAsync(id, version, input, cancellationToken);
        await outbox.RunAsync(What, false, async work =>
        {
            var notification = await FindAsync(work.Db, id, version, cancellationToken);
            if (mayReachAnother)
                await ResetHealthAsync(work.Db, id, cancellationToken);
            else if (notification.AlertNotificationId != entered.Subscription.AlertNotificationId)
                await ForgetAlertAsync(work.Db, id, cancellationToken);
            notification.Name = entered.Name;
            notification.Transport = transport;
            notification.Apply(entered.Subscription);
            // Its filters are rows of their own; its version must still tell other editors. What changes nothing is no new version.
            if (work.Db.ChangeTracker.HasChanges())
                work.Db.Entry(notification).Property(n => n.Name).IsModified = true;
            if (notification is { Enabled: false, DisabledReason: SecretMissing, Transport.IsSigned: true })
                notification.DisabledReason = Imported;
            if (input.IsEnabled is { } enabled)
                await SwitchAsync(work.Db, notification, enabled, cancellationToken);
            return true;
        }, cancellationToken);
        signals.NotificationChanged(id);
    }

    /// <summary>What was entered, and what of it is stored in the place of what a version has.</summary>
    private async Task<(Checked Entered, Transport Transport, bool MayReachAnother)> PrepareAsync(
        int id, int version, NotificationInput input, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var saved = await FindAsync(db, id, version, cancellationToken);
        var entered = await CheckAsync(db, input, saved, cancellationToken);
        return (entered, transports.Make(entered.Transport, saved), transports.MayReachAnother(saved.Transport, entered.Transport));
    }

    private static async Task<Notification> FindAsync(AtStatusDbContext db, int id, int version, CancellationToken cancellationToken)
    {
        var notification = await db.Notifications.WithSubscription()
            .SingleOrDefaultAsync(n => n.Id == id, cancellationToken) ?? throw new NotFoundException(What);
        return notification.Version == version ? notification : throw new EditConflictException(What);
    }

    /// <summary>Switches a notification on or off. While it is off, matching events are kept as skipped deliveries.</summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="IllegalTransitionException">It was imported without its secret and has none yet.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public Task SetEnabledAsync(int id, bool enabled, CancellationToken cancellationToken = default) => SwitchAsync(id, enabled, cancellationToken);

    /// <summary>Returns whether it was not so already.</summary>
    private async Task<bool> SwitchAsync(int id, bool enabled, CancellationToken cancellationToken)
    {
        var isSwitched = await outbox.RunAsync(What, false, async work =>
        {
            var notification = await work.Db.Notifications.FindAsync([id], cancellationToken) ?? throw new NotFoundException(What);
            return await SwitchAsync(work.Db, notification, enabled, cancellationToken);
        }, cancellationToken);
        if (isSwitched)
            signals.NotificationChanged(id);
        return isSwitched;
    }

    private async Task<bool> SwitchAsync(AtStatusDbContext db, Notification notification, bool enabled, CancellationToken cancellationToken)
    {
        if (notification.Enabled == enabled)
            return false;
        if (enabled)
        {
            if (notification is { DisabledReason: SecretMissing, Transport.IsSigned: false })
                throw new IllegalTransitionException($"{notification.Name} was imported without its secret. Enter one in its form first.");
            notification.SwitchOn();
            await ResetHealthAsync(db, notification.Id, cancellationToken);
        }
        else
        {
            notification.SwitchOff(time.GetUtcNow().UtcDateTime, ByHand);
        }
        return true;
    }

    /// <summary>Switches several on or off, each for itself.</summary>
    public async Task<ManyOutcome> SetEnabledAsync(IReadOnlyCollection<int> ids, bool enabled, CancellationToken cancellationToken = default) =>
        await ManyOutcome.OfEachAsync(await NamesAsync(ids, cancellationToken), async row => await SwitchAsync(row.Id, enabled, cancellationToken), row => row.Name);

    /// <summary>Deletes several, each for itself; see <see cref="DeleteAsync(int, CancellationToken)"/>.</summary>
    public async Task<ManyOutcome> DeleteAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken = default) =>
        await ManyOutcome.OfEachAsync(await NamesAsync(ids, cancellationToken), async row =>
        {
            await DeleteAsync(row.Id, cancellationToken);
            return true;
        }, row => row.Name);

    private async Task<IReadOnlyList<NotificationChoice>> NamesAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Notifications.Where(n => ids.Contains(n.Id)).OrderBy(n => n.Name).ThenBy(n => n.Id).Select(n => new NotificationChoice(n.Id, n.Name)).ToListAsync(cancellationToken);
    }

    /// <summary>Lets an open circuit probe now instead of at its time; nothing where it is closed.</summary>
    public async Task ProbeNowAsync(int id, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var probed = await db.NotificationHealth.Where(h => h.NotificationId == id && h.OpenedAt != null && h.NextProbeAt > now)
                .ExecuteUpdateAsync(row => row.SetProperty(h => h.NextProbeAt, now), cancellationToken);
            if (probed > 0)
                db.Audit.Record(new AuditChange(AuditAction.Probed, AuditObject.Notification, id, null));
            await transaction.CommitAsync(cancellationToken);
        }
        signals.NotificationChanged(id);
    }

    /// <summary>A changed target deserves a new beginning.</summary>
    private async Task ResetHealthAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        if (await db.NotificationHealth.FindAsync([id], cancellationToken) is { } health)
        {
            health.Reset(time.GetUtcNow().UtcDateTime);
            // A late result may set it between this reading and the save.
            db.Entry(health).Property(h => h.AlertedAt).IsModified = true;
        }
    }

    /// <summary>Another one is chosen to be alerted: it has received nothing yet.</summary>
    private static async Task ForgetAlertAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        if (await db.NotificationHealth.FindAsync([id], cancellationToken) is { } health)
            health.AlertedAt = null;
    }

    /// <summary>
    /// Deletes a notification. What it has in the log stays; deliveries that still wait become skipped. One that is being
    /// sent is finished, and skipped instead of a further attempt. From here on nobody sees it and nothing is sent to it; a long history is
    /// detached from it in the background (<see cref="NotificationRemoval"/>).
    /// </summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await outbox.RunAsync(What, false, async work =>
        {
            var db = work.Db;
            var notification = await db.Notifications.FindAsync([id], cancellationToken) ?? throw new NotFoundException(What);
            // Its circuit counts as open for nobody, and nothing is resent to it. Before the notification, as the engine writes them.
            await db.NotificationHealth.Where(h => h.NotificationId == id && h.OpenedAt != null).ExecuteUpdateAsync(
                row => row.SetProperty(h => h.OpenedAt, (DateTime?)null).SetProperty(h => h.NextProbeAt, (DateTime?)null),
                cancellationToken);
            await db.Recoveries.Where(r => r.NotificationId == id && r.FinishedAt == null).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.FinishedAt, now).SetProperty(r => r.IsCancelled, true), cancellationToken);
            notification.Delete(now);
            await work.SaveAsync(What, cancellationToken);
            await NotificationRemoval.ForgetAlertsAsync(db, id, removal.BatchSize, cancellationToken);
            return true;
        }, cancellationToken);
        signals.NotificationChanged(id);
        await removal.BeginAsync(id);
    }

    /// <summary>What is to be said about a URL of this type: errors that forbid saving, and warnings that do not.</summary>
    public Task<EndpointCheck> CheckUrlAsync(string kind, string? url, CancellationToken cancellationToken = default) =>
        transports.Sender(kind).CheckUrlAsync(url, cancellationToken);

    /// <summary>Throws where anything is wrong. The type of a saved one stays, whatever the input says.</summary>
    /// <exception cref="InvalidInputException">By the names of the input's properties.</exception>
    internal async Task<Checked> CheckAsync(
        AtStatusDbContext db, NotificationInput input, Notification? saved, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var kind = saved?.Kind ?? input.Kind;
        var name = check.Line(input.Name, nameof(input.Name), "Name", Notification.NameLength);
        var transport = await transports.CheckAsync(check, db, kind, input.Transport, saved, isTest: false, cancellationToken);
        await CheckAsync(check, db, input.Subscription, saved?.Id, cancellationToken);
        check.ThrowIfInvalid();
        var subscription = input.Subscription;
        return new Checked(kind, name, transport, subscription.LimitedTo(subscription.ComponentIds, subscription.GroupIds));
    }

    private static async Task CheckAsync(
        InputCheck check, AtStatusDbContext db, Subscription wanted, int? savedId, CancellationToken cancellationToken)
    {
        check.Require(wanted.Events.Count > 0, nameof(wanted.Events), "Choose at least one event.");
        check.Require(wanted.StatusPageIds is not { Count: 0 }, nameof(wanted.StatusPageIds), "Choose at least one status page, or all.");
        if (wanted.StatusPageIds is { Count: > 0 } pages)
        {
            check.Require(
                await db.StatusPages.CountAsync(p => pages.Contains(p.Id), cancellationToken) == pages.Count,
                nameof(wanted.StatusPageIds), "A chosen status page no longer exists. Choose again.");
        }
        check.Require(
            !wanted.IsLimitedToComponents || wanted.ComponentIds is { Count: > 0 } || wanted.GroupIds is { Count: > 0 },
            nameof(wanted.ComponentIds), "Choose at least one component, or all.", nameof(wanted.GroupIds));
        if (wanted.ComponentIds is { Count: > 0 } components)
        {
            Chosen(components, nameof(wanted.ComponentIds), "component", await db.Components.Where(c => components.Contains(c.Id))
                .Select(c => new OnPage(c.Name, c.StatusPageId)).ToListAsync(cancellationToken));
        }
        if (wanted.GroupIds is { Count: > 0 } groups)
        {
            Chosen(groups, nameof(wanted.GroupIds), "group", await db.ComponentGroups.Where(g => groups.Contains(g.Id))
                .Select(g => new OnPage(g.Name, g.StatusPageId)).ToListAsync(cancellationToken));
        }
        var alert = wanted.AlertNotificationId;
        check.Require(
            alert is null || (alert != savedId && await db.Notifications.AnyAsync(n => n.Id == alert, cancellationToken)),
            nameof(wanted.AlertNotificationId),
            alert == savedId
                ? "It cannot tell itself that it fails. Choose another."
                : "This notification no longer exists. Choose again.");

        void Chosen(IReadOnlyCollection<int> ids, string field, string what, List<OnPage> found)
        {
            check.Require(found.Count == ids.Count, field, $"A chosen {what} no longer exists. Choose again.");
            var stray = found.Find(one => wanted.StatusPageIds?.Contains(one.StatusPageId) == false);
            check.Require(
                stray is null, field, $"{stray?.Name} is on a status page that is not chosen, so none of its events would be sent.", nameof(wanted.StatusPageIds));
        }
    }

    /// <summary>A component or group, and where it is.</summary>
    private sealed record OnPage(string Name, int StatusPageId);
}

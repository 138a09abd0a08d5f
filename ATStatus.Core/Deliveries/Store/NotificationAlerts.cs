using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// What the results of one group have to say to the notifications that others name for when they fail (decision 11): once when one starts
/// to fail, until it succeeds again, and once when the console switches it off. Each is an event with one delivery, written in the results'
/// transaction, and sent like any other. What comes of sending an alert never raises one.
/// </summary>
internal sealed class NotificationAlerts(AtStatusDbContext db, DateTime now, ConsoleAddress console)
{
    private readonly Dictionary<int, Alert> _alerts = [];
    private readonly HashSet<int> _recovered = [];

    private sealed record Alert(Notification About, NotificationHealth Health, EventType Type, int Target, NotificationData Data);

    public bool Any => _alerts.Count > 0 || _recovered.Count > 0;

    /// <summary>The deliveries of the alerts that were written.</summary>
    public List<Delivery> Deliveries { get; } = [];

    /// <summary>The alerts that were written.</summary>
    public List<StoredEvent> Events { get; } = [];

    /// <summary>One that had been alerted about succeeds again, or is begun anew: its next failing raises an alert.</summary>
    public void Recovered(int notificationId) => _recovered.Add(notificationId);

    /// <summary>An attempt has failed: the first delivery that is given up since the last success, or a circuit that opens, raises an alert.</summary>
    /// <param name="about">The notification that fails, and is on.</param>
    /// <param name="health">Its health, after the attempt.</param>
    /// <param name="delivery">The delivery, after the attempt.</param>
    public void Failed(Notification about, NotificationHealth health, Delivery delivery, SendResult result)
    {
        if (health.AlertedAt is not null || (delivery.State != DeliveryState.Failed && !health.IsOpen))
            return;
        var reason = delivery.State == DeliveryState.Failed
            ? $"A delivery was given up. {(result.Verdict == SendVerdict.Refused ? "The address is not allowed." : delivery.Reason)}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{health.ConsecutiveFailures} attempts in a row failed. What follows is held back until it answers again.");
        Add(EventType.NotificationFailing, about, health, delivery, result, reason);
    }

    /// <summary>A result has switched it off.</summary>
    /// <param name="about">The notification, as it was before.</param>
    /// <param name="health">Its health, after the attempt.</param>
    /// <param name="delivery">The delivery, after the attempt.</param>
    public void SwitchedOff(Notification about, NotificationHealth health, Delivery delivery, SendResult result, string reason) =>
        Add(EventType.NotificationSwitchedOff, about, health, delivery, result, $"{reason} Nothing is sent to it until somebody switches it on.");

    private void Add(EventType type, Notification about, NotificationHealth health, Delivery delivery, SendResult result, string reason)
    {
        // An alert that does not arrive raises none: two that tell each other would never end.
        if (delivery.EventType.IsAlert() || about.AlertNotificationId is not { } target)
            return;
        health.AlertedAt = now;
        _alerts[about.Id] = new Alert(about, health, type, target, new NotificationData(
            about.Id, about.Name, about.Kind, reason, result.Failure?.WireName() ?? "", result.StatusCode, health.LastSuccessAt)
        {
            Delivery = new FailedDelivery(delivery.Id, delivery.EventType, delivery.EventId, console.OfDelivery(delivery.Id)),
        });
    }

    /// <summary>Writes them in the context's transaction, after the results and after what was switched off.</summary>
    /// <param name="switchedOff">Those that this transaction has switched off: another instance may have been faster.</param>
    /// <param name="isPaused">Asks whether all sending is paused.</param>
    public async Task WriteAsync(IReadOnlySet<int> switchedOff, Func<ValueTask<bool>> isPaused)
    {
        foreach (var id in _recovered)
            await SetAlertedAsync(id, null);
        foreach (var alert in _alerts.Values)
        {
            var target = await db.Notifications.AsNoTracking().SingleOrDefaultAsync(n => n.Id == alert.Target);
            if (target is null || !await IsFirstAsync(alert, switchedOff))
                continue;
            await WriteAsync(alert, target, isPaused);
            if (alert.Health.AlertedAt is null)
                await SetAlertedAsync(alert.About.Id, null);
        }
    }

    private async Task<bool> IsFirstAsync(Alert alert, IReadOnlySet<int> switchedOff)
    {
        if (alert.Type == EventType.NotificationFailing)
            return await SetAlertedAsync(alert.About.Id, now);
        if (!switchedOff.Contains(alert.About.Id))
            return false;
        await SetAlertedAsync(alert.About.Id, null);
        return await SetAlertedAsync(alert.About.Id, now);
    }

    /// <summary>Whether the row was changed: of several instances that see the same failing, one gets it.</summary>
    private async Task<bool> SetAlertedAsync(int id, DateTime? at) =>
        await db.NotificationHealth.Where(h => h.NotificationId == id && (at == null || h.AlertedAt == null))
            .ExecuteUpdateAsync(row => row.SetProperty(h => h.AlertedAt, at)) == 1;

    private async Task WriteAsync(Alert alert, Notification target, Func<ValueTask<bool>> isPaused)
    {
        var storedEvent = new StoredEvent
        {
            Type = alert.Type,
            OccurredAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
            SubjectId = alert.About.Id,
            Title = alert.About.Name,
            Payload = EventPayload.Write(alert.Type, now, null, alert.Data),
        };
        await NewEvents.InsertAsync(db, [storedEvent]);
        // Held, as what comes back by a recovery is: its queue lets it in after the commit, or after a restart.
        var delivery = Delivery.For(storedEvent, target, now, await isPaused() ? HoldReason.Paused : HoldReason.Capacity);
        if (!target.Enabled)
            delivery.Skip(now, SkipCause.NotificationOff, DeliveryStore.NotificationOff(target.DisabledReason));
        await NewDeliveries.InsertAsync(db, [delivery]);
        Events.Add(storedEvent);
        Deliveries.Add(delivery);
    }
}

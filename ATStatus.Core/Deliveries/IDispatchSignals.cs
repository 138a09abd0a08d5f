using ATStatus.Core.Model;

namespace ATStatus.Core.Deliveries;

/// <summary>Who makes jobs for deliveries that wait. Told by those who send, so that a slot that is free again is used at once.</summary>
public interface IDispatchSignals
{
    /// <summary>An attempt of a delivery begins.</summary>
    void Begun(long deliveryId);

    /// <summary>A run of a delivery's job has ended, whatever came of it.</summary>
    /// <param name="notificationId">Who it went to; null where that was not found out.</param>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="isHeld">It now waits without a job.</param>
    void Finished(int? notificationId, long deliveryId, bool isHeld);

    /// <summary>A notification's health was written.</summary>
    void HealthChanged(NotificationHealth health);

    /// <summary>A notification was switched on or off, changed or deleted.</summary>
    void NotificationChanged(int notificationId);
}

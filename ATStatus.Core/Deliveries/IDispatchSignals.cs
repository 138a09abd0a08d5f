using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;

namespace ATStatus.Core.Deliveries;

/// <summary>What those who send ask of those who decide what may be sent next and make its jobs.</summary>
public interface IDispatchSignals
{
    /// <summary>A send of a delivery has ended, or was not made.</summary>
    /// <param name="notificationId">Who it went to; null where that was not found out.</param>
    /// <param name="isHeld">It now waits without a job.</param>
    void Finished(int? notificationId, long deliveryId, bool isHeld);

    /// <summary>A first attempt in an event's job failed: the next attempt, or the end, is a job of the delivery's own.</summary>
    /// <param name="trace">What its next run goes on from; null where nobody traces.</param>
    void FirstAttemptFailed(long deliveryId, RecordedAttempt recorded, FirstAttemptTrace? trace);

    /// <summary>An event's job has ended: the next event of the same save may follow.</summary>
    void EventEnded(long eventId);

    /// <summary>A notification's health was written with a result, or with a claim that has used its rate.</summary>
    /// <param name="health">As it is now.</param>
    void HealthChanged(NotificationHealth health, Notification notification);

    /// <summary>A notification was switched on or off, changed or deleted.</summary>
    void NotificationChanged(int notificationId);
}

/// <summary>The contexts that a delivery's own job goes on from, as W3C writes them.</summary>
/// <param name="HandOver">The hand-over of its event; null where that is not known.</param>
/// <param name="Attempt">The first attempt.</param>
public sealed record FirstAttemptTrace(string? HandOver, string Attempt);

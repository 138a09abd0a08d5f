using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Model;

/// <summary>
/// How a notification's endpoint has been answering: its circuit, and what decides whether it is switched off. A row of its own,
/// because the engine writes it with every group of results, and an operator who edits the notification must not collide with that.
/// </summary>
public sealed class NotificationHealth
{
    public int NotificationId { get; set; }

    /// <summary>Attempts that failed since the last that succeeded.</summary>
    public int ConsecutiveFailures { get; set; }

    /// <summary>The last attempt ended by its time limit.</summary>
    public bool LastTimedOut { get; set; }

    /// <summary>Since when the circuit is open (UTC); null while it is closed.</summary>
    public DateTime? OpenedAt { get; set; }

    /// <summary>When the open circuit lets the next one through as a probe (UTC).</summary>
    public DateTime? NextProbeAt { get; set; }

    /// <summary>How many probes have failed since <see cref="OpenedAt"/>.</summary>
    public int FailedProbes { get; set; }

    /// <summary>Since when the circuit is closed again and what was held drains at a limited pace (UTC); null when nothing is left of it.</summary>
    public DateTime? DrainingSince { get; set; }

    /// <summary>When the last success was (UTC).</summary>
    public DateTime? LastSuccessAt { get; set; }

    /// <summary>Deliveries that ended as failed since <see cref="CountingSince"/>.</summary>
    public int FailedDeliveries { get; set; }

    /// <summary>From when on failed deliveries are counted (UTC): the last success, or when it was made or switched on.</summary>
    public DateTime CountingSince { get; set; }

    /// <summary>When another notification was alerted that this one fails (UTC); null while it has not, and again after a success or a new
    /// beginning. Written by what raises the alert (<see cref="NotificationAlerts"/>), not with every result: one of several instances gets it.</summary>
    public DateTime? AlertedAt { get; set; }

    /// <summary>The delivery of the last attempt that was no test.</summary>
    public long? LastDeliveryId { get; set; }

    /// <summary>When the last attempt began (UTC).</summary>
    public DateTime? LastAttemptAt { get; set; }

    /// <summary>What it failed with; null for a success.</summary>
    public FailureKind? LastFailure { get; set; }

    /// <summary>Its status code, where there was a response.</summary>
    public int? LastStatusCode { get; set; }

    /// <summary>When its rate limit would have let the next one through, had all come evenly (UTC); see <see cref="RateLimit"/>. Null before the first.</summary>
    public DateTime? RateNextAt { get; set; }

    /// <summary>Whether its deliveries are held until a probe succeeds.</summary>
    public bool IsOpen => OpenedAt is not null;

    /// <summary>Health that nothing is known of yet, or that an operator's change has made worth a new beginning.</summary>
    public static NotificationHealth Fresh(int notificationId, DateTime now) => new() { NotificationId = notificationId, CountingSince = now };

    /// <summary>The same, to be changed.</summary>
    internal NotificationHealth Copy() => (NotificationHealth)MemberwiseClone();

    /// <summary>Forgets failures and closes the circuit: an operator has changed the target, or has switched the notification on.</summary>
    public void Reset(DateTime now)
    {
        DrainingSince = IsOpen ? now : DrainingSince;
        (ConsecutiveFailures, LastTimedOut, OpenedAt, NextProbeAt, FailedProbes, FailedDeliveries, CountingSince) = (0, false, null, null, 0, 0, now);
        AlertedAt = null;
    }

    /// <summary>Leaves a time in which nothing was sent to it out of what counts as failing.</summary>
    /// <param name="from">Since when nothing was sent (UTC).</param>
    /// <param name="until">When sending went on (UTC).</param>
    public void LeaveOut(DateTime from, DateTime until)
    {
        var begun = CountingSince > from ? CountingSince : from;
        if (until > begun)
            CountingSince += until - begun;
    }

    /// <summary>Takes an attempt into account. Tests and attempts that were called off say nothing about the endpoint: do not hand them in.</summary>
    /// <param name="delivery">The delivery, after the attempt was written down.</param>
    /// <param name="now">The moment of writing (UTC).</param>
    /// <param name="options">When circuits open and how they probe.</param>
    public void Record(Delivery delivery, SendResult result, DateTime now, WebhookOptions options)
    {
        (LastDeliveryId, LastAttemptAt, LastFailure, LastStatusCode) = (delivery.Id, result.StartedAt.UtcDateTime, result.Failure, result.StatusCode);
        if (result.Verdict == SendVerdict.Delivered)
        {
            DrainingSince = IsOpen ? now : DrainingSince;
            (ConsecutiveFailures, LastTimedOut, OpenedAt, NextProbeAt, FailedProbes) = (0, false, null, null, 0);
            (LastSuccessAt, FailedDeliveries, CountingSince, AlertedAt) = (now, 0, now, null);
            return;
        }

        ConsecutiveFailures++;
        LastTimedOut = result.Failure == FailureKind.Timeout;
        if (delivery.State == DeliveryState.Failed)
            FailedDeliveries++;
        if (!IsOpen && options.CircuitFailures > 0 && ConsecutiveFailures >= options.CircuitFailures)
            (OpenedAt, NextProbeAt, FailedProbes, DrainingSince) = (now, now + options.CircuitProbeDelay, 0, null);
        // Sends that were under way when it opened are no probes.
        else if (IsOpen && result.StartedAt.UtcDateTime >= NextProbeAt)
            NextProbeAt = now + ProbeDelay(++FailedProbes, options);
    }

    /// <summary>Whether it has failed for so long that it is to be switched off.</summary>
    public bool IsGivenUp(DateTime now, WebhookOptions options) =>
        options.SwitchOffAfter is { } after && FailedDeliveries >= options.SwitchOffFailures && now - CountingSince >= after;

    private static TimeSpan ProbeDelay(int failedProbes, WebhookOptions options)
    {
        var seconds = options.CircuitProbeDelay.TotalSeconds * Math.Pow(2, Math.Min(failedProbes, 30));
        return seconds < WebhookOptions.LongestProbeDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : WebhookOptions.LongestProbeDelay;
    }
}

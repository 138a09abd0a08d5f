using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// How a notification's endpoint has been answering: its circuit, and what decides whether it is switched off. A row of its own,
/// because the engine writes it with every group of results, and an operator who edits the notification must not collide with that.
/// </summary>
public sealed class NotificationHealth
{
    /// <summary>The notification.</summary>
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

    /// <summary>The delivery of the last attempt that was no test.</summary>
    public long? LastDeliveryId { get; set; }

    /// <summary>When the last attempt began (UTC).</summary>
    public DateTime? LastAttemptAt { get; set; }

    /// <summary>What it failed with; null for a success.</summary>
    public FailureKind? LastFailure { get; set; }

    /// <summary>Its status code, where there was a response.</summary>
    public int? LastStatusCode { get; set; }

    /// <summary>Whether its deliveries are held until a probe succeeds.</summary>
    public bool IsOpen => OpenedAt is not null;
}

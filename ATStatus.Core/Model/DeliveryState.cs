namespace ATStatus.Core.Model;

/// <summary>Where a delivery stands (contract section 2).</summary>
public enum DeliveryState
{
    /// <summary>Waits for its first attempt of this round.</summary>
    Pending,

    /// <summary>A worker holds it and is sending.</summary>
    Sending,

    /// <summary>An attempt failed; waits for the next.</summary>
    Retrying,

    /// <summary>A 2xx came back.</summary>
    Delivered,

    /// <summary>No further attempt is made automatically.</summary>
    Failed,

    /// <summary>Kept, not sent; the reason stands beside it.</summary>
    Skipped,
}

/// <summary>Why a delivery that is due has no job (contract section 2): it waits as a row, and no attempt is used up.</summary>
public enum HoldReason
{
    /// <summary>As many sends to its notification as are allowed at once are under way, or deliveries before it wait already.</summary>
    Capacity,

    /// <summary>Its notification fails again and again; it is probed now and then until it answers.</summary>
    Circuit,

    /// <summary>
    /// An earlier delivery comes first: of the same save, of what is resent about the same subject, or, where the notification keeps
    /// its events in order, about the same subject.
    /// </summary>
    Order,

    /// <summary>Notifications that time out have all the workers that such may have.</summary>
    SlowEndpoints,

    /// <summary>An operator has paused all sending.</summary>
    Paused,

    /// <summary>Its notification's rate limit is used up, or others wait for it already.</summary>
    Rate,
}

public enum SkipCause
{
    /// <summary>The notification was switched off, by hand or automatically.</summary>
    NotificationOff,

    /// <summary>The notification was deleted before it was sent.</summary>
    NotificationDeleted,

    /// <summary>A person chose not to notify.</summary>
    DoNotNotify,

    /// <summary>A person cancelled it.</summary>
    Cancelled,

    /// <summary>Another delivery of the same save carries a message for both.</summary>
    Carried,

    /// <summary>A test whose console stopped before it was sent.</summary>
    TestNotSent,
}

public enum AttemptTrigger
{
    /// <summary>The event: the first attempt.</summary>
    Event,

    /// <summary>An automatic retry after a failed attempt.</summary>
    Retry,

    /// <summary>A person: Redeliver in the log or Requeue in the dashboard.</summary>
    Redelivery,

    /// <summary>A person: Send test.</summary>
    Test,
}

/// <summary>Names of the states as the contract writes them.</summary>
public static class DeliveryStates
{
    /// <summary>The contract's name: <c>pending</c>, <c>sending</c> …</summary>
    public static string WireName(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Sending => "sending",
        DeliveryState.Retrying => "retrying",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Failed => "failed",
        DeliveryState.Skipped => "skipped",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Why it waits, for people.</summary>
    public static string DisplayText(this HoldReason hold) => hold switch
    {
        HoldReason.Capacity => "Waits its turn: as many sends to this notification as are allowed at once are under way.",
        HoldReason.Circuit => "Held: the notification has failed again and again. It is probed now and then; waiting uses no attempt.",
        HoldReason.Order => "Waits for an earlier delivery, so that the events arrive in order.",
        HoldReason.SlowEndpoints => "Waits its turn: this notification responds slowly, and slow notifications share half of the workers.",
        HoldReason.Rate => "On hold: rate limit. It is sent in its turn; waiting uses no attempt.",
        HoldReason.Paused => "Waits: all sending is paused.",
        _ => throw new ArgumentOutOfRangeException(nameof(hold)),
    };

    /// <summary>Whether nothing further happens automatically.</summary>
    public static bool IsSettled(this DeliveryState state) =>
        state is DeliveryState.Delivered or DeliveryState.Failed or DeliveryState.Skipped;
}

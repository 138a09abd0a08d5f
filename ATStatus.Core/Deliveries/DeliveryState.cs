namespace ATStatus.Core.Deliveries;

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

    /// <summary>No further attempt is made by itself.</summary>
    Failed,

    /// <summary>Kept, not sent; the reason stands beside it.</summary>
    Skipped,
}

/// <summary>What made an attempt happen.</summary>
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

    /// <summary>Whether nothing further happens by itself.</summary>
    public static bool IsSettled(this DeliveryState state) =>
        state is DeliveryState.Delivered or DeliveryState.Failed or DeliveryState.Skipped;
}

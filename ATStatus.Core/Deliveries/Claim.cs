using ATStatus.Core.Events;

namespace ATStatus.Core.Deliveries;

/// <summary>What became of the wish to send a delivery.</summary>
public abstract record ClaimResult
{
    private ClaimResult()
    {
    }

    /// <summary>It is yours until the lease ends.</summary>
    public sealed record Claimed(Claim Claim) : ClaimResult;

    /// <summary>Its time has not come.</summary>
    public sealed record NotDue(DateTime DueAt) : ClaimResult;

    /// <summary>Another worker holds it, or it needs nothing more, or it does not exist.</summary>
    public sealed record Nothing(string Why) : ClaimResult;

    /// <summary>The claim found that it must not be sent; it is now skipped.</summary>
    public sealed record Skipped(string Reason) : ClaimResult;
}

/// <summary>The right to make one attempt, with all that is needed for it.</summary>
/// <param name="DeliveryId">The delivery.</param>
/// <param name="LeaseId">What <see cref="DeliveryLedger.RecordAsync"/> checks before it believes the result.</param>
/// <param name="Kind">The notification's type.</param>
/// <param name="ProtectedUrl">The target as it is now, encrypted.</param>
/// <param name="ProtectedSecret">The secret as it is now, encrypted; null where there is none.</param>
/// <param name="EventType">The event.</param>
/// <param name="RequestId">The X-Request-ID.</param>
/// <param name="Payload">The bytes to send.</param>
public sealed record Claim(
    long DeliveryId, Guid LeaseId, string Kind, string ProtectedUrl, string? ProtectedSecret, EventType EventType, Guid RequestId, byte[] Payload);

/// <summary>Where a delivery stands after an attempt was written down.</summary>
/// <param name="State">Its state.</param>
/// <param name="DueAt">When the next attempt may begin (UTC), where there is one.</param>
/// <param name="NextAttempt">The number of the next attempt in this round, where there is one.</param>
/// <param name="MaxAttempts">The limit of a round.</param>
/// <param name="Summary">The attempt in a few words, for the dashboard.</param>
public sealed record RecordedAttempt(DeliveryState State, DateTime? DueAt, int NextAttempt, int MaxAttempts, string Summary);

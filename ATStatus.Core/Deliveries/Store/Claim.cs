using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>What became of the wish to send a delivery.</summary>
public abstract record ClaimResult
{
    private ClaimResult()
    {
    }

    /// <summary>It is yours until the lease ends.</summary>
    public sealed record Claimed(Claim Claim) : ClaimResult;

    public sealed record NotDue(DateTime DueAt) : ClaimResult;

    /// <summary>It waits as a row, without a job, until what holds it is over.</summary>
    public sealed record Held(int NotificationId, HoldReason Hold) : ClaimResult;

    /// <summary>Another worker holds it, or it needs nothing more, or it does not exist.</summary>
    public sealed record Nothing(string Why) : ClaimResult;

    /// <summary>The claim found that it must not be sent; it is now skipped.</summary>
    public sealed record Skipped(string Reason) : ClaimResult;
}

/// <summary>The right to make one attempt, with all that is needed for it.</summary>
/// <param name="NotificationId">Who it goes to; null for a test of a form that was never saved.</param>
/// <param name="LeaseId">What <see cref="DeliveryStore.RecordAsync"/> checks before it believes the result.</param>
/// <param name="Target">Where to and how, as the notification is now.</param>
/// <param name="Payload">The bytes to send.</param>
public sealed record Claim(
    long DeliveryId, int? NotificationId, Guid LeaseId, string Kind, Transport Target, EventType EventType, Guid RequestId, byte[] Payload)
{
    /// <summary>The page the event happened on; 0 for a test where there is no page yet.</summary>
    public int StatusPageId { get; init; }

    /// <summary>The form that <see cref="Payload"/> has.</summary>
    public BodyKind BodyKind { get; init; }

    /// <summary>Why there is no body to send, for people; null where there is.</summary>
    public string? BodyProblem { get; init; }

    /// <summary>When its lease began, as the clock's timestamp.</summary>
    internal long LeasedAt { get; init; }

    /// <summary>The row as it was claimed. Nobody else writes it while the lease holds, so the result is written without reading it again.</summary>
    internal Delivery Row { get; init; } = null!;
}

/// <summary>Where a delivery stands after an attempt was written down.</summary>
/// <param name="DueAt">When the next attempt may begin (UTC), where there is one.</param>
/// <param name="NextAttempt">The number of the next attempt in this round, where there is one.</param>
/// <param name="MaxAttempts">The limit of a round.</param>
/// <param name="Summary">The attempt in a few words, for the dashboard.</param>
public sealed record RecordedAttempt(DeliveryState State, DateTime? DueAt, int NextAttempt, int MaxAttempts, string Summary)
{
    /// <summary>How <see cref="RetryNote"/> begins, as do the notes of Hangfire's own retries.</summary>
    internal const string RetryWords = "Retry attempt";

    /// <summary>Why the next attempt is scheduled, for the dashboard.</summary>
    internal string RetryNote => $"{RetryWords} {NextAttempt} of {MaxAttempts}: {Summary}";
}

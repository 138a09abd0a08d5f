namespace ATStatus.Core.Deliveries;

/// <summary>What a run of <see cref="DeliveryJob"/> came to; <see cref="DeliveryJobStates"/> chooses the job's next state from it.</summary>
/// <param name="Note">In a few words, for the dashboard.</param>
/// <param name="At">When to run again (UTC), for <see cref="DeliveryOutcomeKind.RunAgain"/>.</param>
public sealed record DeliveryOutcome(DeliveryOutcomeKind Kind, string Note, DateTime? At = null);

public enum DeliveryOutcomeKind
{
    /// <summary>The receiver took it: the job succeeded.</summary>
    Delivered,

    /// <summary>There is another attempt later: the job is scheduled.</summary>
    RunAgain,

    /// <summary>No attempt is left: the job failed.</summary>
    Failed,

    /// <summary>There was nothing to do: the job is done away with.</summary>
    Nothing,
}

/// <summary>Shows in the dashboard why a delivery's job failed. Never thrown.</summary>
public sealed class DeliveryFailedException(string message) : Exception(message);

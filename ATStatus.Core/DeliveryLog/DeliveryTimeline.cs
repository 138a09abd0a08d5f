using ATStatus.Core.Model;

namespace ATStatus.Core.DeliveryLog;

public abstract record TimelineStep
{
    private TimelineStep()
    {
    }

    /// <summary>It was saved with its event.</summary>
    public sealed record Saved(DateTime At) : TimelineStep;

    /// <summary>Time passed before an attempt: in the queue before the first, or since the one before.</summary>
    public sealed record Passed(TimeSpan Time, int BeforeAttempt, bool InQueue) : TimelineStep;

    /// <summary>A person had it sent again.</summary>
    /// <param name="Number">2 for the first time.</param>
    /// <param name="WasSkipped">Until then it had been kept without a send.</param>
    public sealed record Round(int Number, bool WasSkipped) : TimelineStep;

    public sealed record Attempt(DeliveryAttempt Made, AttemptTiming? Timing) : TimelineStep;

    public sealed record UnderWay(int Number, DateTime Since) : TimelineStep;

    /// <summary>What it waits for.</summary>
    /// <param name="Number">The number that the next attempt will have.</param>
    /// <param name="At">When it is due (UTC).</param>
    /// <param name="Hold">Why it waits although it is due.</param>
    /// <param name="ProbeAt">When its notification's open circuit lets the next one through (UTC), where that is what it waits for.</param>
    public sealed record Next(int Number, DateTime At, HoldReason? Hold, DateTime? ProbeAt) : TimelineStep;

    /// <summary>Nothing further happens automatically.</summary>
    public sealed record Ended(DeliveryState State, DateTime? At, string? Reason) : TimelineStep;
}

/// <summary>Tells the life of a delivery from what is written down of it.</summary>
public static class DeliveryTimeline
{
    /// <summary>Events carry whole seconds: a shorter time in the queue may be none.</summary>
    private static readonly TimeSpan LeastInQueue = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(1);

    /// <summary>The steps, oldest first. The last tells how it stands.</summary>
    public static IReadOnlyList<TimelineStep> Of(DeliveryDetail delivery)
    {
        var steps = new List<TimelineStep> { new TimelineStep.Saved(delivery.Row.CreatedAt) };
        var attempts = delivery.Attempts.OrderBy(a => a.Number).ToList();
        var round = 1;
        DeliveryAttempt? before = null;
        foreach (var attempt in attempts)
        {
            if (BeginsRound(attempt, before))
                steps.Add(new TimelineStep.Round(++round, WasSkipped: before is null));
            else
                AddPassed(steps, delivery, attempt, before);
            steps.Add(new TimelineStep.Attempt(attempt, AttemptTiming.Of(attempt)));
            before = attempt;
        }

        var row = delivery.Row;
        if (row.State.IsSettled())
        {
            steps.Add(new TimelineStep.Ended(row.State, delivery.SettledAt, row.Reason));
            return steps;
        }
        if (IsAskedAnew(delivery, before))
            steps.Add(new TimelineStep.Round(++round, WasSkipped: before is null));
        if (row.State == DeliveryState.Sending)
            steps.Add(new TimelineStep.UnderWay(row.AttemptCount, delivery.LeasedAt ?? row.CreatedAt));
        else
            steps.Add(new TimelineStep.Next((before?.Number ?? 0) + 1, row.DueAt ?? row.CreatedAt, row.Hold, delivery.ProbeAt));
        return steps;
    }

    /// <summary>Whether a person asked for a new round that has had no attempt yet.</summary>
    private static bool IsAskedAnew(DeliveryDetail delivery, DeliveryAttempt? last) =>
        delivery is { IsRedelivery: true, RoundAttempts: 0 } && !IsLostRedelivery(last);

    private static bool BeginsRound(DeliveryAttempt attempt, DeliveryAttempt? before) =>
        attempt.Trigger == AttemptTrigger.Redelivery && !IsLostRedelivery(before);

    /// <summary>An attempt that a crash cut off does not count, so the one after it is the same round's first again.</summary>
    private static bool IsLostRedelivery(DeliveryAttempt? attempt) =>
        attempt is { Trigger: AttemptTrigger.Redelivery, Failure: Sending.FailureKind.Cancelled };

    private static void AddPassed(List<TimelineStep> steps, DeliveryDetail delivery, DeliveryAttempt attempt, DeliveryAttempt? before)
    {
        var passed = attempt.StartedAt - (before is null ? delivery.Row.CreatedAt : before.StartedAt.AddMilliseconds(before.DurationMs));
        if (passed >= (before is null ? LeastInQueue : LeastBetween))
            steps.Add(new TimelineStep.Passed(passed, attempt.Number, InQueue: before is null));
    }
}

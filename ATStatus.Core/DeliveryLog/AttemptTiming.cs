using ATStatus.Core.Model;

namespace ATStatus.Core.DeliveryLog;

public enum AttemptStep
{
    /// <summary>Waiting on a reused connection, which closed without an answer.</summary>
    Reused,

    /// <summary>Finding the name's addresses.</summary>
    Lookup,

    /// <summary>Opening the connection.</summary>
    Connect,

    /// <summary>The TLS handshake.</summary>
    Tls,

    /// <summary>Sending the request and waiting for the response's headers.</summary>
    Wait,
}

/// <summary>How long an attempt took, step by step.</summary>
/// <param name="TotalMs">All of it, in milliseconds.</param>
/// <param name="Steps">The steps that were taken, in their order; their times add up to <paramref name="TotalMs"/>.</param>
public sealed record AttemptTiming(int TotalMs, IReadOnlyList<(AttemptStep Step, int Ms)> Steps)
{
    /// <summary>A step that failed and the attempt do not end at the same moment: what is behind it, and a smaller part than this, was no wait.</summary>
    private const int SmallPart = 40;

    /// <summary>The step that was under way at the end: for one that failed, the step that failed.</summary>
    public AttemptStep Last => Steps.Count == 0 ? AttemptStep.Wait : Steps[^1].Step;

    /// <summary>The times of an attempt; null where nobody knows them, or none passed (nothing was sent). What did not happen is no step.</summary>
    public static AttemptTiming? Of(DeliveryAttempt attempt)
    {
        if (attempt.DurationMs <= 0)
            return null;
        var steps = new List<(AttemptStep Step, int Ms)>(5);
        var left = attempt.DurationMs;
        Add(AttemptStep.Reused, attempt.ReusedMs);
        Add(AttemptStep.Lookup, attempt.LookupMs);
        Add(AttemptStep.Connect, attempt.ConnectMs);
        Add(AttemptStep.Tls, attempt.TlsMs);
        if (!attempt.WentOut && steps.Count == 0)
            return null;
        // Nothing was sent, so nobody waited for an answer.
        if (!attempt.WentOut || (attempt.StatusCode is null && steps.Count > 0 && left <= attempt.DurationMs / SmallPart))
            steps[^1] = (steps[^1].Step, steps[^1].Ms + left);
        else
            steps.Add((AttemptStep.Wait, left));
        return new AttemptTiming(attempt.DurationMs, steps);

        // Each was rounded by itself, so that together they can be longer than the whole.
        void Add(AttemptStep step, int? ms)
        {
            if (ms is not { } known)
                return;
            var counted = Math.Clamp(known, 0, left);
            steps.Add((step, counted));
            left -= counted;
        }
    }
}

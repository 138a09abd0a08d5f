using ATStatus.Core.Problems;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// A page cannot be deleted while something on it is not over, as that cannot be deleted itself: who was sent its beginning would never be sent
/// its end.
/// </summary>
public sealed class PageInUseException(IReadOnlyList<UnfinishedOnPage> unfinished) : ProblemException(Explanation)
{
    /// <summary>Why, and what to do.</summary>
    public const string Explanation =
        "A status page cannot be deleted while an incident on it is open or maintenance is in progress. Resolve or complete these first.";

    /// <summary>What is not over; at least one.</summary>
    public IReadOnlyList<UnfinishedOnPage> Unfinished { get; } = unfinished;
}

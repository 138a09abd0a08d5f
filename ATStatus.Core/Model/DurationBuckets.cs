namespace ATStatus.Core.Model;

/// <summary>
/// The buckets that <see cref="HourlyAttemptCount"/> sorts durations into. Each bound is at most twice the one before, mostly half as much again: so
/// close a percentile estimated from them is. Stored: never change a bound, only add behind the last.
/// </summary>
public static class DurationBuckets
{
    /// <summary>The upper bound of each bucket but the last, in milliseconds; what is longer than all is in the last.</summary>
    private static readonly int[] Bounds =
        [5, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1_000, 1_500, 2_500, 4_000, 6_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000];

    public static int Count => Bounds.Length + 1;

    public static int Of(int milliseconds)
    {
        var index = Array.BinarySearch(Bounds, milliseconds);
        return index >= 0 ? index : ~index;
    }

    /// <summary>
    /// The duration that <paramref name="share"/> of the attempts did not exceed, in milliseconds, estimated from the buckets (linear within
    /// one); null where there are none.
    /// </summary>
    /// <param name="counts">How many attempts each bucket holds.</param>
    /// <param name="share">From 0 to 1: 0.95 is the 95th percentile.</param>
    public static double? Percentile(IReadOnlyList<long> counts, double share)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var total = counts.Sum();
        if (total == 0)
            return null;
        var rank = share * total;
        var before = 0L;
        for (var i = 0; i < counts.Count; i++)
        {
            if (counts[i] == 0 || before + counts[i] < rank)
            {
                before += counts[i];
                continue;
            }
            var from = i == 0 ? 0 : Bounds[i - 1];
            // Nothing bounds the last bucket; its own beginning is what is known.
            var to = i < Bounds.Length ? Bounds[i] : from;
            return from + (to - from) * (rank - before) / counts[i];
        }
        return Bounds[^1];
    }
}

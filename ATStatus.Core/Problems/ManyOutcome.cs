namespace ATStatus.Core.Problems;

/// <summary>What became of something that was asked for of many rows, each for itself.</summary>
/// <param name="Done">How many it was done with.</param>
/// <param name="Unchanged">How many were so already, or are gone.</param>
/// <param name="Problems">What kept others from it, a sentence for each row, for the person who asked.</param>
public sealed record ManyOutcome(int Done, int Unchanged, IReadOnlyList<string> Problems)
{
    /// <summary>Does it with one after the other. One that cannot be is among the problems and keeps none of the others from it.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="change">Changes one; false where nothing had to be.</param>
    /// <param name="name">What a row is called before its problem, where that does not name it.</param>
    public static async Task<ManyOutcome> OfEachAsync<T>(IEnumerable<T> rows, Func<T, Task<bool>> change, Func<T, string> name)
    {
        var (done, unchanged, problems) = (0, 0, new List<string>());
        foreach (var row in rows)
        {
            try
            {
                if (await change(row))
                    done++;
                else
                    unchanged++;
            }
            catch (NotFoundException)
            {
                unchanged++;
            }
            catch (ProblemException problem)
            {
                problems.Add(problem.Message.Contains(name(row), StringComparison.Ordinal) ? problem.Message : $"{name(row)}: {problem.Message}");
            }
        }
        return new ManyOutcome(done, unchanged, problems);
    }
}

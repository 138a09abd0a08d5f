namespace ATStatus.Admin.Hosting;

/// <summary>Says on the console what a start is doing, where it takes longer than somebody waits without wondering.</summary>
internal sealed class StartSteps(StartOutput output, TimeProvider time)
{
    /// <summary>How long a step may take before it is named.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does one step of the start.</summary>
    /// <param name="doing">What it is, as in "Still starting: opening the database".</param>
    /// <param name="step">Does it.</param>
    public async Task<T> RunAsync<T>(string doing, Func<Task<T>> step)
    {
        // A timer and not a race of two tasks: SQLite's calls return when they are done.
        await using var timer = time.CreateTimer(_ => output.Writer.WriteLine($"Still starting: {doing} ..."), null, Patience, Timeout.InfiniteTimeSpan);
        return await step();
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(string doing, Func<Task> step) => RunAsync(doing, async () =>
    {
        await step();
        return true;
    });
}

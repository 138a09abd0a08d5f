using System.Reflection;
using ATStatus.Core.Deliveries.Telemetry;
using Hangfire;
using Hangfire.Common;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// The Hangfire job of a saved event: the first attempts of its deliveries, each once there is a place for it. Hangfire runs it at least once; another
/// run finds what is left. It succeeds whatever the receivers answered: what failed goes on as jobs of the deliveries' own.
/// </summary>
public sealed class EventJob(EventRuns runs, JobRun run)
{
    private static readonly MethodInfo Entry = typeof(EventJob).GetMethod(nameof(Run))!;

    /// <summary>What a run returns that the console's stop has interrupted: the job is to go back into its queue.</summary>
    internal const string Interrupted = "The console is stopping";

    internal static Job For(long eventId) => new(typeof(EventJob), Entry, eventId);

    /// <summary>Sends until nothing of the event is left for this job. A worker is a thread of its own and waits.</summary>
    /// <param name="eventId">The event's number: all the job knows.</param>
    /// <returns>What came of it, for the dashboard.</returns>
    /// <exception cref="Hangfire.Server.JobAbortedException">The job was deleted or put back meanwhile, or another worker has it: its state is not this run's to choose.</exception>
    [JobDisplayName("Send event #{0}")]
    public string Run(long eventId)
    {
        using var trace = DeliveryTracing.BeginEventRun(eventId, run);
        var outcome = JobWait.For(runs.RunAsync(eventId, run.JobId, trace, run.HandOver, run.Cancellation?.ShutdownToken ?? default));
        if (outcome.IsInterrupted)
            run.Cancellation?.ThrowIfCancellationRequested();
        return outcome.IsInterrupted ? Interrupted : outcome.Note;
    }
}

/// <summary>What a run of <see cref="EventJob"/> came to.</summary>
/// <param name="Note">In a few words, for the dashboard: <c>47 delivered, 1 retrying, 2 slow</c>.</param>
/// <param name="IsInterrupted">The console is stopping: the job is to go back into its queue.</param>
public sealed record EventOutcome(string Note, bool IsInterrupted);

/// <summary>How a worker's thread waits for what it has started.</summary>
internal static class JobWait
{
    /// <summary>
    /// Waits without spinning: a task's own wait would first spin for a while, and a send takes longer than that. Hangfire's own wait for a task, which
    /// can run the task's continuations, costs three system objects for each job.
    /// </summary>
    public static T For<T>(Task<T> running)
    {
        if (!running.IsCompleted)
        {
            // Not disposed of: who sets it may still be at it, and without a handle it is mere memory.
            var done = new ManualResetEventSlim(initialState: false, spinCount: 0);
            running.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(done.Set);
            done.Wait();
        }
        return running.GetAwaiter().GetResult();
    }
}

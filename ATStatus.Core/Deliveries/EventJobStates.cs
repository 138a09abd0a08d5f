using ATStatus.Core.Deliveries.Store;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Chooses the state of an event's job, keeps the set of live ones, follows what a person does to the job in the dashboard, and tells when it has
/// ended, so that the next event of the same save may follow.
/// </summary>
public sealed class EventJobStates(EventCancellation cancellation, Lazy<IDispatchSignals> signals) : IElectStateFilter, IApplyStateFilter
{
    /// <summary>When a run that could not even be carried out (a database out of reach) is tried again.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    public void OnStateElection(ElectStateContext context)
    {
        if (EventOf(context.BackgroundJob.Job) is not { } eventId)
            return;
        switch (context.CandidateState)
        {
            case SucceededState { Result: EventJob.Interrupted }:
                context.CandidateState = new EnqueuedState(QueueNames.Events) { Reason = EventJob.Interrupted };
                break;
            case FailedState fault:
                context.CandidateState = new ScheduledState(AfterFault)
                {
                    Reason = $"Could not run ({fault.Exception.GetType().Name}); no attempt was used",
                };
                break;
            case EnqueuedState enqueued:
                Enqueue(context, enqueued, eventId);
                break;
            case DeletedState and not WithdrawnState when IsLive(context.CurrentState):
                HangfireWait.For(() => cancellation.CancelAsync(eventId));
                break;
        }
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (EventOf(context.BackgroundJob.Job) is not { } eventId)
            return;
        var member = QueueNames.LiveJob(eventId, context.BackgroundJob.Id);
        if (context.NewState is EnqueuedState or ScheduledState)
            transaction.AddToSet(QueueNames.LiveEvents, member);
        else if (context.NewState.IsFinal || context.NewState is FailedState)
            transaction.RemoveFromSet(QueueNames.LiveEvents, member);
        if (context.NewState.IsFinal)
            signals.Value.EventEnded(eventId);
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }

    private void Enqueue(ElectStateContext context, EnqueuedState enqueued, long eventId)
    {
        enqueued.Queue = QueueNames.Events;
        var requeued = context.CurrentState is { } state && !IsLive(state);
        if (requeued && !HangfireWait.For(() => cancellation.RequeueAsync(eventId)))
            context.CandidateState = new WithdrawnState { Reason = "nothing left to send" };
    }

    private static bool IsLive(string state) =>
        state == EnqueuedState.StateName || state == ScheduledState.StateName || state == ProcessingState.StateName;

    private static long? EventOf(Job? job) => job?.Type == typeof(EventJob) && job.Args is [long id] ? id : null;
}

/// <summary>
/// Hangfire's filters are synchronous, and whoever changes a job's state may sit on a circuit's synchronisation context, which such a wait blocks:
/// nothing that is waited for may want to come back to it.
/// </summary>
internal static class HangfireWait
{
    public static void For(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();

    public static T For<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}

using ATStatus.Core.Deliveries.Store;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Chooses the state of a delivery's job from the outcome the run returned, and keeps the set of live jobs. Takes the
/// place of Hangfire's own retry filter, which knows only exceptions and counts by itself.
/// </summary>
public sealed class DeliveryJobStates(DeliveryRequeue requeue, DeliveryCancellation cancellation, TimeProvider time) : IElectStateFilter, IApplyStateFilter
{
    /// <summary>When a run that could not even be carried out (a database out of reach) is tried again.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(15);

    /// <summary>The set that the dashboard counts and lists as Retries.</summary>
    private const string Retries = "retries";

    public void OnStateElection(ElectStateContext context)
    {
        if (DeliveryOf(context.BackgroundJob.Job) is not { } deliveryId)
            return;
        switch (context.CandidateState)
        {
            case SucceededState { Result: DeliveryOutcome outcome }:
                context.CandidateState = After(outcome) ?? context.CandidateState;
                break;
            case FailedState { Exception: not DeliveryFailedException } fault:
                context.CandidateState = new ScheduledState(AfterFault)
                {
                    Reason = $"Could not run ({fault.Exception.GetType().Name}); no attempt was used",
                };
                break;
            case EnqueuedState enqueued:
                Enqueue(context, enqueued, deliveryId);
                break;
            case DeletedState and not WithdrawnState:
                Delete(context, deliveryId);
                break;
        }
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (DeliveryOf(context.BackgroundJob.Job) is not { } deliveryId)
            return;
        var member = QueueNames.LiveJob(deliveryId, context.BackgroundJob.Id);
        if (context.NewState is EnqueuedState or ScheduledState)
            transaction.AddToSet(QueueNames.LiveJobs, member);
        else if (context.NewState.IsFinal || context.NewState is FailedState)
            transaction.RemoveFromSet(QueueNames.LiveJobs, member);
        // As the framework's own filter marks them.
        if (context.NewState is ScheduledState { Reason: { } reason } && reason.StartsWith(RecordedAttempt.RetryWords, StringComparison.Ordinal))
            transaction.AddToSet(Retries, context.BackgroundJob.Id);
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.OldStateName == ScheduledState.StateName && DeliveryOf(context.BackgroundJob.Job) is not null)
            transaction.RemoveFromSet(Retries, context.BackgroundJob.Id);
    }

    private IState? After(DeliveryOutcome outcome) => outcome.Kind switch
    {
        DeliveryOutcomeKind.RunAgain => new ScheduledState(RetrySchedule.WholeSecondAtOrAfter(outcome.At!.Value, time.GetUtcNow().UtcDateTime)) { Reason = outcome.Note },
        DeliveryOutcomeKind.Failed => new FailedState(new DeliveryFailedException(outcome.Note)) { Reason = "No attempt is left" },
        DeliveryOutcomeKind.Nothing => new WithdrawnState { Reason = outcome.Note },
        _ => null,
    };

    private void Enqueue(ElectStateContext context, EnqueuedState enqueued, long deliveryId)
    {
        // A job that is just made keeps the queue it was made for.
        if (context.CurrentState is null)
            return;
        var fromSchedule = context.CurrentState == ScheduledState.StateName;
        enqueued.Queue = fromSchedule ? QueueNames.Retries : QueueNames.Own;
        if (fromSchedule)
        {
            // Not the scheduler's doing, so a person pressed 'Enqueue now': the row must agree that it is due.
            if (enqueued.Reason?.Contains("DelayedJobScheduler", StringComparison.Ordinal) != true)
                HangfireWait.For(() => requeue.ExpediteAsync(deliveryId));
            return;
        }
        var requeued = context.CurrentState == FailedState.StateName
            || context.CurrentState == SucceededState.StateName
            || context.CurrentState == DeletedState.StateName;
        if (!requeued)
            return;
        // 'Under way' is fine: Redeliver in the log has begun the round already and now puts its job back.
        var result = HangfireWait.For(() => requeue.RequeueAsync(deliveryId));
        if (result.Kind is RequeueKind.Refused or RequeueKind.Missing)
            context.CandidateState = new WithdrawnState { Reason = result.Refusal ?? "There is no such delivery any more." };
    }

    /// <summary>A person deletes the job: so the delivery is not to be sent. The job of a round that has ended says nothing about a later round.</summary>
    private void Delete(ElectStateContext context, long deliveryId)
    {
        var isLive = context.CurrentState == EnqueuedState.StateName
            || context.CurrentState == ScheduledState.StateName
            || context.CurrentState == ProcessingState.StateName;
        // Refused where it is settled: then only the job goes.
        if (isLive)
            HangfireWait.For(() => cancellation.CancelAsync(deliveryId, DeliveryCancellation.InDashboard));
    }

    private static long? DeliveryOf(Job? job) => job?.Type == typeof(DeliveryJob) && job.Args is [long id] ? id : null;
}

/// <summary>A job's deletion by the engine, which has no further use for it. It says nothing about the delivery; a person's deletion does.</summary>
internal sealed class WithdrawnState : DeletedState;

using System.Diagnostics;
using System.Reflection;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using Hangfire;
using Hangfire.Common;
using Hangfire.Server;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// The Hangfire job of one delivery, where it has one of its own: a retry, a redelivery, one that was held or is kept in order. Claim, send, record. Hangfire runs it at least once; a second run finds the
/// claim taken or the delivery settled and does nothing.
/// </summary>
public sealed class DeliveryJob(DeliveryStore store, DeliveryTransport transport, ConcurrencyLimiter limiter, IDispatchSignals signals, JobRun run, TimeProvider time)
{
    private static readonly MethodInfo Entry = typeof(DeliveryJob).GetMethod(nameof(Run))!;

    private TimeSpan? _took;

    internal static Job For(long deliveryId) => new(typeof(DeliveryJob), Entry, deliveryId);

    /// <summary>Makes one attempt, if the delivery is due and free. A worker is a thread of its own and waits either way.</summary>
    /// <param name="deliveryId">The delivery's number: all the job knows.</param>
    [JobDisplayName("Deliver #{0}")]
    public DeliveryOutcome Run(long deliveryId) => JobWait.For(RunAsync(deliveryId));

    /// <summary><see cref="Run"/>, for callers that need no thread to wait; jobs of earlier versions name it too.</summary>
    /// <param name="deliveryId">The delivery's number.</param>
    [JobDisplayName("Deliver #{0}")]
    public async Task<DeliveryOutcome> RunAsync(long deliveryId)
    {
        using var trace = DeliveryTracing.BeginRun(deliveryId, run);
        int? notificationId = null;
        var isHeld = false;
        try
        {
            var claimed = await store.ClaimAsync(deliveryId, run.JobId).ConfigureAwait(false);
            switch (claimed)
            {
                case ClaimResult.NotDue notDue:
                    return new DeliveryOutcome(DeliveryOutcomeKind.RunAgain, "Not due yet", notDue.DueAt);
                case ClaimResult.Nothing nothing:
                    return new DeliveryOutcome(DeliveryOutcomeKind.Nothing, nothing.Why);
                case ClaimResult.Skipped skipped:
                    return new DeliveryOutcome(DeliveryOutcomeKind.Nothing, $"Skipped: {skipped.Reason}");
                case ClaimResult.Held held:
                    (notificationId, isHeld) = (held.NotificationId, true);
                    DeliveryTracing.Held(trace, held.Hold);
                    return new DeliveryOutcome(DeliveryOutcomeKind.Nothing, $"Held ({held.Hold}); no attempt was used");
            }
            var claim = ((ClaimResult.Claimed)claimed).Claim;
            notificationId = claim.NotificationId;
            return await SendAsync(claim, trace).ConfigureAwait(false);
        }
        finally
        {
            limiter.LeaveOwn(deliveryId, _took);
            signals.Finished(notificationId, deliveryId, isHeld);
        }
    }

    private async Task<DeliveryOutcome> SendAsync(Claim claim, Activity? trace)
    {
        DeliveryTracing.Claimed(trace, claim);
        RecordedAttempt? recorded;
        try
        {
            // Shutdown lets a send end by its own limit; the token fires only when the host stops waiting.
            var begun = time.GetTimestamp();
            var result = await transport.SendAsync(claim, run.Stopping).ConfigureAwait(false);
            _took = time.GetElapsedTime(begun);
            recorded = await store.RecordAsync(claim, result).ConfigureAwait(false);
        }
        finally
        {
            store.LetGo(claim);
        }
        if (recorded is not null)
            DeliveryTracing.Recorded(trace, recorded, run);
        return recorded switch
        {
            null => new DeliveryOutcome(DeliveryOutcomeKind.Nothing, "The lease was lost; another worker has it."),
            { State: DeliveryState.Delivered } => new DeliveryOutcome(DeliveryOutcomeKind.Delivered, recorded.Summary),
            { State: DeliveryState.Retrying, DueAt: { } dueAt } => new DeliveryOutcome(
                DeliveryOutcomeKind.RunAgain,
                recorded.RetryNote,
                dueAt),
            { State: DeliveryState.Skipped } => new DeliveryOutcome(DeliveryOutcomeKind.Nothing, $"Cancelled after this attempt: {recorded.Summary}"),
            _ => new DeliveryOutcome(DeliveryOutcomeKind.Failed, recorded.Summary),
        };
    }
}

/// <summary>The Hangfire run that a scope belongs to. Handed in by the activator, so that the job keeps one argument.</summary>
public sealed class JobRun
{
    public string? JobId { get; set; }

    /// <summary>Fires when the host no longer waits for the job.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Hangfire's own, which tells that the job was deleted, put back or fetched by another worker. No send sees it.</summary>
    public IJobCancellationToken? Cancellation { get; set; }

    /// <summary>The context in which it was handed over, as W3C writes it; null where nobody traces.</summary>
    public string? HandOver { get; set; }

    /// <summary>The context of the attempt before, where that failed.</summary>
    public string? LastAttempt { get; set; }

    /// <summary>Keeps the context of an attempt that failed in the job, for its next run.</summary>
    public Action<string>? KeepLastAttempt { get; set; }
}

/// <summary>Opens a scope for each run and tells the scope which run it is.</summary>
public sealed class DeliveryJobActivator(Microsoft.Extensions.DependencyInjection.IServiceScopeFactory scopes, JobStop stop) : JobActivator
{
    public override JobActivatorScope BeginScope(PerformContext context) => new Scope(scopes, context, stop);

    private sealed class Scope : JobActivatorScope
    {
        private readonly Microsoft.Extensions.DependencyInjection.IServiceScope _scope;

        public Scope(Microsoft.Extensions.DependencyInjection.IServiceScopeFactory scopes, PerformContext context, JobStop stop)
        {
            _scope = scopes.CreateScope();
            var run = (JobRun)_scope.ServiceProvider.GetService(typeof(JobRun))!;
            run.JobId = context.BackgroundJob.Id;
            (run.Stopping, run.Cancellation) = (stop.Token, context.CancellationToken);
            if (!DeliveryTracing.IsOn)
                return;
            // Written before this run was fetched: what came with it is not stale.
            run.HandOver = context.GetJobParameter<string>(DeliveryTracing.HandOverParameter, allowStale: true);
            run.LastAttempt = context.GetJobParameter<string>(DeliveryTracing.LastAttemptParameter, allowStale: true);
            run.KeepLastAttempt = id => context.SetJobParameter(DeliveryTracing.LastAttemptParameter, id);
        }

        public override object Resolve(Type type) =>
            Microsoft.Extensions.DependencyInjection.ActivatorUtilities.GetServiceOrCreateInstance(_scope.ServiceProvider, type);

        public override void DisposeScope() => _scope.Dispose();
    }
}

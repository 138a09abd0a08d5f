using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Carries events' first attempts out: place, claim, send, record, in this order, so that what is claimed is in flight. It outlives the jobs: a send
/// that is slow goes on here when its event's job no longer waits for it.
/// </summary>
public sealed partial class EventRuns(
    SavedEvents saved,
    DeliveryStore store,
    DeliveryTransport transport,
    ConcurrencyLimiter limiter,
    Lazy<IDispatchSignals> signals,
    JobStop stop,
    TimeProvider time,
    ILogger<EventRuns> logger)
{
    /// <summary>A claim whose send has not begun by then is given back: the process may have stood still, and its lease is running.</summary>
    private static readonly TimeSpan LatestBegin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan WhileStopping = TimeSpan.FromMilliseconds(250);

    private readonly DeliveryStore _store = store;
    private readonly DeliveryTransport _transport = transport;
    private readonly ConcurrencyLimiter _limiter = limiter;
    private readonly Lazy<IDispatchSignals> _signals = signals;
    private readonly JobStop _stop = stop;
    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<FirstAttempt, byte> _open = new();
    private volatile bool _isStopping;

    /// <summary>Sends what is left of an event, and returns when each of its deliveries is recorded, held, or slow.</summary>
    /// <param name="jobId">The job that carries it, if one does.</param>
    /// <param name="handOver">The context of the job's hand-over, as W3C writes it; null where nobody traces.</param>
    /// <param name="aborted">Fires when the job is not this run's any more: it claims nothing more. What is in flight ends and is recorded.</param>
    internal async Task<EventOutcome> RunAsync(
        long eventId, string? jobId, Activity? trace = null, string? handOver = null, CancellationToken aborted = default)
    {
        var run = new Run(this, jobId, trace?.Context, handOver, aborted);
        if (_isStopping)
        {
            // Its worker may fetch it again at once, for as long as it has not stopped.
            await Task.Delay(WhileStopping, CancellationToken.None);
            return run.Outcome(isInterrupted: true);
        }
        var lastId = 0L;
        if (saved.Take(eventId) is { } known)
        {
            await run.SendAsync(known);
            if (run.IsComplete)
                return run.Outcome(isInterrupted: false);
        }
        // What was saved by another instance, or left by an earlier run.
        while (!run.IsOver)
        {
            if (await saved.ReadAsync(eventId, lastId) is not { Count: > 0 } rows)
                return run.Outcome(isInterrupted: false);
            await run.SendAsync(rows);
            lastId = rows[^1].Id;
        }
        return run.Outcome(isInterrupted: true);
    }

    /// <summary>
    /// From now on nothing is claimed, and claims that wait for the database are given up, those of own jobs too. What is in flight ends and is
    /// recorded.
    /// </summary>
    public void Stop()
    {
        _isStopping = true;
        _limiter.Stop();
        _store.StopClaiming();
    }

    /// <summary>Waits for the sends in flight, slow ones included, until they are recorded.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!_open.IsEmpty && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
    }

    private sealed class Run(EventRuns runs, string? jobId, ActivityContext? trace, string? handOver, CancellationToken aborted)
    {
        private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly int[] _counts = new int[Enum.GetValues<FirstOutcome>().Length];
        private int _left;

        public EventRuns Runs => runs;

        public string? JobId => jobId;

        public ActivityContext? Trace => trace;

        public string? HandOver => handOver;

        /// <summary>It claims nothing more.</summary>
        public bool IsOver => runs._isStopping || aborted.IsCancellationRequested;

        public Task SendAsync(IReadOnlyList<Delivery> rows)
        {
            if (rows.Count == 0)
                return Task.CompletedTask;
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _left = rows.Count;
            runs._limiter.Enter(rows.Select(row => new FirstAttempt(this, row)));
            return _done.Task;
        }

        /// <summary>The job waits for one delivery less.</summary>
        public void Left(FirstOutcome outcome)
        {
            Interlocked.Increment(ref _counts[(int)outcome]);
            if (Interlocked.Decrement(ref _left) == 0)
                _done.TrySetResult();
        }

        /// <summary>Nothing was given back, had been changed by somebody else, or was interrupted.</summary>
        public bool IsComplete => _counts[(int)FirstOutcome.Elsewhere] + _counts[(int)FirstOutcome.Interrupted] == 0;

        public EventOutcome Outcome(bool isInterrupted)
        {
            string[] words = ["delivered", "retrying", "failed", "slow", "held", "skipped", "left to others", "interrupted"];
            var parts = words.Select((word, i) => (Word: word, Count: _counts[i])).Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Word}").ToList();
            return new EventOutcome(parts.Count == 0 ? "nothing left to send" : string.Join(", ", parts), isInterrupted);
        }
    }

    /// <summary>What became of a first attempt, as far as its event's job is concerned.</summary>
    private enum FirstOutcome
    {
        Delivered,
        Retrying,
        Failed,
        Slow,
        Held,
        Skipped,
        Elsewhere,
        Interrupted,
    }

    private sealed class FirstAttempt(Run run, Delivery row) : PlaceRequest(row.NotificationId!.Value)
    {
        private int _hasLeft;

        private EventRuns Runs => run.Runs;

        public override void Granted()
        {
            Runs._open[this] = 0;
            _ = Task.Run(SendAsync);
        }

        public override void Slowed() => Leave(FirstOutcome.Slow);

        public override void Held() => _ = Task.Run(HoldAsync);

        public override void Stopped() => Leave(FirstOutcome.Interrupted);

        private void Leave(FirstOutcome outcome)
        {
            if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
                run.Left(outcome);
        }

        [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the row is as it was, and the sweeper sees to it.")]
        private async Task HoldAsync()
        {
            var isHeld = false;
            try
            {
                isHeld = await Runs._store.HoldFirstAsync(row, HoldReason.Capacity);
            }
            catch (Exception e)
            {
                Runs.LogBroke(e, row.Id);
            }
            if (isHeld)
                Runs._signals.Value.NotificationChanged(NotificationId);
            Leave(FirstOutcome.Held);
        }

        [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it; the row tells how far it came, and the sweeper sees to it.")]
        private async Task SendAsync()
        {
            var outcome = FirstOutcome.Elsewhere;
            TimeSpan? duration = null;
            var isSent = false;
            using var trace = DeliveryTracing.BeginFirst(row.Id, run.Trace);
            try
            {
                if (run.IsOver)
                {
                    outcome = FirstOutcome.Interrupted;
                    return;
                }
                var claimed = await Runs._store.ClaimFirstAsync(row, run.JobId);
                switch (claimed)
                {
                    case ClaimResult.Claimed { Claim: var claim }:
                        (outcome, duration) = await SendAsync(claim, trace, taken => Sent(taken));
                        break;
                    case ClaimResult.Held held:
                        DeliveryTracing.Held(trace, held.Hold);
                        Runs._signals.Value.NotificationChanged(NotificationId);
                        outcome = FirstOutcome.Held;
                        break;
                    case ClaimResult.Skipped:
                        outcome = FirstOutcome.Skipped;
                        break;
                    case ClaimResult.Nothing when Runs._isStopping:
                        outcome = FirstOutcome.Interrupted;
                        break;
                }
            }
            catch (Exception e)
            {
                Runs.LogBroke(e, row.Id);
            }
            finally
            {
                Sent(duration);
                Runs._limiter.Recorded();
                Runs._signals.Value.Finished(NotificationId, row.Id, isHeld: outcome == FirstOutcome.Held);
                Runs._open.TryRemove(this, out _);
                Leave(outcome);
            }

            void Sent(TimeSpan? took)
            {
                if (isSent)
                    return;
                isSent = true;
                Runs._limiter.Sent(this, took);
            }
        }

        private async Task<(FirstOutcome Outcome, TimeSpan? Duration)> SendAsync(Claim claim, Activity? trace, Action<TimeSpan> sent)
        {
            DeliveryTracing.Claimed(trace, claim);
            if (Runs._time.GetElapsedTime(claim.LeasedAt) > LatestBegin)
            {
                await Runs._store.GiveBackAsync(claim);
                return (FirstOutcome.Elsewhere, null);
            }
            try
            {
                var begun = Runs._time.GetTimestamp();
                // Shutdown lets a send end by its own limit; the token fires only when the host stops waiting.
                var result = await Runs._transport.SendAsync(claim, Runs._stop.Token);
                var took = Runs._time.GetElapsedTime(begun);
                // Its place is free before the result is written: what waits to be written is bounded by itself.
                sent(took);
                var recorded = await Runs._store.RecordAsync(claim, result);
                if (recorded is null)
                    return (FirstOutcome.Elsewhere, took);
                DeliveryTracing.Recorded(trace, recorded);
                if (recorded.State is DeliveryState.Retrying or DeliveryState.Failed)
                    Runs._signals.Value.FirstAttemptFailed(
                        claim.DeliveryId, recorded, trace is { Recorded: true } ? new FirstAttemptTrace(run.HandOver, trace.Id!) : null);
                return (recorded.State switch
                {
                    DeliveryState.Delivered => FirstOutcome.Delivered,
                    DeliveryState.Retrying => FirstOutcome.Retrying,
                    DeliveryState.Skipped => FirstOutcome.Skipped,
                    _ => FirstOutcome.Failed,
                }, took);
            }
            finally
            {
                Runs._store.LetGo(claim);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The first attempt of delivery {DeliveryId} broke off inside the console; it is taken up again automatically.")]
    private partial void LogBroke(Exception e, long deliveryId);
}

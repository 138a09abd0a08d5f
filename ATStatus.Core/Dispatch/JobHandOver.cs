using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Hands committed deliveries to Hangfire. Its failure loses nothing: the rows are committed, and the
/// <see cref="Sweeper"/> hands over what has no live job.
/// </summary>
public sealed partial class JobHandOver(
    IBackgroundJobClient jobs, JobStorage storage, IJobFilterProvider filters, DeliveryTracing tracing, TimeProvider time, ILogger<JobHandOver> logger)
{
    /// <summary>The most jobs in one transaction of the job storage.</summary>
    private const int GroupSize = 64;

    /// <summary>How many groups one caller makes for others too before it leaves the rest to the pool.</summary>
    private const int MostGroups = 4;

    /// <summary>How long Hangfire keeps a job that never came to its queue.</summary>
    private static readonly TimeSpan UnqueuedExpiry = TimeSpan.FromDays(1);

    private readonly StateMachine _states = new(filters);
    private readonly ConcurrentDictionary<(bool IsEvent, long Id), int> _underWay = new();
    private readonly ConcurrentQueue<NewJob> _waiting = new();
    private int _making;

    /// <summary>A job to be made.</summary>
    /// <param name="IsEvent">Whether it is an event's.</param>
    /// <param name="Id">The event, or the delivery.</param>
    /// <param name="State">The state it begins in.</param>
    /// <param name="Made">Called with the job's id once it is made.</param>
    /// <param name="Trace">What its run goes on from, where that is known already.</param>
    private sealed record NewJob(bool IsEvent, long Id, IState State, Action<string>? Made = null, FirstAttemptTrace? Trace = null)
    {
        public Job Job => IsEvent ? EventJob.For(Id) : DeliveryJob.For(Id);
    }

    /// <summary>Keeps the sweeper off deliveries that are committed and not yet handed over, until disposed.</summary>
    internal IDisposable Reserve(IReadOnlyCollection<long> deliveryIds) => new Reservation(this, [.. deliveryIds.Select(id => (false, id))]);

    /// <summary>Keeps the sweeper off events that are committed and not yet handed over, until disposed.</summary>
    internal IDisposable ReserveEvents(IReadOnlyCollection<long> eventIds) => new Reservation(this, [.. eventIds.Select(id => (true, id))]);

    /// <summary>
    /// Makes one job for each delivery; those that come while others' are being made are made with the next of them. Never throws: what
    /// fails here is swept up later.
    /// </summary>
    /// <param name="queue">Own jobs that may run at once, or retries.</param>
    public void HandOver(IEnumerable<long> deliveryIds, string queue = QueueNames.Own) =>
        Make(deliveryIds.Select(id => new NewJob(false, id, new EnqueuedState(queue))));

    /// <summary>Makes an event's job. Never throws, as above.</summary>
    public void HandOverEvent(long eventId) => Make([new NewJob(true, eventId, new EnqueuedState(QueueNames.Events))]);

    /// <summary>Makes the own job of a delivery whose first attempt, in its event's job, failed: scheduled for the next, or failed where there is none.</summary>
    internal void HandOverAfterFirst(long deliveryId, RecordedAttempt recorded, FirstAttemptTrace? trace, Action<string> made)
    {
        IState state = recorded is { State: DeliveryState.Retrying, DueAt: { } dueAt }
            ? new ScheduledState(RetrySchedule.WholeSecondAtOrAfter(dueAt, time.GetUtcNow().UtcDateTime)) { Reason = recorded.RetryNote }
            : new FailedState(new DeliveryFailedException(recorded.Summary)) { Reason = "No attempt is left" };
        Make([new NewJob(false, deliveryId, state, made, trace)]);
    }

    private void Make(IEnumerable<NewJob> jobs)
    {
        foreach (var job in jobs)
        {
            Begin((job.IsEvent, job.Id));
            _waiting.Enqueue(job);
        }
        if (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _making, 1, 0) == 0)
            MakeAll();
    }

    private void Begin((bool, long) key) => _underWay.AddOrUpdate(key, 1, (_, count) => count + 1);

    private void End((bool, long) key)
    {
        if (_underWay.AddOrUpdate(key, 0, (_, count) => count - 1) <= 0)
            _underWay.TryRemove(KeyValuePair.Create(key, 0));
    }

    private void MakeAll()
    {
        var group = new List<NewJob>();
        do
        {
            for (var made = 0; Take(group); made++)
            {
                if (made == MostGroups)
                {
                    Task.Run(() => MakeRest(group));
                    return;
                }
                MakeGroup(group);
            }
            Volatile.Write(ref _making, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _making, 1, 0) == 0);
    }

    private void MakeRest(List<NewJob> group)
    {
        MakeGroup(group);
        MakeAll();
    }

    private bool Take(List<NewJob> group)
    {
        group.Clear();
        while (group.Count < GroupSize && _waiting.TryDequeue(out var next))
            group.Add(next);
        return group.Count > 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The rows are committed; the sweeper takes over whatever went wrong.")]
    private void MakeGroup(List<NewJob> group)
    {
        try
        {
            if (storage.HasFeature(JobStorageFeatures.Transaction.CreateJob))
                MakeTogether(group);
            else
                group.ForEach(Create);
        }
        catch (Exception e)
        {
            LogHandOverFailed(e);
        }
        group.ForEach(made => End((made.IsEvent, made.Id)));
    }

    /// <summary>What Hangfire's own client does with a job, in one transaction for all: to wait for the storage is most of the work.</summary>
    private void MakeTogether(List<NewJob> group)
    {
        using var connection = storage.GetConnection();
        using var transaction = (JobStorageTransaction)connection.CreateWriteTransaction();
        var now = DateTime.UtcNow;
        var made = new List<Action>();
        foreach (var next in group)
        {
            using var trace = HandOverTrace(next);
            var job = next.Job;
            var parameters = ParametersOf(next, trace).ToDictionary(p => p.Key, p => SerializationHelper.Serialize(p.Value));
            var jobId = transaction.CreateJob(job, parameters, now, UnqueuedExpiry);
            _states.ApplyState(new ApplyStateContext(
                storage, connection, transaction, new BackgroundJob(jobId, job, now, parameters), next.State, oldStateName: null));
            if (next.Made is { } callback)
                made.Add(() => callback(jobId));
        }
        transaction.Commit();
        made.ForEach(callback => callback());
    }

    /// <summary>
    /// Hands over a delivery that begins a new round: its failed job is put back into the queue, so that the dashboard
    /// does not go on showing it as failed; where there is none, a new job is made.
    /// </summary>
    public void HandOverAgain(long deliveryId, string? lastJobId)
    {
        if (lastJobId is null || !Try(() => PutBack(deliveryId, lastJobId)))
            HandOver([deliveryId]);
    }

    /// <summary>Hands over a delivery that waited: the job that is scheduled for later goes into the queue; where there is none, a new job is made.</summary>
    public void HandOverNow(long deliveryId, string? lastJobId, string queue)
    {
        if (lastJobId is null
            || !Try(() => jobs.ChangeState(lastJobId, new EnqueuedState(queue) { Reason = "Sent now" }, ScheduledState.StateName)))
            HandOver([deliveryId], queue);
    }

    private static IEnumerable<KeyValuePair<string, string>> ParametersOf(NewJob made, Activity? trace)
    {
        if ((trace?.Id ?? made.Trace?.HandOver) is { } handOver)
            yield return KeyValuePair.Create(DeliveryTracing.HandOverParameter, handOver);
        if (made.Trace?.Attempt is { } attempt)
            yield return KeyValuePair.Create(DeliveryTracing.LastAttemptParameter, attempt);
    }

    private Activity? HandOverTrace(NewJob made) => made.IsEvent ? tracing.HandOverEvent(made.Id) : tracing.HandOver(made.Id);

    private void Create(NewJob made)
    {
        using var trace = HandOverTrace(made);
        var parameters = ParametersOf(made, trace).ToDictionary(p => p.Key, p => (object)p.Value);
        var jobId = parameters.Count > 0 && jobs is IBackgroundJobClientV2 client
            ? client.Create(made.Job, made.State, parameters)
            : jobs.Create(made.Job, made.State);
        made.Made?.Invoke(jobId);
    }

    private bool PutBack(long deliveryId, string jobId)
    {
        using var trace = tracing.HandOver(deliveryId);
        if (trace is not null)
        {
            using var connection = storage.GetConnection();
            connection.SetJobParameter(jobId, DeliveryTracing.HandOverParameter, SerializationHelper.Serialize(trace.Id));
        }
        return jobs.ChangeState(jobId, new EnqueuedState(QueueNames.Own) { Reason = "Redelivered" }, FailedState.StateName);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The rows are committed; the sweeper takes over whatever went wrong.")]
    private bool Try(Func<bool> handOver)
    {
        try
        {
            return handOver();
        }
        catch (Exception e)
        {
            LogHandOverFailed(e);
            return false;
        }
    }

    /// <summary>
    /// Does failed jobs away whose deliveries begin a new round with a job of their own, so that the dashboard does not go on showing
    /// them as failed. Never throws: what fails here only stays in the dashboard.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "The dashboard shows too much; nothing else follows from it.")]
    internal void Forget(IEnumerable<string> jobIds)
    {
        try
        {
            foreach (var jobId in jobIds)
                jobs.ChangeState(jobId, new WithdrawnState { Reason = "Redelivered by another job" }, FailedState.StateName);
        }
        catch (Exception e)
        {
            LogForgetFailed(e);
        }
    }

    /// <summary>Does the job away that would have carried the next attempt of a cancelled delivery. Never throws: run, it would find nothing to do.</summary>
    internal void Withdraw(string jobId, string reason) =>
        Try(() => jobs.ChangeState(jobId, new WithdrawnState { Reason = reason }, ScheduledState.StateName));

    /// <summary>The deliveries that a job of their own is going to run, with that job, and those being handed over right now, with none.</summary>
    public IReadOnlyDictionary<long, string?> Live() => Live(QueueNames.LiveJobs, isEvent: false);

    /// <summary>The events whose job is queued or running, likewise.</summary>
    public IReadOnlyDictionary<long, string?> LiveEvents() => Live(QueueNames.LiveEvents, isEvent: true);

    private Dictionary<long, string?> Live(string set, bool isEvent)
    {
        using var connection = storage.GetConnection();
        var live = new Dictionary<long, string?>();
        foreach (var member in connection.GetAllItemsFromSet(set))
        {
            if (QueueNames.NumberOf(member) is { } id)
                live[id] = member[(member.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }
        foreach (var (key, _) in _underWay.Where(entry => entry.Key.IsEvent == isEvent))
            live[key.Id] = null;
        return live;
    }

    /// <summary>
    /// Whether a job that the set of live ones names is really going to run. A change of its state that failed for good leaves it there; then it is
    /// removed.
    /// </summary>
    internal bool IsAlive(long id, string jobId, bool isEvent)
    {
        using var connection = storage.GetConnection();
        var state = connection.GetStateData(jobId)?.Name;
        if (state == EnqueuedState.StateName || state == ScheduledState.StateName || state == ProcessingState.StateName)
            return true;
        using var transaction = connection.CreateWriteTransaction();
        transaction.RemoveFromSet(isEvent ? QueueNames.LiveEvents : QueueNames.LiveJobs, QueueNames.LiveJob(id, jobId));
        transaction.Commit();
        return false;
    }

    private sealed class Reservation : IDisposable
    {
        private readonly JobHandOver _handOver;
        private readonly (bool, long)[] _keys;

        public Reservation(JobHandOver handOver, (bool, long)[] keys)
        {
            (_handOver, _keys) = (handOver, keys);
            Array.ForEach(keys, handOver.Begin);
        }

        public void Dispose() => Array.ForEach(_keys, _handOver.End);
    }

    [LoggerMessage(LogLevel.Warning, "Failed jobs whose deliveries begin a new round could not be done away with.")]
    private partial void LogForgetFailed(Exception e);

    [LoggerMessage(LogLevel.Error, "Handing deliveries to Hangfire failed; the sweeper will hand them over.")]
    private partial void LogHandOverFailed(Exception e);
}

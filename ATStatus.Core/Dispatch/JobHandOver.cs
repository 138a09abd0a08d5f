using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Telemetry;
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
    IBackgroundJobClient jobs, JobStorage storage, IJobFilterProvider filters, DeliveryTracing traces, ILogger<JobHandOver> logger)
{
    /// <summary>The most jobs in one transaction of the job storage.</summary>
    private const int GroupSize = 64;

    /// <summary>How many groups one caller makes for others too before it leaves the rest to the pool.</summary>
    private const int MostGroups = 4;

    /// <summary>How long Hangfire keeps a job that never came to its queue.</summary>
    private static readonly TimeSpan UnqueuedExpiry = TimeSpan.FromDays(1);

    private readonly StateMachine _states = new(filters);
    private readonly ConcurrentDictionary<long, byte> _underWay = new();
    private readonly ConcurrentQueue<(long Id, string Queue)> _waiting = new();
    private readonly ConcurrentDictionary<long, byte> _waitingIds = new();
    private int _making;

    /// <summary>Keeps the sweeper off deliveries that are committed and not yet handed over, until disposed.</summary>
    internal IDisposable Reserve(IReadOnlyCollection<long> deliveryIds)
    {
        foreach (var id in deliveryIds)
            _underWay.TryAdd(id, 0);
        return new Reservation(_underWay, deliveryIds);
    }

    /// <summary>
    /// Makes one job for each delivery; those that come while others' are being made are made with the next of them. Never throws: what
    /// fails here is swept up later.
    /// </summary>
    /// <param name="deliveryIds">The deliveries.</param>
    /// <param name="queue">First attempts of a round, or retries.</param>
    public void HandOver(IEnumerable<long> deliveryIds, string queue = QueueNames.First)
    {
        foreach (var id in deliveryIds)
        {
            _waitingIds.TryAdd(id, 0);
            _waiting.Enqueue((id, queue));
        }
        if (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _making, 1, 0) == 0)
            MakeAll();
    }

    private void MakeAll()
    {
        var group = new List<(long Id, string Queue)>();
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

    private void MakeRest(List<(long Id, string Queue)> group)
    {
        MakeGroup(group);
        MakeAll();
    }

    private bool Take(List<(long Id, string Queue)> group)
    {
        group.Clear();
        while (group.Count < GroupSize && _waiting.TryDequeue(out var next))
            group.Add(next);
        return group.Count > 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The rows are committed; the sweeper takes over whatever went wrong.")]
    private void MakeGroup(List<(long Id, string Queue)> group)
    {
        try
        {
            if (storage.HasFeature(JobStorageFeatures.Transaction.CreateJob))
                MakeTogether(group);
            else
                group.ForEach(next => Create(next.Id, next.Queue));
        }
        catch (Exception e)
        {
            LogHandOverFailed(e);
        }
        foreach (var (id, _) in group)
            _waitingIds.TryRemove(id, out _);
    }

    /// <summary>What Hangfire's own client does with a job, in one transaction for all: to wait for the storage is most of the work.</summary>
    private void MakeTogether(List<(long Id, string Queue)> group)
    {
        using var connection = storage.GetConnection();
        using var transaction = (JobStorageTransaction)connection.CreateWriteTransaction();
        var now = DateTime.UtcNow;
        foreach (var (id, queue) in group)
        {
            using var trace = traces.HandOver(id);
            var job = DeliveryJob.For(id);
            var parameters = new Dictionary<string, string>();
            if (trace is not null)
                parameters[DeliveryTracing.HandOverParameter] = SerializationHelper.Serialize(trace.Id);
            var jobId = transaction.CreateJob(job, parameters, now, UnqueuedExpiry);
            _states.ApplyState(new ApplyStateContext(
                storage, connection, transaction, new BackgroundJob(jobId, job, now, parameters), new EnqueuedState(queue), oldStateName: null));
        }
        transaction.Commit();
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

    private void Create(long deliveryId, string queue)
    {
        using var trace = traces.HandOver(deliveryId);
        var (job, state) = (DeliveryJob.For(deliveryId), new EnqueuedState(queue));
        if (trace is not null && jobs is IBackgroundJobClientV2 client)
            client.Create(job, state, new Dictionary<string, object> { [DeliveryTracing.HandOverParameter] = trace.Id! });
        else
            jobs.Create(job, state);
    }

    private bool PutBack(long deliveryId, string jobId)
    {
        using var trace = traces.HandOver(deliveryId);
        if (trace is not null)
        {
            using var connection = storage.GetConnection();
            connection.SetJobParameter(jobId, DeliveryTracing.HandOverParameter, SerializationHelper.Serialize(trace.Id));
        }
        return jobs.ChangeState(jobId, new EnqueuedState(QueueNames.First) { Reason = "Redelivered" }, FailedState.StateName);
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
                jobs.ChangeState(jobId, new WithdrawnState { Reason = "Delivered afterwards by another job" }, FailedState.StateName);
        }
        catch (Exception e)
        {
            LogForgetFailed(e);
        }
    }

    /// <summary>Does the job away that would have carried the next attempt of a cancelled delivery. Never throws: run, it would find nothing to do.</summary>
    internal void Withdraw(string jobId, string reason) =>
        Try(() => jobs.ChangeState(jobId, new WithdrawnState { Reason = reason }, ScheduledState.StateName));

    /// <summary>The deliveries that some job is going to run, and those being handed over right now.</summary>
    public HashSet<long> Live()
    {
        using var connection = storage.GetConnection();
        var live = connection.GetAllItemsFromSet(QueueNames.LiveJobs)
            .Select(QueueNames.DeliveryOf).OfType<long>().ToHashSet();
        live.UnionWith(_underWay.Keys);
        live.UnionWith(_waitingIds.Keys);
        return live;
    }

    private sealed class Reservation(ConcurrentDictionary<long, byte> underWay, IReadOnlyCollection<long> ids) : IDisposable
    {
        public void Dispose()
        {
            foreach (var id in ids)
                underWay.TryRemove(id, out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Failed jobs whose deliveries begin a new round could not be done away with.")]
    private partial void LogForgetFailed(Exception e);

    [LoggerMessage(LogLevel.Error, "Handing deliveries to Hangfire failed; the sweeper will hand them over.")]
    private partial void LogHandOverFailed(Exception e);
}

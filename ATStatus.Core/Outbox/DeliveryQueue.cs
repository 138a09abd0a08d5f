using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Telemetry;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Outbox;

/// <summary>
/// Hands committed deliveries to Hangfire. Its failure loses nothing: the rows are committed, and the
/// <see cref="Sweeper"/> hands over what has no live job.
/// </summary>
public sealed partial class DeliveryQueue(IBackgroundJobClient jobs, JobStorage storage, DeliveryTraces traces, ILogger<DeliveryQueue> logger)
{
    private readonly ConcurrentDictionary<long, byte> _underWay = new();

    /// <summary>Keeps the sweeper off deliveries that are committed and not yet handed over, until disposed.</summary>
    internal IDisposable Reserve(IReadOnlyCollection<long> deliveryIds)
    {
        foreach (var id in deliveryIds)
            _underWay.TryAdd(id, 0);
        return new Reservation(_underWay, deliveryIds);
    }

    /// <summary>Makes one job for each delivery. Never throws: what fails here is swept up later.</summary>
    /// <param name="deliveryIds">The deliveries.</param>
    /// <param name="queue">First attempts of a round, or retries.</param>
    public void HandOver(IEnumerable<long> deliveryIds, string queue = DeliveryQueues.First) => Try(() =>
    {
        foreach (var id in deliveryIds)
        {
            using var trace = traces.HandOver(id);
            Create(id, queue, trace);
        }
        return true;
    });

    /// <summary>
    /// Hands over a delivery that begins a new round: its failed job is put back into the queue, so that the dashboard
    /// does not go on showing it as failed; where there is none, a new job is made.
    /// </summary>
    public void HandOverAgain(long deliveryId, string? lastJobId)
    {
        using var trace = traces.HandOver(deliveryId);
        if (lastJobId is null || !Try(() => PutBack(lastJobId, trace)))
            Try(() => Create(deliveryId, DeliveryQueues.First, trace));
    }

    private bool Create(long deliveryId, string queue, Activity? trace)
    {
        var job = Job.FromExpression<DeliveryJob>(job => job.RunAsync(deliveryId));
        var state = new EnqueuedState(queue);
        if (trace is not null && jobs is IBackgroundJobClientV2 client)
            client.Create(job, state, new Dictionary<string, object> { [DeliveryTraces.HandOverParameter] = trace.Id! });
        else
            jobs.Create(job, state);
        return true;
    }

    private bool PutBack(string jobId, Activity? trace)
    {
        if (trace is not null)
        {
            using var connection = storage.GetConnection();
            connection.SetJobParameter(jobId, DeliveryTraces.HandOverParameter, SerializationHelper.Serialize(trace.Id));
        }
        return jobs.ChangeState(jobId, new EnqueuedState(DeliveryQueues.First) { Reason = "Redelivered" }, FailedState.StateName);
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

    /// <summary>The deliveries that some job is going to run, and those being handed over right now.</summary>
    public HashSet<long> Live()
    {
        using var connection = storage.GetConnection();
        var live = connection.GetAllItemsFromSet(DeliveryQueues.LiveJobs)
            .Select(DeliveryQueues.DeliveryOf).OfType<long>().ToHashSet();
        live.UnionWith(_underWay.Keys);
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

    [LoggerMessage(LogLevel.Error, "Handing deliveries to Hangfire failed; the sweeper will hand them over.")]
    private partial void LogHandOverFailed(Exception e);
}

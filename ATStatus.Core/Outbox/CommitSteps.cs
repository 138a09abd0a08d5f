using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Outbox;

/// <summary>What a unit of work has committed.</summary>
/// <param name="Events">Its events, in their order.</param>
/// <param name="Deliveries">Their deliveries, in the order of the events.</param>
/// <param name="SaveId">The number that its events share; null for a single one.</param>
/// <param name="Sequence">Which events follow one another.</param>
internal sealed record CommittedWork(
    IReadOnlyList<StoredEvent> Events, IReadOnlyList<Delivery> Deliveries, long? SaveId, EventSequence Sequence, SaveTrace Trace)
{
    /// <summary>The deliveries that their events' jobs will send, by event.</summary>
    public Dictionary<long, List<Delivery>> ForJobs { get; } =
        Deliveries.Where(d => d.IsForEventJob).GroupBy(d => d.EventId).ToDictionary(g => g.Key, g => g.ToList());
}

/// <summary>What follows a commit, in one list and in its order. Each step takes no time and does not fail: what is committed stays, whatever comes of it.</summary>
public sealed class CommitSteps
{
    private readonly JobHandOver _jobs;
    private readonly Action<CommittedWork>[] _steps;

    public CommitSteps(
        JobHandOver jobs, DeliveryMetrics metrics, RecentEvents recent, SavedEvents saved, DeliveryDispatcher dispatcher, DeliveryFeed feed, ChangeFeed changes)
    {
        _jobs = jobs;
        _steps =
        [
            work => metrics.Saved(work.Events, work.Deliveries),
            work => work.Trace.Committed(work.Events, work.Deliveries),
            // What a job needs is remembered before there is a job.
            work => Remember(work, recent),
            work => Remember(work, saved),
            work => work.Sequence.SaveId = work.SaveId,
            work => dispatcher.Commit(work.Deliveries, work.SaveId),
            // Pages ask again when all of it is so.
            work => Signal(work, feed),
            _ => changes.Signal(),
        ];
    }

    /// <summary>Commits, and takes the steps. Until the last of them the sweeper takes nothing of this work for lost.</summary>
    internal async Task RunAsync(CommittedWork work, Func<Task> commit)
    {
        using var events = _jobs.ReserveEvents(work.ForJobs.Keys);
        using var own = _jobs.Reserve([.. work.Deliveries.Where(d => d is { State: DeliveryState.Pending, Hold: null, IsOwn: true }).Select(d => d.Id)]);
        await commit();
        foreach (var step in _steps)
            step(work);
    }

    private static void Remember(CommittedWork work, RecentEvents recent)
    {
        var sentNow = work.Deliveries.Where(d => d.State == DeliveryState.Pending).Select(d => d.EventId).ToHashSet();
        foreach (var storedEvent in work.Events.Where(e => sentNow.Contains(e.Id)))
            recent.Add(storedEvent);
    }

    private static void Remember(CommittedWork work, SavedEvents saved)
    {
        foreach (var (eventId, first) in work.ForJobs)
            saved.Add(eventId, first);
    }

    private static void Signal(CommittedWork work, DeliveryFeed feed)
    {
        if (work.Deliveries.Count > 0)
            feed.Signal();
    }
}

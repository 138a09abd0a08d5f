namespace ATStatus.Core.Dispatch;

/// <summary>
/// The events of a save follow one another: the job of the next is made when that of the one before has ended. In memory only: what a crash leaves is
/// the sweeper's, which goes by the rows.
/// </summary>
internal sealed class EventChains(JobHandOver jobs)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Chain> _chains = [];
    private readonly Dictionary<long, long> _saveOf = [];

    private sealed class Chain
    {
        public long Running { get; set; }

        public Queue<long> Next { get; } = new();
    }

    /// <summary>Events that have something to send are committed.</summary>
    /// <param name="saveId">The number that they share; null for a single one.</param>
    /// <param name="eventIds">The events, in their order.</param>
    public void Commit(long? saveId, IReadOnlyList<long> eventIds)
    {
        if (eventIds.Count == 0)
            return;
        if (saveId is not { } save)
        {
            foreach (var id in eventIds)
                jobs.HandOverEvent(id);
            return;
        }
        long? first = null;
        lock (_lock)
        {
            var isNew = !_chains.TryGetValue(save, out var chain);
            if (isNew)
                _chains[save] = chain = new Chain();
            foreach (var id in eventIds)
            {
                _saveOf[id] = save;
                chain!.Next.Enqueue(id);
            }
            if (isNew)
                first = chain!.Running = chain.Next.Dequeue();
        }
        if (first is { } begin)
            jobs.HandOverEvent(begin);
    }

    public void Ended(long eventId)
    {
        long next;
        lock (_lock)
        {
            if (!_saveOf.Remove(eventId, out var save) || !_chains.TryGetValue(save, out var chain) || chain.Running != eventId)
                return;
            if (!chain.Next.TryDequeue(out next))
            {
                _chains.Remove(save);
                return;
            }
            chain.Running = next;
        }
        jobs.HandOverEvent(next);
    }

    /// <summary>The sweeper makes the job of an event whose turn it is by the rows: what was before it in its save has nothing left to send.</summary>
    public void Restart(long eventId)
    {
        lock (_lock)
        {
            if (_saveOf.TryGetValue(eventId, out var save) && _chains.TryGetValue(save, out var chain) && chain.Running != eventId)
            {
                _saveOf.Remove(chain.Running);
                while (chain.Next.TryDequeue(out var next))
                {
                    chain.Running = next;
                    if (next == eventId)
                        break;
                    _saveOf.Remove(next);
                }
            }
        }
        jobs.HandOverEvent(eventId);
    }
}

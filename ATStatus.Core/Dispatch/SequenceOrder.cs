namespace ATStatus.Core.Dispatch;

/// <summary>
/// Which deliveries of one notification wait for an earlier one of their <see cref="EventSequence"/>. In memory only: after a crash they are held
/// rows like others, and their order is not kept. Guarded by its lane.
/// </summary>
internal sealed class SequenceOrder
{
    /// <summary>With so many deliveries waiting no further sequence is taken in: a long queue must not fill memory.</summary>
    private const int Most = 10_000;

    private readonly Dictionary<EventSequence, LinkedList<long>> _sequences = [];
    private readonly Dictionary<long, (EventSequence Sequence, LinkedListNode<long> Node)> _members = [];
    private readonly Dictionary<long, long> _begun = [];

    /// <summary>Whether something of a sequence has not had its first attempt yet.</summary>
    public bool IsLive(EventSequence sequence) => _sequences.ContainsKey(sequence);

    /// <summary>Puts a delivery behind the others of its sequence.</summary>
    public void Add(EventSequence sequence, long deliveryId)
    {
        if (!_sequences.TryGetValue(sequence, out var members))
        {
            if (_members.Count >= Most)
                return;
            _sequences[sequence] = members = new LinkedList<long>();
        }
        _members[deliveryId] = (sequence, members.AddLast(deliveryId));
    }

    /// <summary>Whether a delivery must not begin yet.</summary>
    public bool Waits(long deliveryId) => _members.TryGetValue(deliveryId, out var member) && member.Node.Previous is not null;

    /// <summary>A first attempt has begun.</summary>
    public void Begin(long deliveryId, long timestamp)
    {
        if (_members.ContainsKey(deliveryId))
            _begun.TryAdd(deliveryId, timestamp);
    }

    /// <summary>Nothing waits for this delivery any more.</summary>
    public void Pass(long deliveryId)
    {
        _begun.Remove(deliveryId);
        if (!_members.Remove(deliveryId, out var member))
            return;
        var members = member.Node.List!;
        members.Remove(member.Node);
        if (members.Count == 0)
            _sequences.Remove(member.Sequence);
    }

    /// <summary>Nothing waits any more for what has been under way for long.</summary>
    public void PassSlow(TimeProvider time)
    {
        if (_begun.Count == 0)
            return;
        var now = time.GetTimestamp();
        foreach (var id in _begun.Where(b => time.GetElapsedTime(b.Value, now) >= EventSequence.Patience).Select(b => b.Key).ToList())
            Pass(id);
    }

    /// <summary>
    /// Nothing waits any more for what is neither under way nor at hand although something behind it is at hand: rows are read in their order,
    /// so it has been settled in another way.
    /// </summary>
    public void PassMissing(Func<long, bool> isOut, IReadOnlySet<long> atHand)
    {
        foreach (var members in _sequences.Values.Where(m => m.Any(atHand.Contains)).ToList())
        {
            while (members.First is { } first && !isOut(first.Value) && !atHand.Contains(first.Value))
                Pass(first.Value);
        }
    }

    /// <summary>No order is kept any more.</summary>
    public void Clear()
    {
        _sequences.Clear();
        _members.Clear();
        _begun.Clear();
    }
}

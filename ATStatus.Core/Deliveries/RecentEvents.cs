using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Events;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// The events that were sent last: one event goes to many notifications, and its bytes never change. Used by one writer at a time.
/// </summary>
internal sealed class RecentEvents
{
    /// <summary>The most bytes of payload that are kept.</summary>
    private const int Capacity = 4 * 1024 * 1024;

    private readonly Dictionary<long, StoredEvent> _events = [];
    private readonly Queue<long> _order = new();
    private int _bytes;

    public bool TryGet(long id, [NotNullWhen(true)] out StoredEvent? happened) => _events.TryGetValue(id, out happened);

    public void Add(StoredEvent happened)
    {
        if (!_events.TryAdd(happened.Id, happened))
            return;
        // For the pages that tell who was not told; sending needs it not, and it can be longer than the payload.
        happened.LeftOut = null;
        _order.Enqueue(happened.Id);
        _bytes += happened.Payload.Length;
        while (_bytes > Capacity && _events.Remove(_order.Dequeue(), out var oldest))
            _bytes -= oldest.Payload.Length;
    }
}

using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// The events that were committed or sent last: one event goes to many notifications, mostly at once, and its bytes never change. Whoever
/// sends one that was saved here a moment ago reads it from nowhere else.
/// </summary>
public sealed class RecentEvents
{
    /// <summary>The most bytes of payload that are kept.</summary>
    private const int Capacity = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, StoredEvent> _events = [];
    private readonly Queue<long> _order = new();
    private int _bytes;

    internal bool TryGet(long id, [NotNullWhen(true)] out StoredEvent? storedEvent)
    {
        lock (_lock)
            return _events.TryGetValue(id, out storedEvent);
    }

    internal void Add(StoredEvent storedEvent)
    {
        lock (_lock)
        {
            if (_events.ContainsKey(storedEvent.Id))
                return;
            // Who was left out is for the pages that tell it; sending needs it not, and it can be longer than the payload.
            _events[storedEvent.Id] = new StoredEvent
            {
                Id = storedEvent.Id,
                Type = storedEvent.Type,
                OccurredAt = storedEvent.OccurredAt,
                StatusPageId = storedEvent.StatusPageId,
                SubjectId = storedEvent.SubjectId,
                Title = storedEvent.Title,
                ComponentIds = storedEvent.ComponentIds,
                Payload = storedEvent.Payload,
                IsTest = storedEvent.IsTest,
                SaveId = storedEvent.SaveId,
            };
            _order.Enqueue(storedEvent.Id);
            _bytes += storedEvent.Payload.Length;
            while (_bytes > Capacity && _events.Remove(_order.Dequeue(), out var oldest))
                _bytes -= oldest.Payload.Length;
        }
    }
}

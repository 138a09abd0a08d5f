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

    internal bool TryGet(long id, [NotNullWhen(true)] out StoredEvent? happened)
    {
        lock (_lock)
            return _events.TryGetValue(id, out happened);
    }

    /// <summary>Keeps an event that is committed.</summary>
    internal void Add(StoredEvent happened)
    {
        lock (_lock)
        {
            if (_events.ContainsKey(happened.Id))
                return;
            // Who was left out is for the pages that tell it; sending needs it not, and it can be longer than the payload.
            _events[happened.Id] = new StoredEvent
            {
                Id = happened.Id,
                Type = happened.Type,
                OccurredAt = happened.OccurredAt,
                StatusPageId = happened.StatusPageId,
                SubjectId = happened.SubjectId,
                Title = happened.Title,
                Payload = happened.Payload,
                IsTest = happened.IsTest,
                SaveId = happened.SaveId,
            };
            _order.Enqueue(happened.Id);
            _bytes += happened.Payload.Length;
            while (_bytes > Capacity && _events.Remove(_order.Dequeue(), out var oldest))
                _bytes -= oldest.Payload.Length;
        }
    }
}

using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// The first attempts of events that were saved here a moment ago: an event's job takes them from here and need not read them. What somebody else has
/// written since fails the claim's statement, which asks for the row's version; then the row is read.
/// </summary>
public sealed class SavedEvents(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>How many deliveries are kept, the last ones: a long queue must not fill memory.</summary>
    private const int Most = 20_000;

    /// <summary>How many rows are read at a time where they are not known from their saving.</summary>
    private const int BatchSize = 5_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, IReadOnlyList<Delivery>> _rows = [];
    private readonly Queue<long> _order = new();
    private int _count;

    /// <summary>Keeps an event's; to be called after the commit and before its job is made.</summary>
    internal void Add(long eventId, IReadOnlyList<Delivery> first)
    {
        lock (_lock)
        {
            if (!_rows.TryAdd(eventId, first))
                return;
            _order.Enqueue(eventId);
            _count += first.Count;
            while ((_count > Most || _order.Count > Most) && _order.TryDequeue(out var oldest))
                _count -= _rows.Remove(oldest, out var rows) ? rows.Count : 0;
        }
    }

    /// <summary>Takes an event's, in the order in which they were saved; each is here once. Null where they are not known.</summary>
    internal IReadOnlyList<Delivery>? Take(long eventId)
    {
        lock (_lock)
        {
            if (!_rows.Remove(eventId, out var rows))
                return null;
            _count -= rows.Count;
            return rows;
        }
    }

    /// <summary>What is in the database: what another instance saved, or an earlier run has left. Behind a number, in their order, some thousands at a time.</summary>
    internal async Task<List<Delivery>> ReadAsync(long eventId, long lastId)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Deliveries.AsNoTracking()
            .Where(Delivery.ForEventJob).Where(d => d.EventId == eventId && d.Id > lastId)
            .OrderBy(d => d.Id).Take(BatchSize).ToListAsync();
    }
}

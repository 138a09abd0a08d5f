using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Deliveries as they were saved here a moment ago: a claim takes the row from here and needs not read it. What somebody else has
/// written since fails the claim's statement, which asks for the row's version; then it is read.
/// </summary>
public sealed class SavedDeliveries
{
    /// <summary>How many are kept, the last ones: a long queue must not fill memory.</summary>
    private const int Most = 4_096;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Delivery> _rows = [];
    private readonly Queue<long> _order = new();

    /// <summary>Keeps those that will be sent; to be told after the commit and before they are handed over.</summary>
    internal void Add(IEnumerable<Delivery> saved)
    {
        lock (_lock)
        {
            foreach (var delivery in saved)
            {
                _rows[delivery.Id] = delivery;
                _order.Enqueue(delivery.Id);
            }
            while (_order.Count > Most)
                _rows.Remove(_order.Dequeue());
        }
    }

    /// <summary>Takes one; each is here once.</summary>
    internal bool TryTake(long id, [NotNullWhen(true)] out Delivery? delivery)
    {
        lock (_lock)
            return _rows.Remove(id, out delivery);
    }
}

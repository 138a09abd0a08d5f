using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>How many deliveries there are of something.</summary>
/// <param name="Count">So many at least.</param>
/// <param name="IsMore">Not counted to the end: there may be more.</param>
public readonly record struct DeliveryCount(int Count, bool IsMore);

/// <summary>How many deliveries match a filter in each state, whatever state the filter itself asks for.</summary>
public sealed record DeliveryCounts(IReadOnlyDictionary<DeliveryState, DeliveryCount> ByState)
{
    public DeliveryCount this[DeliveryState state] => ByState.GetValueOrDefault(state);

    public DeliveryCount All => new(ByState.Values.Sum(c => c.Count), ByState.Values.Any(c => c.IsMore));
}

/// <summary>Counts that are being gathered.</summary>
internal sealed class CountsSoFar
{
    private readonly Dictionary<DeliveryState, int> _counts = [];
    private readonly HashSet<DeliveryState> _stopped = [];

    public int Sum => _counts.Values.Sum();

    public async Task AddAsync(IQueryable<Delivery> rows, CancellationToken cancellationToken)
    {
        var found = await rows.GroupBy(d => d.State).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        foreach (var state in found)
            _counts[state.Key] = _counts.GetValueOrDefault(state.Key) + state.Count;
    }

    public void AddDelivered(int count, bool isMore)
    {
        _counts[DeliveryState.Delivered] = count;
        if (isMore)
            _stopped.Add(DeliveryState.Delivered);
    }

    /// <summary>Not all of a state, or of any, were looked at.</summary>
    public void Stop(DeliveryState? state) => _stopped.UnionWith(state is { } one ? [one] : Enum.GetValues<DeliveryState>());

    public DeliveryCounts Result(int limit) => new(Enum.GetValues<DeliveryState>().ToDictionary(
        state => state,
        state => new DeliveryCount(
            Math.Min(limit, _counts.GetValueOrDefault(state)), _stopped.Contains(state) || _counts.GetValueOrDefault(state) > limit)));
}

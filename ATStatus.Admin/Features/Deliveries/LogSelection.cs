using ATStatus.Core.Recovery;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>Deliveries that a person has chosen; they stay chosen while the log is paged, filtered and read.</summary>
public sealed class LogSelection
{
    private readonly HashSet<long> _ids = [];
    private long? _last;

    /// <summary>How many.</summary>
    public int Count => _ids.Count;

    /// <summary>Which.</summary>
    public IReadOnlyCollection<long> Ids => _ids;

    /// <summary>As many as may be chosen at once are.</summary>
    public bool IsFull => _ids.Count >= BulkRedelivery.Limit;

    public bool Contains(long id) => _ids.Contains(id);

    /// <summary>Chooses one, or lets it go.</summary>
    /// <param name="id">Which.</param>
    /// <param name="shown">The numbers on the page, in their order.</param>
    /// <param name="upToLast">Do the same with all between it and the one before (the Shift key).</param>
    public void Toggle(long id, IReadOnlyList<long> shown, bool upToLast)
    {
        var on = !_ids.Contains(id);
        var (here, there) = (IndexOf(shown, id), upToLast && _last is { } last ? IndexOf(shown, last) : -1);
        if (here < 0 || there < 0)
            Set([id], on);
        else
            Set(shown.Skip(Math.Min(here, there)).Take(Math.Abs(here - there) + 1), on);
        _last = id;
    }

    /// <summary>Chooses these as far as there is room, or lets them go.</summary>
    public void Set(IEnumerable<long> ids, bool on)
    {
        foreach (var id in ids)
        {
            if (!on)
                _ids.Remove(id);
            else if (!IsFull)
                _ids.Add(id);
        }
    }

    public void Clear()
    {
        _ids.Clear();
        _last = null;
    }

    private static int IndexOf(IReadOnlyList<long> shown, long id)
    {
        for (var i = 0; i < shown.Count; i++)
        {
            if (shown[i] == id)
                return i;
        }
        return -1;
    }
}

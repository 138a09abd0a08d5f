namespace ATStatus.Admin.Features.Lists;

/// <summary>Rows of a list that a person has chosen, by their keys; they stay chosen while the list is paged, filtered and read again.</summary>
/// <param name="limit">As many as may be chosen at once.</param>
/// <typeparam name="TKey">A row's key.</typeparam>
public sealed class Selection<TKey>(int limit = int.MaxValue)
    where TKey : struct, IEquatable<TKey>
{
    private readonly HashSet<TKey> _keys = [];
    private TKey? _last;

    public int Count => _keys.Count;

    public IReadOnlyCollection<TKey> Keys => _keys;

    /// <summary>As many as may be chosen at once are.</summary>
    public bool IsFull => _keys.Count >= limit;

    public bool Contains(TKey key) => _keys.Contains(key);

    /// <summary>Chooses one, or lets it go.</summary>
    /// <param name="key">Which.</param>
    /// <param name="shown">The keys on the page, in their order.</param>
    /// <param name="upToLast">Do the same with all between it and the one before (the Shift key).</param>
    public void Toggle(TKey key, IReadOnlyList<TKey> shown, bool upToLast)
    {
        var on = !_keys.Contains(key);
        var (here, there) = (IndexOf(shown, key), upToLast && _last is { } last ? IndexOf(shown, last) : -1);
        if (here < 0 || there < 0)
            Set([key], on);
        else
            Set(shown.Skip(Math.Min(here, there)).Take(Math.Abs(here - there) + 1), on);
        _last = key;
    }

    /// <summary>Chooses these as far as there is room, or lets them go.</summary>
    public void Set(IEnumerable<TKey> keys, bool on)
    {
        foreach (var key in keys)
        {
            if (!on)
                _keys.Remove(key);
            else if (!IsFull)
                _keys.Add(key);
        }
    }

    /// <summary>Lets go of what is not there any more.</summary>
    public void KeepOnly(IEnumerable<TKey> there) => _keys.IntersectWith(there);

    public void Clear()
    {
        _keys.Clear();
        _last = null;
    }

    private static int IndexOf(IReadOnlyList<TKey> shown, TKey key)
    {
        for (var i = 0; i < shown.Count; i++)
        {
            if (shown[i].Equals(key))
                return i;
        }
        return -1;
    }
}

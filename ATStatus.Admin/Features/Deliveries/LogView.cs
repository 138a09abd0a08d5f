using ATStatus.Core.DeliveryLog;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// The window of the log that a page holds: some rows that follow each other, however long the log is. It grows at the end that is
/// read on at and is cut at the other. Called on the page's thread; while it waits for the log, another call may come, and what is
/// then out of date is dropped.
/// </summary>
internal sealed class LogView(DeliveryQueries queries, TimeProvider time)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 50;

    /// <summary>Rows of the window at most.</summary>
    public const int MaxRows = 3 * PageSize;

    /// <summary>New deliveries are counted so far.</summary>
    public const int MaxNew = 100;

    private List<DeliveryRow> _rows = [];
    private int _version;

    /// <summary>Another part is being loaded: what would change the one that is shown can wait for it.</summary>
    private int _loading;

    /// <summary>How many have come automatically and were not yet announced.</summary>
    private int _arrived;

    /// <summary>The newest delivery of all when the window was last the newest.</summary>
    private long _seen;

    /// <summary>What is shown.</summary>
    public DeliveryLogQuery Query { get; private set; } = new();

    /// <summary>The rows, newest first.</summary>
    public IReadOnlyList<DeliveryRow> Rows => _rows;

    /// <summary>Where the log goes on towards older ones: the last row, or where a search has stopped.</summary>
    public long OlderFrom { get; private set; }

    /// <summary>The same towards newer ones.</summary>
    public long NewerFrom { get; private set; }

    /// <summary>There are newer ones that match than the window's.</summary>
    public bool HasNewer { get; private set; }

    /// <summary>There are, or may be, older ones.</summary>
    public bool HasOlder { get; private set; }

    /// <summary>The log is being searched for more, because few match.</summary>
    public bool IsSearching { get; private set; }

    /// <summary>How many that match have come since the window stands still.</summary>
    public int NewCount { get; private set; }

    /// <summary>How many match in each state; null until known.</summary>
    public DeliveryCounts? Counts { get; private set; }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private DeliveryFilter Filter => Query.FilterAt(Now);

    /// <summary>Shows another part of the log.</summary>
    /// <param name="query">Which.</param>
    /// <param name="changed">Called when there is something to show before it returns.</param>
    public async Task LoadAsync(DeliveryLogQuery query, Action changed)
    {
        var version = ++_version;
        var filter = query.FilterAt(Now);
        long seen;
        DeliveryPage page;
        _loading++;
        try
        {
            seen = await queries.NewestAsync();
            page = await queries.PageAsync(filter, query.Before, query.After, PageSize);
        }
        finally
        {
            _loading--;
        }
        if (version != _version)
            return;
        var isUp = query.After is not null;
        Counts = query.First() == Query.First() ? Counts : null;
        (Query, _rows, _seen, NewCount) = (query, [.. page.Rows], seen, 0);
        (HasNewer, HasOlder) = (page.HasNewer, page.HasOlder);
        NewerFrom = (isUp ? page.SearchedTo : null) ?? FirstOr(query.After ?? query.Before - 1 ?? 0);
        OlderFrom = (isUp ? null : page.SearchedTo) ?? LastOr(query.Before ?? query.After + 1 ?? 0);
        await FillAsync(isUp, page.SearchedTo is not null, version, changed);
    }

    /// <summary>A search that stopped short goes on until the page is full or the log's end is reached.</summary>
    private async Task FillAsync(bool isUp, bool stopped, int version, Action changed)
    {
        IsSearching = stopped && _rows.Count < PageSize;
        while (IsSearching)
        {
            changed();
            var page = await queries.PageAsync(Filter, isUp ? null : OlderFrom, isUp ? NewerFrom : null, PageSize - _rows.Count);
            if (version != _version)
                return;
            Add(page, isUp);
            IsSearching = page.SearchedTo is not null && _rows.Count < PageSize;
        }
    }

    /// <summary>Reads on at the older end. False when there is nothing there.</summary>
    public Task<bool> OlderAsync() => ReadOnAsync(isUp: false);

    /// <summary>Reads on at the newer end. False when there is nothing there.</summary>
    public Task<bool> NewerAsync() => ReadOnAsync(isUp: true);

    private async Task<bool> ReadOnAsync(bool isUp)
    {
        // A search that goes on reads from the same place.
        if (IsSearching || _loading > 0 || (isUp ? !HasNewer : !HasOlder))
            return false;
        var version = _version;
        var page = await queries.PageAsync(Filter, isUp ? null : OlderFrom, isUp ? NewerFrom : null, PageSize);
        if (version != _version)
            return false;
        _version++;
        Add(page, isUp);
        if (_rows.Count <= MaxRows)
            return true;
        if (isUp)
        {
            _rows.RemoveRange(MaxRows, _rows.Count - MaxRows);
            (HasOlder, OlderFrom) = (true, _rows[^1].Id);
        }
        else
        {
            _rows.RemoveRange(0, _rows.Count - MaxRows);
            (HasNewer, NewerFrom) = (true, _rows[0].Id);
        }
        return true;
    }

    private void Add(DeliveryPage page, bool isUp)
    {
        if (isUp)
        {
            _rows.InsertRange(0, page.Rows);
            HasNewer = page.HasNewer;
            NewerFrom = page.SearchedTo ?? FirstOr(NewerFrom);
        }
        else
        {
            _rows.AddRange(page.Rows);
            HasOlder = page.HasOlder;
            OlderFrom = page.SearchedTo ?? LastOr(OlderFrom);
        }
    }

    /// <summary>
    /// Asks again. A window that follows the log takes what is new in; one that stands still keeps its rows, shows how they stand now,
    /// and counts what is new.
    /// </summary>
    public async Task RefreshAsync(bool follow)
    {
        if (IsSearching || _loading > 0)
            return;
        if (follow && !HasNewer)
            await FollowAsync();
        else
            await StandStillAsync();
    }

    private async Task FollowAsync()
    {
        var version = _version;
        var seen = await queries.NewestAsync();
        var page = await queries.PageAsync(Filter, null, null, Math.Max(PageSize, _rows.Count));
        // Where few match, what lies beyond the place where the search has stopped stays as it was found, and is asked how it stands.
        var stop = page.SearchedTo;
        var kept = stop is null ? [] : await queries.RowsAsync([.. _rows.Where(r => r.Id < stop).Select(r => r.Id)]);
        if (version != _version)
            return;
        // Whoever is reading on at an end has asked from where that was before.
        _version++;
        var known = _rows.Select(r => r.Id).ToHashSet();
        _arrived += page.Rows.Count(r => r.Id > _seen && !known.Contains(r.Id));
        (_rows, _seen, NewCount, HasNewer) = ([.. page.Rows, .. kept], seen, 0, false);
        NewerFrom = FirstOr(seen);
        if (stop is null)
            (HasOlder, OlderFrom) = (page.HasOlder, LastOr(0));
        else if (stop <= OlderFrom)
            (HasOlder, OlderFrom) = (true, stop.Value);
    }

    private async Task StandStillAsync()
    {
        var version = _version;
        var rows = (await queries.RowsAsync([.. _rows.Select(r => r.Id)])).ToDictionary(r => r.Id);
        var count = HasNewer ? 0 : await queries.CountNewerAsync(Filter, _seen, MaxNew);
        if (version != _version)
            return;
        _rows = [.. _rows.Where(r => rows.ContainsKey(r.Id)).Select(r => rows[r.Id])];
        _arrived += Math.Max(0, count - NewCount);
        NewCount = count;
    }

    /// <summary>Counts what matches.</summary>
    public async Task CountAsync()
    {
        var query = Query.First();
        var counts = await queries.CountAsync(Filter);
        if (query == Query.First())
            Counts = counts;
    }

    /// <summary>How many have come since this was last asked.</summary>
    public int TakeArrived()
    {
        var arrived = _arrived;
        _arrived = 0;
        return arrived;
    }

    private long FirstOr(long otherwise) => _rows.Count > 0 ? _rows[0].Id : otherwise;

    private long LastOr(long otherwise) => _rows.Count > 0 ? _rows[^1].Id : otherwise;
}

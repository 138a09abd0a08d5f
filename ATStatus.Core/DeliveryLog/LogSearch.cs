using System.Linq.Expressions;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace ATStatus.Core.DeliveryLog;

/// <summary>How much of the log one question looks at. With a log of a million rows each answers within some ten milliseconds.</summary>
/// <param name="FirstLook">Rows looked at before it is asked where to stop: mostly a page is filled by then.</param>
/// <param name="Look">Rows looked at through an index that leads to them.</param>
/// <param name="CoverLook">Rows looked at in an index that holds all that is asked of them, which is much faster.</param>
/// <param name="CountLook">The same where they are only counted.</param>
/// <param name="TableLook">Rows looked at as they lie in the table, which is faster.</param>
/// <param name="TitleLook">Rows looked at where each one's title has to be read.</param>
/// <param name="Events">How many events a text may find for their deliveries to be gathered.</param>
/// <param name="Found">How many deliveries a text may find to be gathered.</param>
/// <param name="Count">How far rows are counted.</param>
internal sealed record LogLimits(
    int FirstLook = 4_000, int Look = 6_000, int CoverLook = 40_000, int CountLook = 10_000, int TableLook = 60_000, int TitleLook = 12_000, int Events = 1_000,
    int Found = 20_000, int Count = 100_000);

/// <summary>Keys of matching rows in the direction of the search.</summary>
/// <param name="Keys">The numbers, nearest first.</param>
/// <param name="StoppedAt">
/// Where the search stopped with less than was asked for: what lies beyond this number is not known. Null where enough was found, or
/// there is no more.
/// </param>
internal sealed record LogStretch(List<long> Keys, long? StoppedAt);

/// <summary>
/// One question about the log. Of the filter's parts the one that leaves the fewest rows chooses the index; the rows that it gives are
/// asked for the others. Where that may be many in vain, the search stops after a bounded number of rows and says where, and whoever
/// asked goes on from there.
/// </summary>
internal sealed partial class LogSearch
{
    private readonly AtStatusDbContext _db;
    private readonly DeliveryFilter _filter;
    private readonly LogLimits _limits;

    /// <summary>Everything a text has found, newest first; null where there is no text, or it found too much to gather.</summary>
    private long[]? _found;
    private LogText? _text;

    /// <summary>Titles of earlier versions are not all folded yet, so some are compared as they are.</summary>
    private bool _isUnfolded;

    /// <summary>Between these numbers, both excluded, lies all that was recorded in the time that is asked for.</summary>
    private long _above;
    private long _below = long.MaxValue;

    private LogSearch(AtStatusDbContext db, DeliveryFilter filter, LogLimits limits) => (_db, _filter, _limits) = (db, filter, limits);

    /// <summary>Reads what the filter's text and times mean.</summary>
    public static async Task<LogSearch> BeginAsync(
        AtStatusDbContext db, DeliveryFilter filter, LogLimits limits, CancellationToken cancellationToken)
    {
        var search = new LogSearch(db, filter, limits) { _text = LogText.Parse(filter.Text) };
        await search.FindTimeAsync(cancellationToken);
        await search.FindTextAsync(cancellationToken);
        return search;
    }

    /// <summary>The newest matching rows with smaller numbers than <paramref name="before"/>, or of all.</summary>
    public Task<LogStretch> OlderAsync(long? before, int count, CancellationToken cancellationToken) =>
        WalkAsync(_above, Math.Min(before ?? long.MaxValue, _below), count, isUp: false, cancellationToken);

    /// <summary>The oldest matching rows with greater numbers than <paramref name="after"/>.</summary>
    public Task<LogStretch> NewerAsync(long after, int count, CancellationToken cancellationToken) =>
        WalkAsync(Math.Max(after, _above), _below, count, isUp: true, cancellationToken);

    /// <summary>
    /// Whether there may be matching rows newer, or older, than this one. Only the nearest are looked at: far away there is perhaps one,
    /// and whoever goes there finds out.
    /// </summary>
    public async Task<bool> AnyAsync(long beyond, bool isUp, CancellationToken cancellationToken)
    {
        var near = new LogSearch(_db, _filter, _limits with { Look = _limits.FirstLook, TableLook = _limits.FirstLook, TitleLook = _limits.FirstLook })
        {
            _found = _found,
            _text = _text,
            _isUnfolded = _isUnfolded,
            _above = _above,
            _below = _below,
        };
        var (keys, stoppedAt) = await (isUp ? near.NewerAsync(beyond, 1, cancellationToken) : near.OlderAsync(beyond, 1, cancellationToken));
        return keys.Count > 0 || stoppedAt is not null;
    }

    /// <summary>Between two numbers, both excluded, from one end on.</summary>
    private async Task<LogStretch> WalkAsync(long lower, long upper, int count, bool isUp, CancellationToken cancellationToken)
    {
        if (_found is not null)
            return await WalkFoundAsync(lower, upper, count, isUp, cancellationToken);
        var source = await SourceAsync(_filter.State, cancellationToken);
        var keys = new List<long>();
        var looks = source.IsBounded ? [Math.Min(_limits.FirstLook, source.Look), source.Look] : Array.Empty<int>();
        foreach (var look in looks)
        {
            var end = await Ordered(Within(source.Rows, lower, upper), isUp).Select(d => d.Id).Skip(look).Take(1).ToListAsync(cancellationToken);
            if (end.Count == 0)
                break;
            var stop = end[0];
            await TakeAsync(isUp ? lower : stop, isUp ? stop : upper);
            if (keys.Count == count)
                return new LogStretch(keys, null);
            (lower, upper) = isUp ? (stop - 1, upper) : (lower, stop + 1);
            if (look == source.Look)
                return new LogStretch(keys, isUp ? lower : upper);
        }
        await TakeAsync(lower, upper);
        return new LogStretch(keys, null);

        async Task TakeAsync(long above, long below) => keys.AddRange(
            await Ordered(Matching(Within(source.Rows, above, below)), isUp).Select(d => d.Id).Take(count - keys.Count).ToListAsync(cancellationToken));
    }

    /// <summary>Among what a text has found: a batch of it at a time, until there is enough.</summary>
    private async Task<LogStretch> WalkFoundAsync(long lower, long upper, int count, bool isUp, CancellationToken cancellationToken)
    {
        var keys = new List<long>();
        var ahead = (isUp ? _found!.Reverse() : _found!).Where(id => id > lower && id < upper);
        foreach (var batch in ahead.Chunk(Math.Max(count, _limits.FirstLook)))
        {
            keys.AddRange(await Ordered(Matching(Among(batch)), isUp).Select(d => d.Id).Take(count - keys.Count).ToListAsync(cancellationToken));
            if (keys.Count == count)
                break;
        }
        return new LogStretch(keys, null);
    }

    /// <summary>One condition on each side: SQLite would begin at the first of two and pass over what the second leaves out.</summary>
    private static IQueryable<Delivery> Within(IQueryable<Delivery> rows, long lower, long upper)
    {
        if (lower > 0)
            rows = rows.Where(d => d.Id > lower);
        return upper < long.MaxValue ? rows.Where(d => d.Id < upper) : rows;
    }

    private static IQueryable<Delivery> Ordered(IQueryable<Delivery> rows, bool isUp) =>
        isUp ? rows.OrderBy(d => d.Id) : rows.OrderByDescending(d => d.Id);

    /// <summary>Rows by their numbers: one parameter, whatever their number.</summary>
    private IQueryable<Delivery> Among(long[] ids) => _db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id));

    /// <summary>The filter, all of it but the state where <paramref name="anyState"/> is asked for.</summary>
    private IQueryable<Delivery> Matching(IQueryable<Delivery> rows, bool anyState = false)
    {
        foreach (var condition in _filter.Conditions())
        {
            if (!anyState || condition.Part != LogParts.State)
                rows = rows.Where(condition.Where);
        }
        return WithText(WithTime(rows));
    }

    /// <summary>The times exactly; the numbers that they lie between are whoever asks' to set.</summary>
    private IQueryable<Delivery> WithTime(IQueryable<Delivery> rows)
    {
        if (_filter.Since is { } since)
            rows = rows.Where(d => d.CreatedAt >= since);
        if (_filter.Until is { } until)
            rows = rows.Where(d => d.CreatedAt < until);
        return rows;
    }

    /// <summary>What a text has found needs no asking; what it would find in too many titles is asked row by row.</summary>
    private IQueryable<Delivery> WithText(IQueryable<Delivery> rows)
    {
        if (_text?.Title is null || _found is not null)
            return rows;
        var title = TitleMatches();
        return rows.Where(_text.RequestId is null ? title : Either(title, _text.HasRequestId(_db.Dialect)));
    }

    private Expression<Func<Delivery, bool>> TitleMatches()
    {
        var (folded, pattern) = (_text!.Folded, _text.TitlePattern());
        return _isUnfolded
            ? d => d.Event!.TitleFolded!.Contains(folded) || (d.Event.TitleFolded == null && EF.Functions.Like(d.Event.Title, pattern, "\\"))
            : d => d.Event!.TitleFolded!.Contains(folded);
    }

    private static Expression<Func<Delivery, bool>> Either(Expression<Func<Delivery, bool>> first, Expression<Func<Delivery, bool>> second)
    {
        var row = first.Parameters[0];
        var other = ReplacingExpressionVisitor.Replace(second.Parameters[0], row, second.Body);
        return Expression.Lambda<Func<Delivery, bool>>(Expression.OrElse(first.Body, other), row);
    }

    /// <summary>
    /// Numbers grow with time, so the time asked for lies between two numbers. A clock may be set back in between: what it
    /// went wrong by up to <see cref="ClockSlack"/> is still found, because every row is asked for its own time too.
    /// </summary>
    private async Task FindTimeAsync(CancellationToken cancellationToken)
    {
        var rows = LogIndex.Rows(_db, LogIndex.CreatedAt);
        if (_filter.Since is { } since && since - DateTime.UnixEpoch > ClockSlack)
        {
            since -= ClockSlack;
            _above = await rows.Where(d => d.CreatedAt < since).OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id)
                .Select(d => d.Id).FirstOrDefaultAsync(cancellationToken);
        }
        if (_filter.Until is { } until && DateTime.MaxValue - until > ClockSlack)
        {
            until += ClockSlack;
            _below = await rows.Where(d => d.CreatedAt >= until).OrderBy(d => d.CreatedAt).ThenBy(d => d.Id)
                .Select(d => (long?)d.Id).FirstOrDefaultAsync(cancellationToken) ?? long.MaxValue;
        }
    }

    /// <summary>How far a console's clock may have been set back without rows missing from a time that is asked for.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    private async Task FindTextAsync(CancellationToken cancellationToken)
    {
        if (_text is null)
            return;
        if (_text.Number is { } number)
        {
            _found = [number];
            return;
        }
        var (folded, pattern) = (_text.Folded, _text.TitlePattern());
        var events = await _db.Events.AsNoTracking().Where(e => e.TitleFolded!.Contains(folded)).OrderByDescending(e => e.Id)
            .Select(e => e.Id).Take(_limits.Events + 1).ToArrayAsync(cancellationToken);
        _isUnfolded = (await LogIndex.UnfoldedEvents(_db).OrderBy(e => e.Id).Select(e => e.Id).Take(1).ToListAsync(cancellationToken)).Count > 0;
        if (_isUnfolded)
        {
            // One that is filled in between the two questions is found by both.
            var others = await LogIndex.UnfoldedEvents(_db).Where(e => EF.Functions.Like(e.Title, pattern, "\\")).OrderByDescending(e => e.Id)
                .Select(e => e.Id).Take(_limits.Events + 1).ToArrayAsync(cancellationToken);
            events = [.. events.Union(others)];
        }
        if (events.Length > _limits.Events)
            return;
        var found = await _db.Deliveries.AsNoTracking().Where(d => EF.Parameter(events).Contains(d.EventId)).OrderBy(d => d.EventId).ThenBy(d => d.Id)
            .Select(d => d.Id).Take(_limits.Found + 1).ToListAsync(cancellationToken);
        if (_text.RequestId is not null)
            found.AddRange(await _db.Deliveries.AsNoTracking().Where(_text.HasRequestId(_db.Dialect)).OrderBy(d => d.RequestId).Select(d => d.Id).Take(_limits.Found + 1).ToListAsync(cancellationToken));
        if (found.Count <= _limits.Found)
            _found = [.. found.Distinct().OrderDescending()];
    }
}

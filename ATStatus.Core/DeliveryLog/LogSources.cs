using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>By which index the log is read, and how its rows are counted.</summary>
internal sealed partial class LogSearch
{
    /// <summary>The rows that one index gives, in the order of their numbers or few enough to be put into it.</summary>
    /// <param name="Look">How many of them one question may look at.</param>
    /// <param name="IsBounded">They may be many of which few match.</param>
    private sealed record Source(IQueryable<Delivery> Rows, int Look, bool IsBounded);

    private LogParts Asked(bool anyState = false) => _filter.Conditions().Aggregate(
        (_filter.Since is null && _filter.Until is null ? LogParts.None : LogParts.Time) | (_filter.Text is null ? LogParts.None : LogParts.Text),
        (asked, condition) => anyState && condition.Part == LogParts.State ? asked : asked | condition.Part);

    private bool IsAboutFailures => _filter.Failure is not null || _filter.Status is { AreFailures: true };

    /// <summary>The rows to ask, by the part of the filter that leaves the fewest.</summary>
    private async Task<Source> SourceAsync(DeliveryState? state, CancellationToken cancellationToken)
    {
        if (_filter.Failure is { } failure)
            return Of(LogIndex.Failing, rows => rows.Where(d => d.LastFailure == failure), LogParts.None);
        if (_filter.Status is { AreFailures: true })
            return Of(LogIndex.Failing, rows => rows, LogParts.None);
        if (_filter.IsTest == true)
            return Of(LogIndex.Tests, rows => rows, LogParts.Test);
        switch (state)
        {
            case DeliveryState.Failed or DeliveryState.Skipped:
                return Of(LogIndex.NotArrived, rows => rows.Where(d => d.State == state), LogParts.State);
            case DeliveryState.Pending or DeliveryState.Sending or DeliveryState.Retrying:
                // These are mostly few; a backlog of many lies at the newest end, where the table itself is soon through.
                var open = LogIndex.Rows(_db, LogIndex.State).Where(d => d.State == state);
                if (await InIndex(open).Take(_limits.Look + 1).CountAsync(cancellationToken) <= _limits.Look)
                    return new Source(open, _limits.Look, false);
                break;
        }
        if (_filter.NotificationId is { } receiver)
            return Of(LogIndex.Notification, rows => rows.Where(d => d.NotificationId == receiver), LogParts.Notification);
        // Nearly all are delivered: with anything else to ask, the table is read faster than through the index.
        return state == DeliveryState.Delivered && Asked(anyState: true) == LogParts.None
            ? Of(LogIndex.State, rows => rows.Where(d => d.State == state && d.DueAt == null), LogParts.State)
            : Of(LogIndex.None, rows => rows, LogParts.None);
    }

    private Source Of(string index, Func<IQueryable<Delivery>, IQueryable<Delivery>> choose, LogParts held)
    {
        var look = _text is not null ? _limits.TitleLook : index switch
        {
            LogIndex.None => _limits.TableLook,
            LogIndex.Failing or LogIndex.NotArrived or LogIndex.Tests => _limits.CoverLook,
            _ => _limits.Look,
        };
        return new Source(choose(LogIndex.Rows(_db, index)), look, (Asked() & ~held) != LogParts.None);
    }

    /// <summary>How many match in each state, whatever state the filter asks for; some only as far as was looked.</summary>
    public async Task<DeliveryCounts> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new CountsSoFar();
        if (_found is not null)
        {
            foreach (var batch in _found.Chunk(_limits.FirstLook))
                await counts.AddAsync(Matching(Among(batch), anyState: true), cancellationToken);
        }
        else if (IsAboutFailures && _text is null)
            await CountUpToAsync(counts, LogIndex.Rows(_db, LogIndex.Failing), null, _limits.CoverLook, cancellationToken);
        else if (_filter.IsTest == true && _text is null)
            await CountUpToAsync(counts, LogIndex.Rows(_db, LogIndex.Tests), null, _limits.CoverLook, cancellationToken);
        else if (_text is null)
        {
            var isAll = true;
            foreach (var state in (DeliveryState[])[DeliveryState.Failed, DeliveryState.Skipped])
                isAll &= await CountUpToAsync(counts, LogIndex.Rows(_db, LogIndex.NotArrived), state, _limits.CoverLook, cancellationToken);
            if (await CountOpenAsync(counts, cancellationToken) && isAll)
                await CountDeliveredAsync(counts, cancellationToken);
            else
                await CountNewestAsync(counts, DeliveryState.Delivered, cancellationToken);
        }
        else
            await CountNewestAsync(counts, null, cancellationToken);
        return counts.Result(_limits.Count);
    }

    /// <summary>
    /// In the order of <see cref="LogIndex.State"/>, which costs nothing. Whatever is counted up to a limit names one: which rows are left
    /// out would be the database's whim otherwise.
    /// </summary>
    private static IQueryable<Delivery> InIndex(IQueryable<Delivery> open) => open.OrderBy(d => d.State).ThenBy(d => d.DueAt).ThenBy(d => d.Id);

    /// <summary>Those that are under way. False where they are too many to be looked at.</summary>
    private async Task<bool> CountOpenAsync(CountsSoFar counts, CancellationToken cancellationToken)
    {
        var open = LogIndex.Rows(_db, LogIndex.State)
            .Where(d => d.State == DeliveryState.Pending || d.State == DeliveryState.Sending || d.State == DeliveryState.Retrying);
        // Where nothing else is asked, the index answers alone.
        var look = Asked(anyState: true) == LogParts.None ? _limits.CoverLook : _limits.Look;
        var isAll = await InIndex(open).Take(look + 1).CountAsync(cancellationToken) <= look;
        if (!isAll)
        {
            foreach (var state in (DeliveryState[])[DeliveryState.Pending, DeliveryState.Sending, DeliveryState.Retrying])
                counts.Stop(state);
        }
        await counts.AddAsync(Matching(InIndex(open).Take(look), anyState: true), cancellationToken);
        return isAll;
    }

    /// <summary>
    /// Nearly all are delivered, so they are what is left of all when the others are counted: where an index counts all. Otherwise they
    /// are counted among the newest.
    /// </summary>
    private async Task CountDeliveredAsync(CountsSoFar counts, CancellationToken cancellationToken)
    {
        var all = (Asked(anyState: true) & ~LogParts.Test) switch
        {
            LogParts.None => _db.Deliveries.AsNoTracking().OrderBy(d => d.CreatedAt),
            LogParts.Notification => LogIndex.Rows(_db, LogIndex.Notification).Where(d => d.NotificationId == _filter.NotificationId).OrderBy(d => d.Id),
            LogParts.Time => WithTime(LogIndex.Rows(_db, LogIndex.CreatedAt)).OrderBy(d => d.CreatedAt),
            _ => null,
        };
        if (all is null)
        {
            await CountNewestAsync(counts, DeliveryState.Delivered, cancellationToken);
            return;
        }
        var others = counts.Sum;
        if (_filter.IsTest == false)
        {
            var tests = Within(LogIndex.Rows(_db, LogIndex.Tests), _above, _below);
            if (_filter.NotificationId is { } notification)
                tests = tests.Where(d => d.NotificationId == notification);
            others += await WithTime(tests).CountAsync(cancellationToken);
        }
        var limit = others + _limits.Count + 1;
        var counted = await all.Select(d => d.Id).Take(limit).CountAsync(cancellationToken);
        counts.AddDelivered(Math.Max(0, counted - others), counted == limit);
    }

    /// <summary>Among as many of the newest as one question may look at.</summary>
    private async Task CountNewestAsync(CountsSoFar counts, DeliveryState? state, CancellationToken cancellationToken)
    {
        var source = await SourceAsync(state, cancellationToken);
        await CountUpToAsync(counts, source.Rows, state, source.Look == _limits.Look ? _limits.CountLook : source.Look, cancellationToken);
    }

    /// <summary>Those in a state, or in any, among as many of the newest rows. False where there are older ones.</summary>
    private async Task<bool> CountUpToAsync(
        CountsSoFar counts, IQueryable<Delivery> source, DeliveryState? state, int look, CancellationToken cancellationToken)
    {
        var isInIndex = state is DeliveryState.Failed or DeliveryState.Skipped;
        if (isInIndex)
            source = source.Where(d => d.State == state);
        var rows = Within(source, _above, _below);
        var end = await Ordered(rows, isUp: false).Select(d => d.Id).Skip(look).Take(1).ToListAsync(cancellationToken);
        if (end.Count > 0)
        {
            var stop = end[0];
            rows = Within(source, stop, _below);
            counts.Stop(state);
        }
        if (state is not null && !isInIndex)
            rows = rows.Where(d => d.State == state);
        await counts.AddAsync(Matching(rows, anyState: true), cancellationToken);
        return end.Count == 0;
    }
}

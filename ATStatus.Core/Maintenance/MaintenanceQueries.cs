using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>A window in a list.</summary>
/// <param name="Components">The names of its components, in the page's order.</param>
/// <param name="Start">Its start (UTC).</param>
/// <param name="End">Its end (UTC).</param>
/// <param name="SeriesId">The rule it was planned by.</param>
/// <param name="Rule">The rule's cron expression, while it goes on.</param>
/// <param name="RuleTimeZone">The time zone in which the rule is computed, while it goes on.</param>
/// <param name="Version">What to hand to a change.</param>
public sealed record MaintenanceRow(
    int Id, string Title, string Message, MaintenanceStatus Status, int StatusPageId, string StatusPageName, string TimeZone,
    IReadOnlyList<string> Components, IReadOnlyList<int> ComponentIds, DateTime Start, DateTime End, int? SeriesId, string? Rule, string? RuleTimeZone,
    int Version)
{
    /// <summary>When it was entered here (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>Whether no window of its series notifies.</summary>
    public bool SeriesDoesNotNotify { get; init; }

    /// <summary>See <see cref="MaintenanceWindow.StartsAutomatically"/>.</summary>
    public bool StartsAutomatically { get; init; } = true;

    /// <summary>See <see cref="MaintenanceWindow.RemindBefore"/>.</summary>
    public TimeSpan? RemindBefore { get; init; }

    /// <summary>See <see cref="MaintenanceWindow.RemindAt"/>.</summary>
    public DateTime? RemindAt { get; init; }

    /// <summary>See <see cref="MaintenanceWindow.RemindedOf"/>.</summary>
    public DateTime? RemindedOf { get; init; }

    /// <summary>Its start has come, and a person has to start it.</summary>
    public bool IsWaitingToBeStarted(DateTime now) => Status == MaintenanceStatus.Scheduled && !StartsAutomatically && Start <= now;
}

/// <summary>An entry of a window's timeline.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Status">Where the window stood.</param>
/// <param name="Message">What was posted.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Author">Who posted it.</param>
public sealed record MaintenanceUpdateRow(int Id, MaintenanceStatus Status, string Message, DateTime At, string Author);

/// <summary>A window with what was posted about it, the latest first.</summary>
public sealed record MaintenanceDetail(MaintenanceRow Row, IReadOnlyList<MaintenanceUpdateRow> Updates);

/// <summary>Which windows are asked for; everything that is given must hold.</summary>
/// <param name="IsUpcoming">Only those that wait to start later than <paramref name="Now"/>, or only all others.</param>
/// <param name="Now">The moment that it is (UTC).</param>
/// <param name="Before">Only those with a smaller number.</param>
public sealed record MaintenanceFilter(int? StatusPageId, MaintenanceStatus? Status, bool? IsUpcoming, DateTime Now, long? Before);

/// <summary>Which windows a list shows.</summary>
public enum MaintenanceSpan
{
    /// <summary>Running or still to come, the earliest first.</summary>
    CurrentAndUpcoming,

    /// <summary>Completed or cancelled, the latest first.</summary>
    Past,
}

/// <summary>What a list of maintenance shows; everything that is given must hold.</summary>
/// <param name="Text">Only windows whose title has these words.</param>
/// <param name="Order">How it is sorted; null as is usual for the span.</param>
public sealed record MaintenanceSearch(
    MaintenanceSpan Span, int? StatusPageId = null, MaintenanceStatus? Status = null, string? Text = null, MaintenanceOrder? Order = null);

/// <summary>How a list of maintenance is sorted.</summary>
public enum MaintenanceOrder
{
    /// <summary>Running windows first, then the earliest start: usual for what is current and upcoming.</summary>
    RunningFirst,

    /// <summary>The latest end first: usual for what is over.</summary>
    LatestEnd,

    EarliestStart,

    LatestStart,
}

public sealed class MaintenanceQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Windows of a span; at most <paramref name="limit"/>. Running ones come first.</summary>
    public async Task<IReadOnlyList<MaintenanceRow>> ListAsync(MaintenanceSpan span, int limit = 200, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await Ordered(Of(Windows(db), span), Usual(span)).Take(limit).ToListAsync(cancellationToken)).Select(Row)];
    }

    /// <summary>A part of those that are searched for; the total is that of the span.</summary>
    /// <param name="search">Which, and in what order.</param>
    /// <param name="offset">How many stand before the part.</param>
    /// <param name="size">How many it has at most.</param>
    public async Task<ListSlice<MaintenanceRow>> SearchAsync(MaintenanceSearch search, int offset, int size, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = Of(db.MaintenanceWindows.AsNoTracking(), search.Span);
        var matching = all.Where(w => search.StatusPageId == null || w.StatusPageId == search.StatusPageId)
            .Where(w => search.Status == null || w.Status == search.Status);
        var (ids, found) = await ListSlices.TakeAsync(
            Ordered(matching, search.Order ?? Usual(search.Span)).Select(w => new TitledRow(w.Id, w.Title)), new FoldedWords(search.Text), offset, size, cancellationToken);
        var rows = await Windows(db).Where(w => ids.Contains(w.Id)).OrderBy(w => w.Id).ToListAsync(cancellationToken);
        return new ListSlice<MaintenanceRow>([.. ListSlices.InOrder(ids, rows, w => w.Id).Select(Row)], found, await all.CountAsync(cancellationToken));
    }

    private static MaintenanceOrder Usual(MaintenanceSpan span) => span == MaintenanceSpan.Past ? MaintenanceOrder.LatestEnd : MaintenanceOrder.RunningFirst;

    private static IQueryable<MaintenanceWindow> Of(IQueryable<MaintenanceWindow> windows, MaintenanceSpan span) => span == MaintenanceSpan.Past
        ? windows.Where(w => w.Status == MaintenanceStatus.Completed || w.Status == MaintenanceStatus.Cancelled)
        : windows.Where(w => w.Status == MaintenanceStatus.InProgress || w.Status == MaintenanceStatus.Scheduled);

    private static IQueryable<MaintenanceWindow> Ordered(IQueryable<MaintenanceWindow> windows, MaintenanceOrder order) => order switch
    {
        MaintenanceOrder.LatestEnd => windows.OrderByDescending(w => w.End).ThenByDescending(w => w.Id),
        MaintenanceOrder.EarliestStart => windows.OrderBy(w => w.Start).ThenBy(w => w.Id),
        MaintenanceOrder.LatestStart => windows.OrderByDescending(w => w.Start).ThenByDescending(w => w.Id),
        _ => windows.OrderByDescending(w => w.Status == MaintenanceStatus.InProgress).ThenBy(w => w.Start).ThenBy(w => w.Id),
    };

    /// <summary>One window; null when there is none.</summary>
    public async Task<MaintenanceRow?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Windows(db).SingleOrDefaultAsync(w => w.Id == id, cancellationToken) is { } window ? Row(window) : null;
    }

    /// <summary>One window with its timeline; null when there is none.</summary>
    public async Task<MaintenanceDetail?> FindWholeAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Windows(db).Include(w => w.Updates).SingleOrDefaultAsync(w => w.Id == id, cancellationToken) is { } window ? Detail(window) : null;
    }

    /// <summary>The newest windows that match, by number, whole; at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<MaintenanceDetail>> NewestAsync(MaintenanceFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var windows = await Windows(db).Include(w => w.Updates)
            .Where(w => filter.StatusPageId == null || w.StatusPageId == filter.StatusPageId)
            .Where(w => filter.Status == null || w.Status == filter.Status)
            .Where(w => filter.IsUpcoming != true || (w.Status == MaintenanceStatus.Scheduled && w.Start > filter.Now))
            .Where(w => filter.IsUpcoming != false || w.Status != MaintenanceStatus.Scheduled || w.Start <= filter.Now)
            .Where(w => filter.Before == null || w.Id < filter.Before)
            .OrderByDescending(w => w.Id).Take(limit).ToListAsync(cancellationToken);
        return [.. windows.Select(Detail)];
    }

    /// <summary>What was posted about a window, the latest first.</summary>
    public async Task<IReadOnlyList<MaintenanceUpdateRow>> UpdatesAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MaintenanceUpdates.AsNoTracking().Where(u => u.WindowId == id).OrderByDescending(u => u.Id)
            .Select(u => new MaintenanceUpdateRow(u.Id, u.Status, u.Message, u.At, u.Author)).ToListAsync(cancellationToken);
    }

    /// <summary>How many series of a page are computed in another time zone than this and still plan windows, or have one that waits to start.</summary>
    public async Task<int> SeriesOutsideAsync(int statusPageId, string timeZone, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MaintenanceSeries.CountAsync(
            s => s.StatusPageId == statusPageId && s.TimeZone != timeZone
                && (!s.IsEnded || db.MaintenanceWindows.Any(w => w.SeriesId == s.Id && w.Status == MaintenanceStatus.Scheduled)),
            cancellationToken);
    }

    private static IQueryable<MaintenanceWindow> Windows(AtStatusDbContext db) => db.MaintenanceWindows.AsNoTracking()
        .Include(w => w.StatusPage).Include(w => w.Series)
        .Include(w => w.Components).ThenInclude(c => c.Component).ThenInclude(c => c!.Group)
        .AsSplitQuery();

    private static MaintenanceDetail Detail(MaintenanceWindow window) => new(
        Row(window), [.. window.Updates.OrderByDescending(u => u.Id).Select(u => new MaintenanceUpdateRow(u.Id, u.Status, u.Message, u.At, u.Author))]);

    private static MaintenanceRow Row(MaintenanceWindow window)
    {
        var components = Component.InPageOrder(window.Components.Select(c => c.Component!)).ToList();
        var series = window.Series is { IsEnded: false } ? window.Series : null;
        return new MaintenanceRow(
            window.Id, window.Title, window.Message, window.Status, window.StatusPageId, window.StatusPage!.Name, window.StatusPage.TimeZone,
            [.. components.Select(c => c.Name)], [.. components.Select(c => c.Id)], window.Start, window.End, window.SeriesId,
            series?.Rule, series?.TimeZone, window.Version)
        {
            CreatedAt = window.CreatedAt,
            UpdatedAt = window.UpdatedAt,
            SeriesDoesNotNotify = window.Series is { DoNotNotify: true },
            StartsAutomatically = window.StartsAutomatically,
            RemindBefore = window.RemindBefore,
            RemindAt = window.RemindAt,
            RemindedOf = window.RemindedOf,
        };
    }
}

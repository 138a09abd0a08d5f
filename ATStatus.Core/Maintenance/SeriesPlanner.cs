using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>Makes series, plans their windows one after the other, and moves them to another time zone.</summary>
internal static class SeriesPlanner
{
    private const string What = "maintenance";

    /// <summary>How many times that a rule names are compared: a week of a rule that names some days of it.</summary>
    private const int TimesChecked = 8;

    /// <summary>
    /// The series of a first window, whose start and end are as typed on the page's clock. Refuses a rule that never comes again,
    /// windows without length, and windows so long that the next would start before they end: the clock would start one on top of
    /// the other, each with its events. All of that is judged on the clock alone, so the night on which a series is made does not matter.
    /// </summary>
    public static MaintenanceSeries Create(InputCheck check, StatusPage page, string rule, DateTime starts, DateTime ends)
    {
        var series = new MaintenanceSeries { StatusPageId = page.Id, Rule = rule, TimeZone = page.TimeZone, Duration = ends - starts };
        check.Require(
            series.Duration > TimeSpan.Zero, nameof(MaintenanceInput.Ends),
            "On other days this end is not after the start, so later windows would have no length. Choose another end.", nameof(MaintenanceInput.Starts));
        DateTime? named = starts;
        for (var i = 0; i < TimesChecked && named is { } start; i++)
        {
            named = series.NextOnClock(start);
            check.Require(i > 0 || named is not null, nameof(MaintenanceInput.Rule), "This rule names no time after the start, so nothing would recur.",
                nameof(MaintenanceInput.Starts), nameof(MaintenanceInput.StatusPageId));
            check.Require(
                named is null || series.Duration <= named - start, nameof(MaintenanceInput.Ends),
                "It would not be over when the next one of its series starts. End it earlier, or let it recur less often.",
                nameof(MaintenanceInput.Starts), nameof(MaintenanceInput.Rule), nameof(MaintenanceInput.StatusPageId));
        }
        return series;
    }

    /// <summary>
    /// Plans the window after this one, if this one is of a series and no later one is planned already. Nothing new is made on
    /// an archived page: there the clock goes on with the series when the page is restored. Returns whether it planned one.
    /// </summary>
    public static async Task<bool> PlanNextAsync(UnitOfWork work, MaintenanceWindow window, CancellationToken cancellationToken)
    {
        if (window.Series is not { IsEnded: false } series || window.StatusPage!.ArchivedAt is not null)
            return false;
        if (await work.Db.MaintenanceWindows.AnyAsync(w => w.SeriesId == series.Id && w.Status == MaintenanceStatus.Scheduled, cancellationToken))
            return false;
        // Moved or begun early, it still is the one of its planned time: what follows comes after that. After a long pause
        // the missed ones are not made up for: the next is one that still lies ahead.
        var after = Later(await LastPlannedAsync(work, series, waiting: true, cancellationToken), Later(window.PlannedFor ?? window.Start, work.Now));
        // Whatever the rule says, a time that was planned already is not planned again: the clock would never come to an end.
        if (series.NextWindow(after) is not (var start, var end) || start <= after)
            return false;
        var next = new MaintenanceWindow
        {
            StatusPageId = window.StatusPageId,
            StatusPage = window.StatusPage,
            Series = series,
            PlannedFor = start,
            Title = window.Title,
            Message = window.Message,
            Start = start,
            End = end,
            CreatedAt = work.Now,
        };
        next.Components.AddRange(window.Components.Select(c => new MaintenanceComponent { ComponentId = c.ComponentId, Component = c.Component }));
        await MaintenanceService.AnnounceAsync(work, next, cancellationToken);
        return true;
    }

    /// <summary>
    /// Moves the page's series to the time zone that the page has now. A window that has not started keeps its local time of day,
    /// which raises <c>maintenance.scheduled</c> for it; one whose time is over there already becomes the next of its rule.
    /// </summary>
    public static async Task FollowTimeZoneAsync(UnitOfWork work, StatusPage page, CancellationToken cancellationToken)
    {
        var to = PageTimeZone.Find(page.TimeZone);
        var moved = await work.Db.MaintenanceSeries.Where(s => s.StatusPageId == page.Id && s.TimeZone != page.TimeZone).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        foreach (var series in moved)
        {
            var from = PageTimeZone.Find(series.TimeZone);
            series.TimeZone = page.TimeZone;
            var waiting = await MaintenanceService.Windows(work)
                .Where(w => w.SeriesId == series.Id && w.Status == MaintenanceStatus.Scheduled).OrderBy(w => w.Start).ToListAsync(cancellationToken);
            var begun = await LastPlannedAsync(work, series, waiting: false, cancellationToken);
            foreach (var window in waiting)
            {
                var before = (window.Start, window.End);
                Move(window, series, utc => PageTimeZone.ToUtcLenient(PageTimeZone.ToLocal(utc, from), to), Later(begun, work.Now));
                await work.SaveAsync(What, cancellationToken);
                if (before != (window.Start, window.End))
                    MaintenanceService.Record(work, EventType.MaintenanceScheduled, window);
            }
        }
    }

    private static void Move(MaintenanceWindow window, MaintenanceSeries series, Func<DateTime, DateTime> move, DateTime after)
    {
        var (planned, start, end) = (move(window.PlannedFor ?? window.Start), move(window.Start), move(window.End));
        if (planned > after && start > after && !series.RepeatsThroughHours)
        {
            // The gap of the new zone may have taken start and end.
            var length = window.End - window.Start;
            (window.PlannedFor, window.Start, window.End) = (planned, start, end > start ? end : start + length);
        }
        else if (series.NextWindow(after) is (var next, var nextEnd))
        {
            (window.PlannedFor, window.Start, window.End) = (next, next, nextEnd);
        }
    }

    private static async Task<DateTime> LastPlannedAsync(UnitOfWork work, MaintenanceSeries series, bool waiting, CancellationToken cancellationToken) =>
        await work.Db.MaintenanceWindows
            .Where(w => w.SeriesId == series.Id && w.PlannedFor != null && (waiting || w.Status != MaintenanceStatus.Scheduled))
            .OrderByDescending(w => w.PlannedFor).Select(w => w.PlannedFor).FirstOrDefaultAsync(cancellationToken) ?? default;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}

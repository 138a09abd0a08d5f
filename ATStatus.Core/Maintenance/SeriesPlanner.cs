using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
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
    public static MaintenanceSeries Create(InputCheck check, StatusPage page, string rule, MaintenancePlan plan, DateTime starts, DateTime ends)
    {
        var series = new MaintenanceSeries { StatusPageId = page.Id, Rule = rule, TimeZone = page.TimeZone, Duration = ends - starts };
        TakeContent(series, plan);
        check.Require(series.NextOnClock(starts) is not null, nameof(MaintenanceInput.Rule), "This rule names no time after the start, so nothing would recur.",
            nameof(MaintenanceInput.Starts), nameof(MaintenanceInput.StatusPageId));
        CheckDuration(check, series, starts);
        return series;
    }

    /// <summary>
    /// Gives the series what was entered for one of its windows: title, message, components, length, and whether its windows start
    /// automatically and are reminded of. Its rule stays, and with it when later windows start. Returns whether it changed.
    /// </summary>
    public static async Task<bool> AdoptAsync(
        UnitOfWork work, InputCheck check, MaintenanceWindow window, MaintenancePlan plan, CancellationToken cancellationToken)
    {
        var series = window.Series!;
        await LoadComponentsAsync(work, series, cancellationToken);
        var before = (series.Title, series.Message, series.Duration, series.RemindBefore, series.StartsAutomatically, Components: series.Components.Select(c => c.ComponentId).ToHashSet());
        var zone = PageTimeZone.Find(series.TimeZone);
        // Where the clocks change, the times of a window that keeps to the rule do not show the series' length.
        var asPlanned = window.PlannedFor is { } planned && series.NextWindow(planned.AddSeconds(-1)) == (plan.Start, plan.End);
        if (!asPlanned)
        {
            series.Duration = series.RepeatsThroughHours
                ? plan.End - plan.Start
                : PageTimeZone.ToLocal(plan.End, zone) - PageTimeZone.ToLocal(plan.Start, zone);
            if (series.NextOnClock(PageTimeZone.ToLocal(plan.Start, zone)) is { } next)
                CheckDuration(check, series, next);
        }
        TakeContent(series, plan);
        return before.Title != series.Title || before.Message != series.Message || before.Duration != series.Duration
            || before.RemindBefore != series.RemindBefore || before.StartsAutomatically != series.StartsAutomatically
            || !before.Components.SetEquals(series.Components.Select(c => c.ComponentId));
    }

    private static void TakeContent(MaintenanceSeries series, MaintenancePlan plan)
    {
        (series.Title, series.Message) = (plan.Title, plan.Message);
        (series.RemindBefore, series.StartsAutomatically) = (plan.RemindBefore, plan.StartsAutomatically);
        series.Components.RemoveAll(c => plan.Components.All(kept => kept.Id != c.ComponentId));
        series.Components.AddRange(plan.Components
            .Where(c => series.Components.All(old => old.ComponentId != c.Id))
            .Select(c => new MaintenanceSeriesComponent { ComponentId = c.Id, Component = c }));
    }

    private static void CheckDuration(InputCheck check, MaintenanceSeries series, DateTime starts)
    {
        check.Require(
            series.Duration > TimeSpan.Zero, nameof(MaintenanceInput.Ends),
            "On other days this end is not after the start, so later windows would have no length. Choose another end.", nameof(MaintenanceInput.Starts));
        DateTime? named = starts;
        for (var i = 0; i < TimesChecked && named is { } start; i++)
        {
            named = series.NextOnClock(start);
            check.Require(
                named is null || series.Duration <= named - start, nameof(MaintenanceInput.Ends),
                "It would not be over when the next one of its series starts. End it earlier, or let it recur less often.",
                nameof(MaintenanceInput.Starts), nameof(MaintenanceInput.Rule), nameof(MaintenanceInput.StatusPageId));
        }
    }

    private static Task LoadComponentsAsync(UnitOfWork work, MaintenanceSeries series, CancellationToken cancellationToken) =>
        work.Db.Entry(series).Collection(s => s.Components).Query()
            .Include(c => c.Component).ThenInclude(c => c!.Group).LoadAsync(cancellationToken);

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
        // Nor does one start while another runs: a start that one stood over, extended by an earlier version, is left out.
        after = Later(after, JustBefore(await SeriesOverlap.RunningUntilAsync(work, series, cancellationToken)));
        // Whatever the rule says, a time that was planned already is not planned again: the clock would never come to an end.
        if (series.NextWindow(after) is not (var start, var end) || start <= after)
            return false;
        var next = new MaintenanceWindow
        {
            StatusPageId = window.StatusPageId,
            StatusPage = window.StatusPage,
            Series = series,
            PlannedFor = start,
            Title = series.Title,
            Message = series.Message,
            Start = start,
            End = end,
            CreatedAt = work.Now,
            StartsAutomatically = series.StartsAutomatically,
            RemindBefore = series.RemindBefore,
        };
        await LoadComponentsAsync(work, series, cancellationToken);
        next.Components.AddRange(series.Components.Select(c => new MaintenanceComponent { ComponentId = c.ComponentId, Component = c.Component }));
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
            var begun = Later(await LastPlannedAsync(work, series, waiting: false, cancellationToken), work.Now);
            var free = Later(begun, JustBefore(await SeriesOverlap.RunningUntilAsync(work, series, cancellationToken)));
            foreach (var window in waiting)
            {
                var before = (window.Start, window.End);
                Move(window, series, utc => PageTimeZone.ToUtcLenient(PageTimeZone.ToLocal(utc, from), to), begun, free);
                if (before.Start != window.Start)
                    window.PlanReminder(work.Now);
                await work.SaveAsync(What, cancellationToken);
                if (before != (window.Start, window.End))
                    MaintenanceService.Record(work, EventType.MaintenanceScheduled, window);
            }
        }
    }

    /// <param name="series">Its series, in the new zone already.</param>
    /// <param name="move">From an instant to that of the same local time in the new zone.</param>
    /// <param name="begun">The last time of the rule that has begun, or now.</param>
    /// <param name="free">The instant after which none of its series runs any more, never before <paramref name="begun"/>.</param>
    private static void Move(MaintenanceWindow window, MaintenanceSeries series, Func<DateTime, DateTime> move, DateTime begun, DateTime free)
    {
        var (planned, start, end) = (move(window.PlannedFor ?? window.Start), move(window.Start), move(window.End));
        if (planned > begun && start > free && !series.RepeatsThroughHours)
        {
            // The gap of the new zone may have taken start and end.
            var length = window.End - window.Start;
            (window.PlannedFor, window.Start, window.End) = (planned, start, end > start ? end : start + length);
        }
        else if (series.NextWindow(free) is (var next, var nextEnd))
        {
            (window.PlannedFor, window.Start, window.End) = (next, next, nextEnd);
        }
    }

    /// <summary>The latest time of the rule that a window was planned for (UTC); the lowest instant where there is none.</summary>
    internal static async Task<DateTime> LastPlannedAsync(UnitOfWork work, MaintenanceSeries series, bool waiting, CancellationToken cancellationToken) =>
        await work.Db.MaintenanceWindows
            .Where(w => w.SeriesId == series.Id && w.PlannedFor != null && (waiting || w.Status != MaintenanceStatus.Scheduled))
            .OrderByDescending(w => w.PlannedFor).Select(w => w.PlannedFor).FirstOrDefaultAsync(cancellationToken) ?? default;

    /// <summary>The rule's next time is always later than the one asked about; this lets it be the very end of a window.</summary>
    private static DateTime JustBefore(DateTime end) => end == default ? end : end.AddSeconds(-1);

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}

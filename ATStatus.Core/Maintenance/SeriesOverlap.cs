using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>
/// Keeps two windows of one series from running at once. Scheduling refuses a rule whose windows would; this refuses a change of one
/// window that comes to the same, and keeps the planner from it.
/// </summary>
internal static class SeriesOverlap
{
    /// <summary>
    /// What keeps a window of a series from running between two instants (UTC): another one that waits or runs, or the one that
    /// would be planned when this one starts. Null where nothing does.
    /// </summary>
    public static async Task<string?> FindAsync(
        UnitOfWork work, MaintenanceWindow window, DateTime start, DateTime end, CancellationToken cancellationToken)
    {
        if (window.Series is not { } series)
            return null;
        var other = await work.Db.MaintenanceWindows
            .Where(w => w.SeriesId == series.Id && w.Id != window.Id && w.Start < end && w.End > start
                && (w.Status == MaintenanceStatus.Scheduled || w.Status == MaintenanceStatus.InProgress))
            .OrderBy(w => w.Start).ThenBy(w => w.Id)
            .Select(w => new { w.Start, w.End, w.Status })
            .FirstOrDefaultAsync(cancellationToken);
        if (other is { Status: MaintenanceStatus.InProgress })
            return $"Another window of this series runs until {Local(other.End, window)}, and two cannot run at once.";
        if (other is not null)
            return NextStarts(other.Start, window);
        if (series.IsEnded || window.Status != MaintenanceStatus.Scheduled)
            return null;
        // The one that the planner will choose when this one starts; see SeriesPlanner.PlanNextAsync.
        var after = await SeriesPlanner.LastPlannedAsync(work, series, waiting: true, cancellationToken);
        foreach (var moment in new[] { window.PlannedFor ?? start, start, work.Now })
            after = moment > after ? moment : after;
        return series.NextStart(after) is { } next && next < end ? NextStarts(next, window) : null;
    }

    /// <summary>Until when a window of the series runs (UTC); the next one starts no earlier. The lowest instant where none runs.</summary>
    public static async Task<DateTime> RunningUntilAsync(UnitOfWork work, MaintenanceSeries series, CancellationToken cancellationToken) =>
        await work.Db.MaintenanceWindows
            .Where(w => w.SeriesId == series.Id && w.Status == MaintenanceStatus.InProgress)
            .MaxAsync(w => (DateTime?)w.End, cancellationToken) ?? default;

    private static string NextStarts(DateTime start, MaintenanceWindow window) =>
        $"The next window of this series starts on {Local(start, window)}, and two cannot run at once. End this one by then.";

    private static string Local(DateTime utc, MaintenanceWindow window) => FormattableString.Invariant(
        $"{PageTimeZone.ToLocal(utc, PageTimeZone.Find(window.StatusPage!.TimeZone)):d MMMM yyyy, HH:mm} ({window.StatusPage.TimeZone})");
}

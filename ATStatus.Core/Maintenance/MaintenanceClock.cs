using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Maintenance;

/// <summary>
/// Starts and completes windows when they are due, also those that fell due while the console was down (late, once), reminds of those
/// that start soon, cancels those that nobody has started by their end, and goes on with the series of a page that was restored. It looks every two seconds, so that whatever an operator or another
/// instance changes is seen in time; each window is a unit of work of its own, and a version keeps hand and clock, or two
/// instances, from firing twice.
/// </summary>
public sealed partial class MaintenanceClock(
    IDbContextFactory<AtStatusDbContext> contexts, MaintenanceService service, DatabaseWritability writability, TimeProvider time,
    ILogger<MaintenanceClock> logger)
    : BackgroundLoop(writability, time, Interval)
{
    /// <summary>
    /// The most steps (a start, a completion, a reminder, a series that goes on) of one turn. Nothing plans a window that is due already, so a
    /// turn comes to its end anyway; should that ever be untrue, it neither floods receivers without end nor keeps the rest waiting.
    /// </summary>
    internal const int StepsPerTurn = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        await TickAsync(stoppingToken);
        return Interval;
    }

    protected override void LogFailed(Exception e) => LogTickFailed(e);

    /// <summary>
    /// Does what is due now, the earliest first, at most <see cref="StepsPerTurn"/> steps of it. A window that starts late and is over
    /// already is completed as well.
    /// </summary>
    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        var steps = await DoDueAsync(StepsPerTurn, cancellationToken);
        if (steps == 0)
        {
            if ((await DueAsync(1, cancellationToken)).Count > 0)
                LogTurnFull(StepsPerTurn);
            return;
        }
        foreach (var id in await SeriesWithoutNextAsync(steps, cancellationToken))
            await StepAsync(() => service.ResumeSeriesAsync(id, cancellationToken));
    }

    /// <summary>Returns how many of the steps are left.</summary>
    private async Task<int> DoDueAsync(int steps, CancellationToken cancellationToken)
    {
        var done = true;
        // A window that starts late and is over already completes in the same turn, and others cover its components: receivers get it all in order.
        var sequences = new Dictionary<int, EventSequence>();
        while (done && steps > 0)
        {
            done = false;
            foreach (var (id, pageId) in await DueAsync(steps, cancellationToken))
            {
                if (!sequences.TryGetValue(pageId, out var sequence))
                    sequences[pageId] = sequence = new EventSequence(isShared: true);
                done |= await StepAsync(() => service.TickAsync(id, sequence, cancellationToken));
                steps--;
            }
        }
        return steps;
    }

    private static async Task<bool> StepAsync(Func<Task<bool>> step)
    {
        try
        {
            return await step();
        }
        catch (ProblemException)
        {
            // Somebody else was quicker, by hand or on another instance.
            return false;
        }
    }

    private async Task<List<(int Id, int StatusPageId)>> DueAsync(int limit, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var due = await db.MaintenanceWindows.AsNoTracking()
            .Where(w => (w.Status == MaintenanceStatus.Scheduled && ((w.Start <= now && (w.StartsAutomatically || w.End <= now)) || (w.RemindAt <= now && w.Start > now)))
                || (w.Status == MaintenanceStatus.InProgress && w.End <= now))
            .OrderBy(w => w.Status == MaintenanceStatus.InProgress || (w.Start <= now && !w.StartsAutomatically) ? w.End : w.Start <= now ? w.Start : w.RemindAt)
            .ThenBy(w => w.Id)
            .Select(w => new { w.Id, w.StatusPageId })
            .Take(limit)
            .ToListAsync(cancellationToken);
        return [.. due.Select(w => (w.Id, w.StatusPageId))];
    }

    /// <summary>Series that go on, on pages in use, with no window that waits to start: none was planned while their page was archived.</summary>
    private async Task<List<int>> SeriesWithoutNextAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MaintenanceSeries.AsNoTracking()
            .Where(s => !s.IsEnded && db.StatusPages.Any(p => p.Id == s.StatusPageId && p.ArchivedAt == null))
            .Where(s => !db.MaintenanceWindows.Any(w => w.SeriesId == s.Id && w.Status == MaintenanceStatus.Scheduled))
            .OrderBy(s => s.Id)
            .Select(s => s.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Looking for maintenance that is due failed; trying again.")]
    private partial void LogTickFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "{Steps} steps of maintenance were taken in one turn, and more are due; they follow in the next turn.")]
    private partial void LogTurnFull(int steps);
}

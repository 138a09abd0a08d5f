using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Maintenance;

/// <summary>
/// Starts and completes windows when they are due, also those that fell due while the console was down (late, once), and
/// goes on with the series of a page that was restored. It looks every two seconds, so that whatever an operator or another
/// instance changes is seen in time; each window is a unit of work of its own, and a version keeps hand and clock, or two
/// instances, from firing twice.
/// </summary>
public sealed partial class MaintenanceClock(
    IDbContextFactory<AtStatusDbContext> contexts, MaintenanceService service, DatabaseWritability writability, TimeProvider time,
    ILogger<MaintenanceClock> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "A look that fails (a database out of reach) is made again; the clock must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await writability.WaitAsync(stoppingToken);
                await TickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogTickFailed(e);
            }
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Does what is due now, the earliest first. A window that starts late and is over already is completed as well.</summary>
    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        await DoDueAsync(cancellationToken);
        foreach (var id in await SeriesWithoutNextAsync(cancellationToken))
        {
            try
            {
                await service.ResumeSeriesAsync(id, cancellationToken);
            }
            catch (ProblemException)
            {
                // Another instance was quicker.
            }
        }
    }

    private async Task DoDueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = await DueAsync(cancellationToken);
            var done = 0;
            foreach (var id in due)
            {
                try
                {
                    if (await service.TickAsync(id, cancellationToken))
                        done++;
                }
                catch (ProblemException)
                {
                    // Somebody else was quicker, by hand or on another instance.
                }
            }
            if (done == 0)
                return;
        }
    }

    private async Task<List<int>> DueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MaintenanceWindows.AsNoTracking()
            .Where(w => (w.Status == MaintenanceStatus.Scheduled && w.Start <= now) || (w.Status == MaintenanceStatus.InProgress && w.End <= now))
            .OrderBy(w => w.Status == MaintenanceStatus.Scheduled ? w.Start : w.End).ThenBy(w => w.Id)
            .Select(w => w.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Series that go on, on pages in use, with no window that waits to start: none was planned while their page was archived.</summary>
    private async Task<List<int>> SeriesWithoutNextAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.MaintenanceSeries.AsNoTracking()
            .Where(s => !s.IsEnded && db.StatusPages.Any(p => p.Id == s.StatusPageId && p.ArchivedAt == null))
            .Where(s => !db.MaintenanceWindows.Any(w => w.SeriesId == s.Id && w.Status == MaintenanceStatus.Scheduled))
            .OrderBy(s => s.Id)
            .Select(s => s.Id)
            .ToListAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Looking for maintenance that is due failed; trying again.")]
    private partial void LogTickFailed(Exception e);
}

using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Fills in <see cref="StoredEvent.TitleFolded"/> of the events that an earlier version saved, newest first and some at a time, so that a log of
/// a million holds nobody up at the upgrade. What is left is what the index <see cref="LogIndex.Unfolded"/> holds, so it goes on after a restart,
/// and two instances that do the same do no harm. It goes on looking: during an upgrade an instance of the version before may still save.
/// </summary>
public sealed partial class TitleFolder(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseWritability writability, TimeProvider time, ILogger<TitleFolder> logger)
    : BackgroundService
{
    private const int BatchSize = 500;

    private static readonly RowStatement<StoredEvent> Fold = NewEvents.Columns.Update(["TitleFolded"], ["Id"], where: "t.\"TitleFolded\" IS NULL");

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Between two batches, on the real clock: those who wait to write are let in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "What could not be filled in (a database out of reach) is filled in the next time; the filler must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await writability.WaitAsync(stoppingToken);
                await FillAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogFillingFailed(e);
            }
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Fills in all there are.</summary>
    internal async Task FillAsync(CancellationToken cancellationToken)
    {
        while (await FillBatchAsync(BatchSize, cancellationToken))
            await Task.Delay(Pause, cancellationToken);
    }

    /// <summary>Fills in some; false when there were none.</summary>
    internal async Task<bool> FillBatchAsync(int size, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var events = await LogIndex.UnfoldedEvents(db).OrderByDescending(e => e.Id).Take(size)
            .Select(e => new { e.Id, e.Title }).ToListAsync(cancellationToken);
        if (events.Count == 0)
            return false;
        // Folded before the turn, which is then as short as it can be.
        var folded = events.ConvertAll(e => new StoredEvent { Id = e.Id, Title = e.Title, Payload = [] });
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await Fold.WriteAsync(db, folded);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "Filling in what the log searches failed; trying again.")]
    private partial void LogFillingFailed(Exception e);
}

using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Fills in <see cref="StoredEvent.TitleFolded"/> of the events that an earlier version saved, newest first and some at a time, so that a log of
/// a million holds nobody up at the upgrade. What is left is what the index <see cref="LogIndex.Unfolded"/> holds, so it goes on after a restart,
/// and two instances that do the same do no harm. It goes on looking: during an upgrade an instance of the version before may still save.
/// </summary>
public sealed class TitleFolder(IDbContextFactory<AtStatusDbContext> contexts, DatabaseWritability writability, TimeProvider time, ILogger<TitleFolder> logger)
    : LogFiller(writability, time, logger)
{
    private static readonly RowStatement<StoredEvent> Fold = NewEvents.Columns.Update(["TitleFolded"], ["Id"], where: "t.\"TitleFolded\" IS NULL");

    private protected override bool GoesOn => true;

    internal override async Task<bool> FillBatchAsync(int size, CancellationToken cancellationToken)
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
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Outbox;

/// <summary>Opens the units of work in which something changes and is told.</summary>
public sealed class EventOutbox(IDbContextFactory<AtStatusDbContext> contexts, DeliveryQueue queue, DeliveryFeed feed, TimeProvider time)
{
    /// <summary>A transaction for one change, its events and their deliveries. Dispose without commit undoes all.</summary>
    public async Task<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        var db = await contexts.CreateDbContextAsync(cancellationToken);
        try
        {
            var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            return new UnitOfWork(db, transaction, queue, feed, time.GetUtcNow().UtcDateTime);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}

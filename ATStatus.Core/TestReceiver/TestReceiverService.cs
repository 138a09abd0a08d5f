using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.TestReceiver;

/// <summary>Clears what the test receiver got.</summary>
[Needs(Right.WriteNotifications)]
public sealed class TestReceiverService(IDbContextFactory<AtStatusDbContext> contexts)
{
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.ReceivedRequests.ExecuteDeleteAsync(cancellationToken) is > 0 and var count)
            db.Audit.Record(new AuditChange(AuditAction.Cleared, AuditObject.TestReceiver, null, "Test receiver") { Count = count });
        await transaction.CommitAsync(cancellationToken);
    }
}

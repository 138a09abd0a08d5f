using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.TestReceiver;

/// <summary>Clears what the test receiver got.</summary>
[Needs(Right.WriteNotifications)]
public sealed class TestReceiverService(IDbContextFactory<AtStatusDbContext> contexts)
{
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.ReceivedRequests.ExecuteDeleteAsync(cancellationToken);
    }
}

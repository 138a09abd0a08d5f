using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.TestReceiver;

/// <summary>Reads what the test receiver got.</summary>
public sealed class TestReceiverQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>What is kept, newest first.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ReceivedRequests.AsNoTracking().OrderByDescending(r => r.Id).Take(TestReceiverEndpoint.Kept).ToListAsync(cancellationToken);
    }
}

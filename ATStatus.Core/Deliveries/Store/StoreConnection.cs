using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// The store's own connection: it stays open, with its statements prepared, from group to group. To open a connection and to prepare
/// the same statements again for each group would cost a fifth of the group. After a failure it is given up for a new one.
/// </summary>
internal sealed class StoreConnection : IDisposable
{
    private StoreConnection(AtStatusDbContext db) => Db = db;

    public AtStatusDbContext Db { get; }

    public PreparedStatements Prepared { get; } = new();

    /// <summary>What it has read of notifications and nobody has written since.</summary>
    public KnownHealth Known { get; } = new();

    /// <summary>Nothing but this process can end the connection: it is to a file.</summary>
    public bool Outlasts => !Db.Dialect.IsShared;

    public static async Task<StoreConnection> OpenAsync(IDbContextFactory<AtStatusDbContext> contexts)
    {
        var db = await contexts.CreateDbContextAsync();
        try
        {
            await db.Database.OpenConnectionAsync();
            return new StoreConnection(db);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        Prepared.Dispose();
        Db.Dispose();
    }
}

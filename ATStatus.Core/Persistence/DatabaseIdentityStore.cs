using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>Reads the one row that is kept about the database, and makes it where there is none yet.</summary>
public sealed class DatabaseIdentityStore(IDbContextFactory<AtStatusDbContext> contexts)
{
    public async Task<DatabaseIdentity> GetAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, cancellationToken) ?? await AddAsync(db, cancellationToken);
    }

    private static Task<DatabaseIdentity?> FindAsync(AtStatusDbContext db, CancellationToken cancellationToken) =>
        db.DatabaseIdentities.AsNoTracking().SingleOrDefaultAsync(cancellationToken);

    private static async Task<DatabaseIdentity> AddAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        var made = new DatabaseIdentity { DatabaseId = Guid.NewGuid() };
        db.DatabaseIdentities.Add(made);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return made;
        }
        catch (DbUpdateException)
        {
            // Another instance that started at the same moment made it; without a row, the failure was another.
            db.ChangeTracker.Clear();
            if (await FindAsync(db, cancellationToken) is { } theirs)
                return theirs;
            throw;
        }
    }
}

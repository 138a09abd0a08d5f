using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>Makes the row of <see cref="DatabaseIdentity"/> where it is missing.</summary>
public sealed class DatabaseIdentityStore(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>
    /// The database's id, made at its first start. Instances that start together get the same one: the database lets one of them write it.
    /// </summary>
    public async Task<Guid> EnsureIdAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await ReadAsync(db, cancellationToken) is { } id)
            return id;
        // A row that something else has made first has no id yet.
        var made = Guid.NewGuid();
        if (await db.DatabaseIdentities.Where(d => d.DatabaseId == Guid.Empty)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.DatabaseId, made), cancellationToken) == 0)
            await InsertAsync(made, cancellationToken);
        return await ReadAsync(db, cancellationToken) ?? throw new InvalidOperationException("The database has no id.");
    }

    private async Task InsertAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        db.DatabaseIdentities.Add(new DatabaseIdentity { DatabaseId = id });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another instance was faster; if it was not, there is nothing to read, and that is the failure to tell.
            if (await ReadAsync(db, cancellationToken) is null)
                throw;
        }
    }

    private static Task<Guid?> ReadAsync(AtStatusDbContext db, CancellationToken cancellationToken) => db.DatabaseIdentities.AsNoTracking()
        .Where(d => d.Id == DatabaseIdentity.OnlyId && d.DatabaseId != Guid.Empty)
        .Select(d => (Guid?)d.DatabaseId).SingleOrDefaultAsync(cancellationToken);
}

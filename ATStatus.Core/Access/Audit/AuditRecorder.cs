using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access.Audit;

/// <summary>Writes entries about what changes no row, as the making of a link. What changes rows is told of by their save.</summary>
public sealed class AuditRecorder(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <param name="name">What the thing is called.</param>
    public async Task RecordAsync(AuditAction action, AuditObject kind, string? id, string name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Audit.Record(new AuditChange(action, kind, id, name));
        await transaction.CommitAsync(cancellationToken);
    }
}

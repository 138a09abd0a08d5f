using ATStatus.Core.Model;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>Writes entries: a transaction's own with its commit, and what is done outside every transaction.</summary>
public sealed class AuditWriter(TimeProvider time)
{
    internal static readonly TableColumns<AuditEntry> Columns = new("AuditEntries", new TableColumn<AuditEntry>("EventIds", e => Numbers(e.EventIds)));

    private static readonly RowStatement<AuditEntry> Insert = Columns.Insert();

    /// <summary>Writes what the context's transaction has gathered. Called just before its commit.</summary>
    internal async Task CommittingAsync(AtStatusDbContext db, CancellationToken cancellationToken = default)
    {
        var entries = await db.Audit.TakeAsync(time.GetUtcNow().UtcDateTime, cancellationToken);
        await InsertAsync(db, entries);
    }

    /// <summary>Inserts entries in their order, in the context's transaction.</summary>
    internal static Task InsertAsync(AtStatusDbContext db, IReadOnlyList<AuditEntry> entries) => Insert.InsertAsync(db, entries, (e, number) => e.Id = number);

    /// <summary>A JSON array, as Entity Framework reads it.</summary>
    private static string? Numbers(IReadOnlyList<long>? ids) => ids is null ? null : $"[{string.Join(',', ids)}]";
}

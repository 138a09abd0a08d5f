using System.Runtime.CompilerServices;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access.Audit;

/// <summary>Which entries are meant; all where nothing is said.</summary>
/// <param name="Actor">The name of who did it.</param>
/// <param name="Kind">The kind of thing it was done to.</param>
/// <param name="ObjectId">The thing's number, with its kind.</param>
/// <param name="From">Those from then on (UTC).</param>
/// <param name="Until">Those before then (UTC).</param>
public sealed record AuditFilter(
    string? Actor = null, AuditAction? Action = null, AuditObject? Kind = null, string? ObjectId = null, DateTime? From = null, DateTime? Until = null)
{
    internal IQueryable<AuditEntry> Of(IQueryable<AuditEntry> entries)
    {
        if (Actor is not null)
            entries = entries.Where(e => e.ActorName == Actor);
        if (Action is not null)
            entries = entries.Where(e => e.Action == Action);
        if (Kind is not null)
            entries = entries.Where(e => e.ObjectKind == Kind);
        if (ObjectId is not null)
            entries = entries.Where(e => e.ObjectId == ObjectId);
        if (From is not null)
            entries = entries.Where(e => e.At >= From);
        return Until is not null ? entries.Where(e => e.At < Until) : entries;
    }
}

/// <summary>Entries, the newest first.</summary>
/// <param name="Open">Failed sign-ins of minutes that are not over, which are no entries yet and have no number; on the newest page alone.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, IReadOnlyList<AuditEntry> Open, bool HasNewer, bool HasOlder);

/// <summary>Reads the audit trail.</summary>
[Needs(Right.Administer)]
public sealed class AuditQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    private const int ExportBatch = 500;

    /// <summary>A page of entries by key.</summary>
    /// <param name="before">Those older than this one; null for the newest.</param>
    /// <param name="after">Those next newer than this one, where nothing else is said.</param>
    /// <param name="size">How many at most.</param>
    public async Task<AuditPage> ListAsync(AuditFilter filter, long? before, long? after, int size, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = filter.Of(db.AuditEntries.AsNoTracking());
        var isUpwards = before is null && after is not null;
        var entries = isUpwards
            ? await all.Where(e => e.Id > after).OrderBy(e => e.Id).Take(size + 1).ToListAsync(cancellationToken)
            : await all.Where(e => before == null || e.Id < before).OrderByDescending(e => e.Id).Take(size + 1).ToListAsync(cancellationToken);
        var isMore = entries.Count > size;
        if (isMore)
            entries.RemoveAt(size);
        if (isUpwards)
            entries.Reverse();
        var (newest, oldest) = entries.Count == 0 ? (before - 1 ?? after ?? 0, before ?? after + 1 ?? 0) : (entries[0].Id, entries[^1].Id);
        var hasNewer = isUpwards ? isMore : before is not null && await all.AnyAsync(e => e.Id > newest, cancellationToken);
        var hasOlder = isUpwards ? await all.AnyAsync(e => e.Id < oldest, cancellationToken) : isMore;
        return new AuditPage(entries, hasNewer ? [] : await OpenAsync(db, filter, cancellationToken), hasNewer, hasOlder);
    }

    /// <summary>The names of everybody in it, in their order.</summary>
    public async Task<IReadOnlyList<string>> ActorsAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AuditEntries.AsNoTracking().Where(e => e.ActorName != "").Select(e => e.ActorName).Distinct().OrderBy(name => name).ToListAsync(cancellationToken);
    }

    /// <summary>All that match, the newest first, as they are read.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? before = null;
        List<AuditEntry> batch;
        do
        {
            // One question for each batch: a reader that stays open would keep SQLite's log from being emptied.
            await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            {
                batch = await filter.Of(db.AuditEntries.AsNoTracking()).Where(e => before == null || e.Id < before)
                    .OrderByDescending(e => e.Id).Take(ExportBatch).ToListAsync(cancellationToken);
            }
            foreach (var entry in batch)
                yield return entry;
            before = batch.Count > 0 ? batch[^1].Id : before;
        }
        while (batch.Count == ExportBatch);
    }

    private static async Task<IReadOnlyList<AuditEntry>> OpenAsync(AtStatusDbContext db, AuditFilter filter, CancellationToken cancellationToken)
    {
        var rows = await db.FailedSignIns.AsNoTracking().OrderByDescending(f => f.Minute).ThenBy(f => f.Address).ThenBy(f => f.Account).ToListAsync(cancellationToken);
        return [.. filter.Of(rows.GroupBy(f => (f.Minute, f.Address)).Select(group => FailedSignIns.EntryOf([.. group])).AsQueryable())];
    }
}

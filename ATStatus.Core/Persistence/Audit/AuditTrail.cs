using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>
/// What the transaction of a context does that the audit trail tells of: what its saves change, and what was said (<see cref="Record"/>) of writes
/// that pass no change tracker. It is written just before the commit, within the transaction (<see cref="AuditWriter"/>): what is undone leaves nothing.
/// </summary>
internal sealed class AuditTrail(AtStatusDbContext db)
{
    /// <summary>Said outside a transaction: it belongs to the next save.</summary>
    private readonly List<AuditChange> _pending = [];

    /// <summary>Drafts and what was said, in their order.</summary>
    private readonly List<object> _drafts = [];
    private readonly Dictionary<(AuditObject, string?, Type), AuditDraft> _byThing = [];
    private List<StoredEvent> _events = [];
    private Guid? _transaction;
    private int _lease;

    /// <summary>Says what was done by something that is no save of tracked rows. It counts with the transaction, or with the next save.</summary>
    public void Record(AuditChange change)
    {
        if (db.Database.CurrentTransaction is null)
        {
            // The context may have been another's before.
            if (_lease != db.ContextId.Lease)
                _pending.Clear();
            _lease = db.ContextId.Lease;
            _pending.Add(change);
            return;
        }
        Enter();
        _drafts.Add(change);
    }

    /// <summary>The events of the unit of work, saved: its entries name them.</summary>
    public void Follow(IEnumerable<StoredEvent> events)
    {
        Enter();
        _events.AddRange(events);
    }

    /// <summary>What is about to be saved; null where nothing is told of it. Changes must have been detected.</summary>
    internal AuditLook? Look()
    {
        var look = new AuditLook(_lease == db.ContextId.Lease ? [.. _pending] : []);
        _pending.Clear();
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted))
                continue;
            if (AuditedEntities.Find(entry.Metadata.ClrType) is { } entity)
                look.Add(entity, entry);
            else if (AuditedEntities.FindPart(entry.Metadata.ClrType) is { } part)
                look.Parts.Add(part);
        }
        if (look.IsEmpty)
            return null;
        if (look.Parts.Count > 0)
            look.AddParts(db.ChangeTracker.Entries());
        return look;
    }

    /// <summary>It was saved, in the transaction there is.</summary>
    internal void Keep(AuditLook look)
    {
        Enter();
        foreach (var (entity, entry, state, id, before) in look.Rows)
        {
            // What only tells of something is told of each time.
            var draft = Draft(entity, state == EntityState.Added ? entity.IdOf(entry) : id, isOwn: entity.Modified is null);
            switch (state)
            {
                case EntityState.Added:
                    draft.Inserted(entry.Entity, entity.Read(entry, original: false));
                    break;
                case EntityState.Modified:
                    draft.Updated(entry.Entity, before!, entity.Read(entry, original: false));
                    break;
                default:
                    draft.Removed(entry.Entity, before!);
                    break;
            }
        }
        foreach (var (part, owner, before, after) in look.PartsByOwner())
            Draft(AuditedEntities.Find(part.Owner)!, owner, isOwn: false).Part(part.Name, before, after);
        _drafts.AddRange(look.Said);
    }

    /// <summary>Everything that is to be written with the commit of the transaction there is; empty where nothing is. Asked once.</summary>
    internal async Task<IReadOnlyList<AuditEntry>> TakeAsync(DateTime now, CancellationToken cancellationToken)
    {
        if (_drafts.Count == 0 || _transaction != db.Database.CurrentTransaction?.TransactionId)
            return [];
        var changes = _drafts.Select(d => d as AuditChange ?? ((AuditDraft)d).ToChange()).OfType<AuditChange>().ToList();
        var events = _events;
        _events = [];
        _drafts.Clear();
        _byThing.Clear();
        var names = await AuditNames.ReadAsync(db, changes, cancellationToken);
        return [.. changes.Select(change => new AuditEntry
        {
            At = now,
            ActorKind = change.Actor.Kind,
            ActorName = Cut(change.Actor.Name, AuditEntry.NameLength),
            ActorId = change.Actor.Id,
            Address = Cut(change.Actor.Address, AuditEntry.AddressLength),
            Action = change.Action,
            ObjectKind = change.Kind,
            ObjectId = change.Id,
            ObjectName = Cut(change.Name ?? names.Of(change.Kind, change.Id) ?? "", AuditEntry.NameLength),
            Before = names.Write(change.Before),
            After = names.Write(change.After),
            EventIds = change.EventIds ?? EventsOf(change, events),
            Count = change.Count,
        })];
    }

    /// <summary>Of a component's own entry its own events; of every other all of the unit: they came of it.</summary>
    private static long[]? EventsOf(AuditChange change, List<StoredEvent> events)
    {
        var own = events.Where(e => change.Kind != AuditObject.Component
            || (e.Type.Group() == EventGroup.Components && e.SubjectId.ToString(CultureInfo.InvariantCulture) == change.Id));
        return own.Select(e => e.Id).ToArray() is { Length: > 0 } ids ? ids : null;
    }

    private AuditDraft Draft(AuditedEntity entity, string? id, bool isOwn)
    {
        var key = (entity.Kind, id, entity.Type);
        if (!isOwn && _byThing.TryGetValue(key, out var draft))
            return draft;
        draft = new AuditDraft(entity, id);
        _drafts.Add(draft);
        if (!isOwn)
            _byThing[key] = draft;
        return draft;
    }

    /// <summary>Begins anew where the transaction is another: what was gathered in the one before was undone with it.</summary>
    private void Enter()
    {
        var transaction = db.Database.CurrentTransaction?.TransactionId;
        if (transaction == _transaction && transaction is not null)
            return;
        _transaction = transaction;
        _drafts.Clear();
        _byThing.Clear();
        _events = [];
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}

/// <summary>What a save is about to write, as it was before.</summary>
internal sealed class AuditLook(List<AuditChange> said)
{
    private readonly List<(AuditedPart Part, EntityEntry Entry, EntityState State, string? Owner, object? Before)> _partRows = [];

    public List<AuditChange> Said { get; } = said;

    public List<(AuditedEntity Entity, EntityEntry Entry, EntityState State, string? Id, Dictionary<string, object?>? Before)> Rows { get; } = [];

    public HashSet<AuditedPart> Parts { get; } = [];

    public bool IsEmpty => Said.Count == 0 && Rows.Count == 0 && Parts.Count == 0;

    public void Add(AuditedEntity entity, EntityEntry entry)
    {
        var action = entry.State switch
        {
            EntityState.Added => entity.Added,
            EntityState.Modified => entity.Modified,
            _ => entity.Deleted,
        };
        if (action is null || !entity.Where(entry.Entity))
            return;
        var isNew = entry.State == EntityState.Added;
        Rows.Add((entity, entry, entry.State, isNew ? null : entity.IdOf(entry), isNew ? null : entity.Read(entry, original: true)));
    }

    /// <summary>All tracked rows of the parts that are written: those that stay belong to the lists, too.</summary>
    public void AddParts(IEnumerable<EntityEntry> tracked)
    {
        foreach (var entry in tracked)
        {
            if (entry.State is EntityState.Detached || AuditedEntities.FindPart(entry.Metadata.ClrType) is not { } part || !Parts.Contains(part))
                continue;
            var before = entry.State switch
            {
                EntityState.Added => null,
                EntityState.Modified => part.ValueOf(entry.OriginalValues.ToObject(), false),
                _ => part.ValueOf(entry.Entity, false),
            };
            _partRows.Add((part, entry, entry.State, entry.State == EntityState.Added ? null : OwnerOf(part, entry), before));
        }
    }

    /// <summary>For each thing what belonged to it before and does after; only things of which some of it was written. Asked when it is saved.</summary>
    public IEnumerable<(AuditedPart Part, string Owner, object? Before, object? After)> PartsByOwner()
    {
        foreach (var rows in _partRows.GroupBy(r => (r.Part, Owner: r.Owner ?? OwnerOf(r.Part, r.Entry))))
        {
            var (part, owner) = rows.Key;
            var written = rows.Where(r => r.State != EntityState.Unchanged).ToList();
            if (part.IsPosted)
            {
                foreach (var row in written.Where(r => r.State != EntityState.Deleted))
                    yield return (part, owner, row.Before, part.ValueOf(row.Entry.Entity, true));
            }
            else if (written.Count > 0)
            {
                object[] before = [.. rows.Where(r => r.State != EntityState.Added).Select(r => r.Before!)];
                object[] after = [.. rows.Where(r => r.State != EntityState.Deleted).Select(r => part.ValueOf(r.Entry.Entity, r.State == EntityState.Modified)!)];
                yield return (part, owner, Sorted(before), Sorted(after));
            }
        }
    }

    private static object[] Sorted(object[] values) => [.. values.OrderBy(v => v.ToString(), StringComparer.Ordinal)];

    private static string OwnerOf(AuditedPart part, EntityEntry entry) =>
        Convert.ToString(entry.Property(part.OwnerId).CurrentValue, CultureInfo.InvariantCulture)!;
}

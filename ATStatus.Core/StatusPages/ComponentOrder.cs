using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// Groups of components and the order of both. On the page itself groups and ungrouped components share one order; within a
/// group its components have theirs. Nothing here raises an event.
/// </summary>
/// <remarks>
/// A place is not what people edit in a form, so it is written past the rows' versions: moving something is no conflict for who has
/// it open. Instead those who order the same page do so one after the other (<see cref="LockAsync"/>).
/// </remarks>
[Needs(Right.WriteStatus)]
public sealed class ComponentOrder(
    IDbContextFactory<AtStatusDbContext> contexts, EventOutbox outbox, IEnumerable<IGroupContent> content, ChangeFeed changes)
{
    /// <summary>Adds a group at the end of its page and returns its number.</summary>
    /// <exception cref="InvalidInputException">The name is missing or too long; or the page is archived.</exception>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    public async Task<int> AddGroupAsync(int statusPageId, string? name, CancellationToken cancellationToken = default)
    {
        var checkedName = CheckName(name);
        return await outbox.RunAsync("group", false, async work =>
        {
            if (!await LockAsync(work.Db, statusPageId, cancellationToken))
                throw new NotFoundException("status page");
            var check = new InputCheck();
            check.Require(
                await work.Db.StatusPages.AnyAsync(p => p.Id == statusPageId && p.ArchivedAt == null, cancellationToken),
                nameof(ComponentGroup.StatusPageId), "This status page is archived.");
            check.ThrowIfInvalid();
            var group = new ComponentGroup
            {
                StatusPageId = statusPageId,
                Name = checkedName,
                Position = await NextPositionAsync(work.Db, statusPageId, null, cancellationToken),
                CreatedAt = work.Now,
            };
            work.Db.ComponentGroups.Add(group);
            await work.SaveAsync("group", cancellationToken);
            return group.Id;
        }, cancellationToken);
    }

    /// <summary>Renames a group.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="name">Required; at most <see cref="ComponentGroup.NameLength"/>.</param>
    /// <exception cref="InvalidInputException">The name is missing or too long.</exception>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    /// <exception cref="EditConflictException">Somebody else renamed it since <paramref name="version"/>.</exception>
    public async Task RenameGroupAsync(int groupId, int version, string? name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var group = await db.ComponentGroups.FindAsync([groupId], cancellationToken) ?? throw new NotFoundException("group");
        if (group.Version != version)
            throw new EditConflictException("group");
        group.Name = CheckName(name);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException("group");
        }
        changes.Signal();
    }

    /// <summary>What goes with a group when it is removed, as sentences.</summary>
    public async Task<IReadOnlyList<string>> DescribeContentAsync(int groupId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var words = new List<string>();
        foreach (var room in content)
            words.AddRange(await room.DescribeAsync(db, groupId, cancellationToken));
        return words;
    }

    /// <summary>Removes a group; its components take its place on the page. Notifications that are limited to it are so no longer.</summary>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    public Task RemoveGroupAsync(int groupId, CancellationToken cancellationToken = default) =>
        outbox.RunAsync("group", false, async work =>
        {
            var db = work.Db;
            var pageId = await PageOfGroupAsync(db, groupId, cancellationToken);
            await LockAsync(db, pageId, cancellationToken);
            // Notifications before components, as a component's deletion writes them.
            foreach (var room in content)
                await room.RemoveAsync(work, groupId, cancellationToken);
            var items = await ItemsAsync(db, pageId, null, cancellationToken);
            var at = items.FindIndex(i => i.IsGroup && i.Id == groupId);
            if (at < 0)
                throw new NotFoundException("group");
            items.RemoveAt(at);
            items.InsertRange(at, await ItemsAsync(db, pageId, groupId, cancellationToken));
            await WriteAsync(db, items, null, cancellationToken);
            var name = await db.ComponentGroups.Where(g => g.Id == groupId).Select(g => g.Name).SingleOrDefaultAsync(cancellationToken);
            await db.ComponentGroups.Where(g => g.Id == groupId).ExecuteDeleteAsync(cancellationToken);
            db.Audit.Record(new AuditChange(AuditAction.Deleted, AuditObject.ComponentGroup, groupId, name)
            {
                Before = new Dictionary<string, object?> { ["status_page"] = new AuditReference(AuditObject.StatusPage, pageId), ["name"] = name },
            });
            return true;
        }, cancellationToken);

    /// <summary>Moves a component to a place.</summary>
    /// <param name="groupId">The group it goes into; null for the page itself.</param>
    /// <param name="index">Its place among what stands there without it; beyond the end means last.</param>
    /// <exception cref="NotFoundException">There is no such component, or no such group on its page.</exception>
    public Task MoveComponentAsync(int componentId, int? groupId, int index, CancellationToken cancellationToken = default) =>
        OrderAsync(db => PageOfComponentAsync(db, componentId, cancellationToken), async (db, pageId) =>
        {
            if (groupId is not null && !await db.ComponentGroups.AnyAsync(g => g.Id == groupId && g.StatusPageId == pageId, cancellationToken))
                throw new NotFoundException("group");
            var moved = await db.Components.AsNoTracking().Where(c => c.Id == componentId)
                .Select(c => new Item(c.Id, false, c.GroupId, c.Position)).SingleOrDefaultAsync(cancellationToken)
                ?? throw new NotFoundException("component");
            var items = await ItemsAsync(db, pageId, groupId, cancellationToken);
            items.RemoveAll(i => !i.IsGroup && i.Id == componentId);
            items.Insert(Math.Clamp(index, 0, items.Count), moved);
            await WriteAsync(db, items, groupId, cancellationToken);
            RecordMove(db, AuditObject.Component, moved, groupId, items.IndexOf(moved));
        }, cancellationToken);

    /// <summary>Moves several components to the end of a group, or of the page itself, each for itself and in the order they have now.</summary>
    /// <param name="groupId">The group they go into, as far as they are on its page; null for the page itself.</param>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    public async Task<ManyOutcome> MoveComponentsAsync(IReadOnlyCollection<int> componentIds, int? groupId, CancellationToken cancellationToken = default)
    {
        List<Component> components;
        int? pageId;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            pageId = groupId is { } group ? await PageOfGroupAsync(db, group, cancellationToken) : null;
            components = await db.Components.AsNoTracking().Include(c => c.Group).Where(c => componentIds.Contains(c.Id)).ToListAsync(cancellationToken);
        }
        return await ManyOutcome.OfEachAsync(Component.InPageOrder(components), async component =>
        {
            if (component.GroupId == groupId)
                return false;
            if (pageId is not null && component.StatusPageId != pageId)
                throw new IllegalTransitionException("The group is on another status page.");
            await MoveComponentAsync(component.Id, groupId, int.MaxValue, cancellationToken);
            return true;
        }, component => component.Name);
    }

    /// <summary>Moves a group to a place among the page's groups and ungrouped components.</summary>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    public Task MoveGroupAsync(int groupId, int index, CancellationToken cancellationToken = default) =>
        OrderAsync(db => PageOfGroupAsync(db, groupId, cancellationToken), async (db, pageId) =>
        {
            var items = await ItemsAsync(db, pageId, null, cancellationToken);
            var moved = items.Find(i => i.IsGroup && i.Id == groupId) ?? throw new NotFoundException("group");
            items.Remove(moved);
            items.Insert(Math.Clamp(index, 0, items.Count), moved);
            await WriteAsync(db, items, null, cancellationToken);
            RecordMove(db, AuditObject.ComponentGroup, moved, null, items.IndexOf(moved));
        }, cancellationToken);

    /// <summary>The place behind everything that stands there. Ask for it in the transaction that takes it.</summary>
    internal static async Task<int> NextPositionAsync(AtStatusDbContext db, int pageId, int? groupId, CancellationToken cancellationToken)
    {
        // A transaction on SQLite writes alone from its beginning.
        if (db.Dialect.IsShared)
            await LockAsync(db, pageId, cancellationToken);
        var last = await db.StatusPages.Where(p => p.Id == pageId)
            .Select(p => new
            {
                Component = db.Components.Where(c => c.StatusPageId == pageId && c.GroupId == groupId).Max(c => (int?)c.Position),
                Group = groupId == null ? db.ComponentGroups.Where(g => g.StatusPageId == pageId).Max(g => (int?)g.Position) : null,
            })
            .SingleOrDefaultAsync(cancellationToken);
        return Math.Max(last?.Component ?? -1, last?.Group ?? -1) + 1;
    }

    /// <summary>
    /// Holds the page's order until the transaction ends, so that what is read of it is still so when it is written; answers
    /// whether there is such a page. SQLite lets one transaction write at a time anyway; SQL Server locks the row that is written.
    /// The value stays what it is, and so does the version.
    /// </summary>
    private static async Task<bool> LockAsync(AtStatusDbContext db, int pageId, CancellationToken cancellationToken) =>
        await db.StatusPages.Where(p => p.Id == pageId)
            .ExecuteUpdateAsync(page => page.SetProperty(p => p.CreatedAt, p => p.CreatedAt), cancellationToken) > 0;

    private async Task OrderAsync(
        Func<AtStatusDbContext, Task<int>> findPage, Func<AtStatusDbContext, int, Task> order, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var pageId = await findPage(db);
        await LockAsync(db, pageId, cancellationToken);
        await order(db, pageId);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal();
    }

    private static async Task<int> PageOfComponentAsync(AtStatusDbContext db, int componentId, CancellationToken cancellationToken) =>
        await db.Components.Where(c => c.Id == componentId).Select(c => (int?)c.StatusPageId).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFoundException("component");

    private static async Task<int> PageOfGroupAsync(AtStatusDbContext db, int groupId, CancellationToken cancellationToken) =>
        await db.ComponentGroups.Where(g => g.Id == groupId).Select(g => (int?)g.StatusPageId).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFoundException("group");

    private static void RecordMove(AtStatusDbContext db, AuditObject kind, Item moved, int? groupId, int place)
    {
        if (moved.Position == place && moved.GroupId == groupId)
            return;
        db.Audit.Record(new AuditChange(AuditAction.Moved, kind, moved.Id, null)
        {
            Before = PlaceOf(moved.GroupId, moved.Position),
            After = PlaceOf(groupId, place),
        });

        static Dictionary<string, object?> PlaceOf(int? group, int position) => new()
        {
            ["group"] = group is { } id ? new AuditReference(AuditObject.ComponentGroup, id) : null,
            // As people count.
            ["place"] = position + 1,
        };
    }

    private sealed record Item(int Id, bool IsGroup, int? GroupId, int Position);

    private static async Task<List<Item>> ItemsAsync(AtStatusDbContext db, int pageId, int? groupId, CancellationToken cancellationToken)
    {
        var components = await db.Components.AsNoTracking().Where(c => c.StatusPageId == pageId && c.GroupId == groupId)
            .Select(c => new Item(c.Id, false, c.GroupId, c.Position)).ToListAsync(cancellationToken);
        var groups = groupId is not null ? [] : await db.ComponentGroups.AsNoTracking().Where(g => g.StatusPageId == pageId)
            .Select(g => new Item(g.Id, true, null, g.Position)).ToListAsync(cancellationToken);
        return [.. components.Concat(groups).OrderBy(i => i.Position).ThenBy(i => i.IsGroup).ThenBy(i => i.Id)];
    }

    /// <summary>Numbers what stands in a group, or on the page itself, in this order.</summary>
    private static async Task WriteAsync(AtStatusDbContext db, List<Item> items, int? groupId, CancellationToken cancellationToken)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var (id, place) = (items[i].Id, i);
            if (items[i].Position == place && items[i].GroupId == groupId)
                continue;
            if (items[i].IsGroup)
                await db.ComponentGroups.Where(g => g.Id == id)
                    .ExecuteUpdateAsync(group => group.SetProperty(g => g.Position, place), cancellationToken);
            else
                await db.Components.Where(c => c.Id == id)
                    .ExecuteUpdateAsync(row => row.SetProperty(c => c.Position, place).SetProperty(c => c.GroupId, groupId), cancellationToken);
        }
    }

    private static string CheckName(string? name)
    {
        var check = new InputCheck();
        var checkedName = check.Line(name, nameof(ComponentGroup.Name), "Name", ComponentGroup.NameLength);
        check.ThrowIfInvalid();
        return checkedName;
    }
}

using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// Groups of components and the order of both. On the page itself groups and ungrouped components share one order; within a
/// group its components have theirs. Nothing here raises an event.
/// </summary>
public sealed class ComponentOrder(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Adds a group at the end of its page and answers its number.</summary>
    /// <exception cref="InvalidInputException">The name is missing or too long.</exception>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    public async Task<int> AddGroupAsync(int statusPageId, string? name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var checkedName = CheckName(name);
        if (!await db.StatusPages.AnyAsync(p => p.Id == statusPageId, cancellationToken))
            throw new NotFoundException("status page");
        var group = new ComponentGroup
        {
            StatusPageId = statusPageId,
            Name = checkedName,
            Position = await NextPositionAsync(db, statusPageId, null, cancellationToken),
        };
        db.ComponentGroups.Add(group);
        await db.SaveChangesAsync(cancellationToken);
        return group.Id;
    }

    /// <summary>Renames a group.</summary>
    /// <exception cref="InvalidInputException">The name is missing or too long.</exception>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    public async Task RenameGroupAsync(int groupId, string? name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var group = await db.ComponentGroups.FindAsync([groupId], cancellationToken) ?? throw new NotFoundException("group");
        group.Name = CheckName(name);
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>Removes a group; its components take its place on the page.</summary>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    public async Task RemoveGroupAsync(int groupId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var group = await db.ComponentGroups.FindAsync([groupId], cancellationToken) ?? throw new NotFoundException("group");
        var items = await ItemsAsync(db, group.StatusPageId, null, cancellationToken);
        var freed = await ItemsAsync(db, group.StatusPageId, groupId, cancellationToken);
        var at = items.FindIndex(i => i.Group?.Id == groupId);
        items.RemoveAt(at);
        items.InsertRange(at, freed);
        foreach (var item in freed)
            item.Component!.GroupId = null;
        Number(items);
        await SaveAsync(db, cancellationToken);
        db.ComponentGroups.Remove(group);
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>Moves a component to a place.</summary>
    /// <param name="componentId">The component.</param>
    /// <param name="groupId">The group it goes into; null for the page itself.</param>
    /// <param name="index">Its place among what stands there without it; beyond the end means last.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="NotFoundException">There is no such component, or no such group on its page.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote one of them at the same moment.</exception>
    public async Task MoveComponentAsync(int componentId, int? groupId, int index, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var component = await db.Components.FindAsync([componentId], cancellationToken) ?? throw new NotFoundException("component");
        if (groupId is not null && !await db.ComponentGroups.AnyAsync(g => g.Id == groupId && g.StatusPageId == component.StatusPageId, cancellationToken))
            throw new NotFoundException("group");
        var items = await ItemsAsync(db, component.StatusPageId, groupId, cancellationToken);
        items.RemoveAll(i => i.Component?.Id == componentId);
        items.Insert(Math.Clamp(index, 0, items.Count), new Item(component, null));
        component.GroupId = groupId;
        Number(items);
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>Moves a group to a place among the page's groups and ungrouped components.</summary>
    /// <exception cref="NotFoundException">There is no such group.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote one of them at the same moment.</exception>
    public async Task MoveGroupAsync(int groupId, int index, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var group = await db.ComponentGroups.FindAsync([groupId], cancellationToken) ?? throw new NotFoundException("group");
        var items = await ItemsAsync(db, group.StatusPageId, null, cancellationToken);
        items.RemoveAll(i => i.Group?.Id == groupId);
        items.Insert(Math.Clamp(index, 0, items.Count), new Item(null, group));
        Number(items);
        await SaveAsync(db, cancellationToken);
    }

    internal static async Task<int> NextPositionAsync(AtStatusDbContext db, int pageId, int? groupId, CancellationToken cancellationToken)
    {
        var last = await db.Components.Where(c => c.StatusPageId == pageId && c.GroupId == groupId).MaxAsync(c => (int?)c.Position, cancellationToken) ?? -1;
        if (groupId is null)
            last = Math.Max(last, await db.ComponentGroups.Where(g => g.StatusPageId == pageId).MaxAsync(g => (int?)g.Position, cancellationToken) ?? -1);
        return last + 1;
    }

    private sealed record Item(Component? Component, ComponentGroup? Group)
    {
        public int Position => Component?.Position ?? Group!.Position;
    }

    private static async Task<List<Item>> ItemsAsync(AtStatusDbContext db, int pageId, int? groupId, CancellationToken cancellationToken)
    {
        var components = await db.Components.Where(c => c.StatusPageId == pageId && c.GroupId == groupId).ToListAsync(cancellationToken);
        var groups = groupId is null ? await db.ComponentGroups.Where(g => g.StatusPageId == pageId).ToListAsync(cancellationToken) : [];
        return [.. components.Select(c => new Item(c, null)).Concat(groups.Select(g => new Item(null, g)))
            .OrderBy(i => i.Position).ThenBy(i => i.Component?.Id ?? 0)];
    }

    private static void Number(List<Item> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Component is { } component)
                component.Position = i;
            else
                items[i].Group!.Position = i;
        }
    }

    private static string CheckName(string? name)
    {
        var check = new InputCheck();
        var checkedName = check.Line(name, nameof(ComponentGroup.Name), "Name", ComponentGroup.NameLength);
        check.ThrowIfInvalid();
        return checkedName;
    }

    private static async Task SaveAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException("order");
        }
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>A page in a list.</summary>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="ArchivedAt">When it was put away (UTC).</param>
/// <param name="Version">What to hand to an update.</param>
/// <param name="Statuses">The statuses of its components, in their order.</param>
public sealed record StatusPageRow(
    int Id, string Name, string Slug, string Description, string TimeZone, DateTime? ArchivedAt, int Version, IReadOnlyList<ComponentStatus> Statuses)
{
    /// <summary>Where the public reads it; null where nobody said.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>The worst of the components' statuses; operational where there is no component.</summary>
    public ComponentStatus Worst => Statuses.Count == 0 ? ComponentStatus.Operational : Statuses.MaxBy(ComponentStatusResolver.Badness);
}

/// <summary>A component in a list.</summary>
/// <param name="UptimePercent">Uptime as the contract defines it.</param>
/// <param name="Version">What to hand to an update.</param>
public sealed record ComponentRow(
    int Id, string Name, string Description, ComponentStatus Status, bool IsVisible, int StatusPageId, string StatusPageName,
    int? GroupId, string? GroupName, decimal UptimePercent, int Version)
{
    /// <summary>The status it has where no incident and no maintenance says otherwise; a suggested one is never better.</summary>
    public ComponentStatus OwnStatus { get; init; }

    /// <summary>When it was added (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }
}

/// <summary>What stands on a page, one after the other: a group with its components, or a component of no group.</summary>
/// <param name="Group">The group; null for a single component.</param>
/// <param name="Components">The group's components, or the one.</param>
public sealed record PageSection(ComponentGroupRow? Group, IReadOnlyList<ComponentRow> Components);

/// <summary>A group of components.</summary>
/// <param name="Version">What to hand to a renaming.</param>
public sealed record ComponentGroupRow(int Id, string Name, int Version)
{
    /// <summary>The page it is on.</summary>
    public int StatusPageId { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last renamed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }
}

/// <summary>A component to choose.</summary>
/// <param name="GroupId">Its group; null for a component of no group.</param>
/// <param name="GroupName">The group's name; null for a component of no group.</param>
public sealed record ComponentChoice(
    int Id, string Name, int StatusPageId, string StatusPageName, string StatusPageSlug, int? GroupId, string? GroupName);

/// <summary>A group of components to choose.</summary>
public sealed record GroupChoice(int Id, string Name, int StatusPageId, string StatusPageName, string StatusPageSlug);

public sealed class StatusPageQueries(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>Every page in use, by name; with the archived ones where asked for.</summary>
    public async Task<IReadOnlyList<StatusPageRow>> PagesAsync(bool archived = false, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pages = await db.StatusPages.AsNoTracking()
            .Where(p => archived || p.ArchivedAt == null)
            .OrderBy(p => p.Name).ThenBy(p => p.Id)
            .ToListAsync(cancellationToken);
        var components = await db.Components.AsNoTracking().Include(c => c.Group).ToListAsync(cancellationToken);
        var byPage = components.ToLookup(c => c.StatusPageId);
        return [.. pages.Select(p => Row(p, byPage[p.Id]))];
    }

    /// <summary>One page; null when there is none.</summary>
    public async Task<StatusPageRow?> PageAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await db.StatusPages.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken);
        if (page is null)
            return null;
        return Row(page, await db.Components.AsNoTracking().Include(c => c.Group).Where(c => c.StatusPageId == id).ToListAsync(cancellationToken));
    }

    /// <summary>Components of one page or of all pages in use, by page and then in the page's order.</summary>
    public Task<IReadOnlyList<ComponentRow>> ComponentsAsync(int? statusPageId = null, CancellationToken cancellationToken = default) =>
        ComponentsAsync(statusPageId, groupId: null, cancellationToken);

    /// <summary>The same of one group, also of an archived page, where that is asked for.</summary>
    public async Task<IReadOnlyList<ComponentRow>> ComponentsAsync(
        int? statusPageId, int? groupId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var components = await db.Components.AsNoTracking().Include(c => c.StatusPage).Include(c => c.Group)
            .Where(c => statusPageId == null ? groupId != null || c.StatusPage!.ArchivedAt == null : c.StatusPageId == statusPageId)
            .Where(c => groupId == null || c.GroupId == groupId)
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var statements = await StatementsAsync(db, statusPageId, now, cancellationToken);
        return [.. components.GroupBy(c => (c.StatusPage!.Name, c.StatusPageId))
            .OrderBy(g => g.Key.Name, StringComparer.CurrentCulture).ThenBy(g => g.Key.StatusPageId)
            .SelectMany(g => Component.InPageOrder(g))
            .Select(c => Row(c, statements[c.Id], now))];
    }

    /// <summary>The components of all pages in use to choose from, by page and then in the page's order.</summary>
    public async Task<IReadOnlyList<ComponentChoice>> ChoicesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var components = await db.Components.AsNoTracking().Include(c => c.StatusPage).Include(c => c.Group)
            .Where(c => c.StatusPage!.ArchivedAt == null).ToListAsync(cancellationToken);
        return [.. components.GroupBy(c => (c.StatusPage!.Name, c.StatusPageId))
            .OrderBy(g => g.Key.Name, StringComparer.CurrentCulture).ThenBy(g => g.Key.StatusPageId)
            .SelectMany(g => Component.InPageOrder(g))
            .Select(c => new ComponentChoice(c.Id, c.Name, c.StatusPageId, c.StatusPage!.Name, c.StatusPage.Slug, c.GroupId, c.Group?.Name))];
    }

    /// <summary>The groups of all pages in use to choose from, by page and then in the page's order.</summary>
    public async Task<IReadOnlyList<GroupChoice>> GroupChoicesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var groups = await db.ComponentGroups.AsNoTracking()
            .Join(db.StatusPages.Where(p => p.ArchivedAt == null), g => g.StatusPageId, p => p.Id, (g, p) => new { Group = g, p.Name, p.Slug })
            .ToListAsync(cancellationToken);
        return [.. groups.OrderBy(g => g.Name, StringComparer.CurrentCulture).ThenBy(g => g.Group.StatusPageId).ThenBy(g => g.Group.Position).ThenBy(g => g.Group.Id)
            .Select(g => new GroupChoice(g.Group.Id, g.Group.Name, g.Group.StatusPageId, g.Name, g.Slug))];
    }

    /// <summary>Components of pages in use that are not operational, the worst first.</summary>
    public async Task<IReadOnlyList<ComponentRow>> AffectedAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var components = await db.Components.AsNoTracking().Include(c => c.StatusPage).Include(c => c.Group)
            .Where(c => c.Status != ComponentStatus.Operational && c.StatusPage!.ArchivedAt == null)
            .ToListAsync(cancellationToken);
        var ids = components.Select(c => c.Id).ToArray();
        var now = time.GetUtcNow().UtcDateTime;
        var statements = (await ComponentStatements.Recent(db, now).Where(s => ids.Contains(s.ComponentId)).ToListAsync(cancellationToken))
            .ToLookup(s => s.ComponentId);
        return [.. Component.InPageOrder(components)
            .OrderByDescending(c => ComponentStatusResolver.Badness(c.Status))
            .Select(c => Row(c, statements[c.Id], now))];
    }

    /// <summary>One component, of an archived page too; null when there is none.</summary>
    public async Task<ComponentRow?> ComponentAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var component = await db.Components.AsNoTracking().Include(c => c.StatusPage).Include(c => c.Group)
            .SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (component is null)
            return null;
        var now = time.GetUtcNow().UtcDateTime;
        return Row(component, await ComponentStatements.Recent(db, now).Where(s => s.ComponentId == id).ToListAsync(cancellationToken), now);
    }

    /// <summary>A page's groups and components in its order, empty groups included.</summary>
    public async Task<IReadOnlyList<PageSection>> SectionsAsync(int statusPageId, CancellationToken cancellationToken = default)
    {
        var components = await ComponentsAsync(statusPageId, cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var groups = await db.ComponentGroups.AsNoTracking().Where(g => g.StatusPageId == statusPageId).ToListAsync(cancellationToken);
        var positions = await db.Components.AsNoTracking().Where(c => c.StatusPageId == statusPageId && c.GroupId == null)
            .ToDictionaryAsync(c => c.Id, c => c.Position, cancellationToken);
        var singles = components.Where(c => c.GroupId is null && positions.ContainsKey(c.Id))
            .Select(c => (Position: positions[c.Id], Section: new PageSection(null, [c])));
        var grouped = groups.Select(g => (
            g.Position, Section: new PageSection(new ComponentGroupRow(g.Id, g.Name, g.Version), [.. components.Where(c => c.GroupId == g.Id)])));
        return [.. grouped.Concat(singles).OrderBy(s => s.Position).Select(s => s.Section)];
    }

    /// <summary>The groups of a page, in its order.</summary>
    public async Task<IReadOnlyList<ComponentGroupRow>> GroupsAsync(int statusPageId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ComponentGroups.AsNoTracking().Where(g => g.StatusPageId == statusPageId)
            .OrderBy(g => g.Position).ThenBy(g => g.Id).Select(g => new ComponentGroupRow(g.Id, g.Name, g.Version)).ToListAsync(cancellationToken);
    }

    /// <summary>The groups of one page or of all, the newest first.</summary>
    public async Task<IReadOnlyList<ComponentGroupRow>> NewestGroupsAsync(int? statusPageId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ComponentGroups.AsNoTracking().Where(g => statusPageId == null || g.StatusPageId == statusPageId).OrderByDescending(g => g.Id)
            .Select(g => new ComponentGroupRow(g.Id, g.Name, g.Version) { StatusPageId = g.StatusPageId, CreatedAt = g.CreatedAt, UpdatedAt = g.UpdatedAt })
            .ToListAsync(cancellationToken);
    }

    /// <summary>The last 90 days of every component of a page, by component.</summary>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<ComponentDay>>> DaysAsync(int statusPageId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await db.StatusPages.AsNoTracking().SingleOrDefaultAsync(p => p.Id == statusPageId, cancellationToken);
        if (page is null)
            return new Dictionary<int, IReadOnlyList<ComponentDay>>();
        var zone = PageTimeZone.Find(page.TimeZone);
        var now = time.GetUtcNow().UtcDateTime;
        var statements = await StatementsAsync(db, statusPageId, now, cancellationToken);
        return (await db.Components.AsNoTracking().Where(c => c.StatusPageId == statusPageId).ToListAsync(cancellationToken))
            .ToDictionary(c => c.Id, c => StatusHistory.ByDay(ComponentStatements.RecentSegments(statements[c.Id], c.CreatedAt, now), c.CreatedAt, now, zone));
    }

    /// <summary>
    /// A component's history in stretches of one status, the newest first, at most <paramref name="limit"/>: the first one lasts, each
    /// other ends where the one before it begins. Empty when there is no such component.
    /// </summary>
    public async Task<IReadOnlyList<StatusSegment>> SegmentsAsync(int componentId, int limit = 50, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var component = await db.Components.AsNoTracking().Include(c => c.Statements).SingleOrDefaultAsync(c => c.Id == componentId, cancellationToken);
        return component is null
            ? []
            : [.. ComponentStatusResolver.Segments(component.Statements, component.CreatedAt, time.GetUtcNow().UtcDateTime).Reverse().Take(limit)];
    }

    private static StatusPageRow Row(StatusPage page, IEnumerable<Component> components) => new(
        page.Id, page.Name, page.Slug, page.Description, page.TimeZone, page.ArchivedAt, page.Version,
        [.. Component.InPageOrder(components).Select(c => c.Status)])
    {
        PublicUrl = page.PublicUrl,
        CreatedAt = page.CreatedAt,
        UpdatedAt = page.UpdatedAt,
    };

    private static ComponentRow Row(Component c, IEnumerable<ComponentStatement> recent, DateTime now)
    {
        var statements = recent.ToList();
        var uptime = Uptime.Percent(ComponentStatements.RecentSegments(statements, c.CreatedAt, now), c.CreatedAt, now);
        return new ComponentRow(
            c.Id, c.Name, c.Description, c.Status, c.IsVisible, c.StatusPageId, c.StatusPage!.Name, c.GroupId, c.Group?.Name, uptime, c.Version)
        {
            OwnStatus = statements.Find(s => s.Source == StatementSource.Own && s.To is null)?.Status ?? c.Status,
            CreatedAt = c.CreatedAt,
            UpdatedAt = c.UpdatedAt,
        };
    }

    private static async Task<ILookup<int, ComponentStatement>> StatementsAsync(
        AtStatusDbContext db, int? statusPageId, DateTime now, CancellationToken cancellationToken) =>
        (await ComponentStatements.Recent(db, now)
            .Where(s => statusPageId == null || db.Components.Any(c => c.Id == s.ComponentId && c.StatusPageId == statusPageId))
            .ToListAsync(cancellationToken)).ToLookup(s => s.ComponentId);
}

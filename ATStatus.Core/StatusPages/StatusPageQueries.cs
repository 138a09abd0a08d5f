using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>A page in a list.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Version">What to hand to an update.</param>
/// <param name="Statuses">The statuses of its components, in their order.</param>
public sealed record StatusPageRow(int Id, string Name, string Slug, int Version, IReadOnlyList<ComponentStatus> Statuses)
{
    /// <summary>The worst of the components' statuses; operational where there is no component.</summary>
    public ComponentStatus Worst => Statuses.Count == 0 ? ComponentStatus.Operational : Statuses.MaxBy(Badness);

    /// <summary>How bad a status is for the people who use the component; maintenance is announced, so it stands below an outage.</summary>
    public static int Badness(ComponentStatus status) => status switch
    {
        ComponentStatus.Operational => 0,
        ComponentStatus.Maintenance => 1,
        ComponentStatus.Degraded => 2,
        ComponentStatus.PartialOutage => 3,
        _ => 4,
    };
}

/// <summary>A component in a list.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status now.</param>
/// <param name="StatusPageId">Its page.</param>
/// <param name="StatusPageName">Its page's name.</param>
/// <param name="UptimePercent">Uptime as the contract defines it.</param>
/// <param name="Version">What to hand to an update.</param>
public sealed record ComponentRow(
    int Id, string Name, ComponentStatus Status, int StatusPageId, string StatusPageName, decimal UptimePercent, int Version);

/// <summary>Reads pages and components.</summary>
public sealed class StatusPageQueries(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>Every page, by name.</summary>
    public async Task<IReadOnlyList<StatusPageRow>> PagesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pages = await db.StatusPages.AsNoTracking()
            .OrderBy(p => p.Name).ThenBy(p => p.Id)
            .Select(p => new { p.Id, p.Name, p.Slug, p.Version })
            .ToListAsync(cancellationToken);
        var statuses = await db.Components.AsNoTracking()
            .OrderBy(c => c.Position).ThenBy(c => c.Id)
            .Select(c => new { c.StatusPageId, c.Status })
            .ToListAsync(cancellationToken);
        var byPage = statuses.ToLookup(c => c.StatusPageId, c => c.Status);
        return [.. pages.Select(p => new StatusPageRow(p.Id, p.Name, p.Slug, p.Version, [.. byPage[p.Id]]))];
    }

    /// <summary>One page; null when there is none.</summary>
    public async Task<StatusPageRow?> PageAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await db.StatusPages.AsNoTracking().Include(p => p.Components).SingleOrDefaultAsync(p => p.Id == id, cancellationToken);
        return page is null
            ? null
            : new StatusPageRow(page.Id, page.Name, page.Slug, page.Version, [.. page.Components.OrderBy(c => c.Position).Select(c => c.Status)]);
    }

    /// <summary>Components of one page or of all, by page and then in the page's order.</summary>
    public async Task<IReadOnlyList<ComponentRow>> ComponentsAsync(int? statusPageId = null, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var components = await db.Components.AsNoTracking()
            .Where(c => statusPageId == null || c.StatusPageId == statusPageId)
            .OrderBy(c => c.StatusPage!.Name).ThenBy(c => c.StatusPageId).ThenBy(c => c.Position).ThenBy(c => c.Id)
            .Select(c => new { Component = c, Page = c.StatusPage!.Name })
            .ToListAsync(cancellationToken);
        var history = await HistoryAsync(db, statusPageId, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return [.. components.Select(c => new ComponentRow(
            c.Component.Id, c.Component.Name, c.Component.Status, c.Component.StatusPageId, c.Page,
            Uptime.Percent(history[c.Component.Id], c.Component.CreatedAt, now), c.Component.Version))];
    }

    private static async Task<ILookup<int, ComponentStatusChange>> HistoryAsync(
        AtStatusDbContext db, int? statusPageId, CancellationToken cancellationToken)
    {
        var changes = await db.ComponentStatusChanges.AsNoTracking()
            .Where(h => statusPageId == null || db.Components.Any(c => c.Id == h.ComponentId && c.StatusPageId == statusPageId))
            .ToListAsync(cancellationToken);
        return changes.ToLookup(h => h.ComponentId);
    }
}

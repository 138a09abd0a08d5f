using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>An incident in a list.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">Its title.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="StatusPageName">The page.</param>
/// <param name="Components">The names of the components it touches.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="ResolvedAt">When it was resolved (UTC).</param>
public sealed record IncidentRow(
    int Id, string Title, IncidentSeverity Severity, IncidentStatus Status, string StatusPageName, IReadOnlyList<string> Components,
    DateTime StartedAt, DateTime? ResolvedAt);

/// <summary>A timeline entry.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Status">The status from it on.</param>
/// <param name="Message">What was told.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Author">By whom.</param>
public sealed record IncidentUpdateRow(int Id, IncidentStatus Status, string Message, DateTime At, string Author);

/// <summary>An incident with its timeline, newest first.</summary>
/// <param name="Row">The incident.</param>
/// <param name="StatusPageId">The page.</param>
/// <param name="ComponentIds">The components it touches.</param>
/// <param name="Version">What to hand to an update.</param>
/// <param name="Updates">The timeline.</param>
public sealed record IncidentDetail(
    IncidentRow Row, int StatusPageId, IReadOnlyList<int> ComponentIds, int Version, IReadOnlyList<IncidentUpdateRow> Updates);

/// <summary>Reads incidents.</summary>
public sealed class IncidentQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Open incidents first, then by start, newest first; at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<IncidentRow>> ListAsync(bool openOnly = false, int limit = 200, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var incidents = await db.Incidents.AsNoTracking()
            .Where(i => !openOnly || i.Status != IncidentStatus.Resolved)
            .OrderByDescending(i => i.Status != IncidentStatus.Resolved).ThenByDescending(i => i.StartedAt).ThenByDescending(i => i.Id)
            .Take(limit)
            .Include(i => i.StatusPage)
            .Include(i => i.Components).ThenInclude(c => c.Component)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        return [.. incidents.Select(Row)];
    }

    /// <summary>One incident; null when there is none.</summary>
    public async Task<IncidentDetail?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var incident = await db.Incidents.AsNoTracking()
            .Include(i => i.StatusPage)
            .Include(i => i.Updates)
            .Include(i => i.Components).ThenInclude(c => c.Component)
            .AsSplitQuery()
            .SingleOrDefaultAsync(i => i.Id == id, cancellationToken);
        return incident is null ? null : new IncidentDetail(
            Row(incident), incident.StatusPageId, [.. incident.Components.Select(c => c.ComponentId)], incident.Version,
            [.. incident.Updates.OrderByDescending(u => u.Id).Select(u => new IncidentUpdateRow(u.Id, u.Status, u.Message, u.At, u.Author))]);
    }

    private static IncidentRow Row(Incident incident) => new(
        incident.Id, incident.Title, incident.Severity, incident.Status, incident.StatusPage!.Name,
        [.. incident.Components.OrderBy(c => c.Component!.Position).ThenBy(c => c.ComponentId).Select(c => c.Component!.Name)],
        incident.StartedAt, incident.ResolvedAt);
}

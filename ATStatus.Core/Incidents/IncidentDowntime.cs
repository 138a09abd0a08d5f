using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>A span that counts as downtime because of an incident: "counts as downtime of API from 06:00 to 09:00".</summary>
/// <param name="Components">The names of the components, in their page's order; with the group where two have the same.</param>
/// <param name="From">From when (UTC).</param>
/// <param name="Until">Until when (UTC); null while the incident is open.</param>
public sealed record Downtime(IReadOnlyList<string> Components, DateTime From, DateTime? Until);

/// <summary>What of an incident counts as downtime, for the forms in which its times and statuses are entered.</summary>
public sealed class IncidentDowntime(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>What a new incident would count as; empty where it counts as none, or the times make no span.</summary>
    /// <param name="components">The components as they are entered; a status that nobody chose must be the suggested one.</param>
    /// <param name="startedAt">The start (UTC); null for now.</param>
    /// <param name="endedAt">The end (UTC); null for now.</param>
    /// <param name="resolved">Whether it is entered as resolved; otherwise it has no end.</param>
    public async Task<IReadOnlyList<Downtime>> OfNewAsync(
        IReadOnlyCollection<AffectedComponent> components, DateTime? startedAt, DateTime? endedAt, bool resolved, CancellationToken cancellationToken = default)
    {
        var now = Now();
        var down = components.Where(c => c.Status is { } status && ComponentStatusResolver.IsDown(status)).Select(c => c.ComponentId).Distinct()
            .ToDictionary(id => id, _ => new List<(DateTime From, DateTime? To)> { (startedAt ?? now, resolved ? endedAt ?? now : null) });
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await SpansAsync(db, down, cancellationToken);
    }

    /// <summary>What an incident would count as with other times; empty where it counts as none, or there is no such incident.</summary>
    /// <param name="startedAt">The start (UTC); null for the one it has.</param>
    /// <param name="endedAt">The end (UTC) of a resolved one; null for when it was resolved.</param>
    public async Task<IReadOnlyList<Downtime>> OfAsync(
        int incidentId, DateTime? startedAt, DateTime? endedAt, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var incident = await db.Incidents.AsNoTracking().SingleOrDefaultAsync(i => i.Id == incidentId, cancellationToken);
        if (incident is null)
            return [];
        var statements = await db.ComponentStatements.AsNoTracking()
            .Where(s => s.Source == StatementSource.Incident && s.SourceId == incidentId).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        var resolved = incident.Status == IncidentStatus.Resolved;
        var down = statements.Where(s => ComponentStatusResolver.IsDown(s.Status)).GroupBy(s => s.ComponentId).ToDictionary(
            g => g.Key,
            g => g.Select(s => IncidentStatements.Span(s, startedAt ?? incident.StartedAt, resolved, endedAt, incident.ResolvedAt)).ToList());
        return await SpansAsync(db, down, cancellationToken);
    }

    /// <summary>Within the components' lives, what follows on each other brought together, and components that are down at the same times.</summary>
    private static async Task<IReadOnlyList<Downtime>> SpansAsync(
        AtStatusDbContext db, Dictionary<int, List<(DateTime From, DateTime? To)>> down, CancellationToken cancellationToken)
    {
        var ids = down.Keys.ToArray();
        // All of the page: of two that are called the same, the text says which.
        var ofPage = await db.Components.AsNoTracking().Include(c => c.Group)
            .Where(c => db.Components.Any(one => ids.Contains(one.Id) && one.StatusPageId == c.StatusPageId)).ToListAsync(cancellationToken);
        var names = DistinctNames.Of(ofPage, c => c.Id, c => c.Name, c => c.Group?.Name ?? DistinctNames.NoGroup);
        var components = ofPage.Where(c => down.ContainsKey(c.Id));
        var spans = new List<(string Name, DateTime From, DateTime? To)>();
        foreach (var component in Component.InPageOrder(components))
        {
            (DateTime From, DateTime? To)? open = null;
            foreach (var (from, to) in down[component.Id].Select(s => (From: s.From > component.CreatedAt ? s.From : component.CreatedAt, s.To))
                .Where(s => s.To is null || s.To > s.From).OrderBy(s => s.From))
            {
                if (open is { } before && before.To is { } end && end >= from)
                {
                    open = (before.From, to is null || to > end ? to : end);
                    continue;
                }
                if (open is { } done)
                    spans.Add((names[component.Id], done.From, done.To));
                open = (from, to);
            }
            if (open is { } last)
                spans.Add((names[component.Id], last.From, last.To));
        }
        return [.. spans.GroupBy(s => (s.From, s.To)).OrderBy(g => g.Key.From).Select(g => new Downtime([.. g.Select(s => s.Name)], g.Key.From, g.Key.To))];
    }

    private DateTime Now()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }
}

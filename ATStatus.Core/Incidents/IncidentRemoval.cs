using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>Deletes many incidents at once.</summary>
[Needs(Right.WriteStatus)]
public sealed class IncidentRemoval(IDbContextFactory<AtStatusDbContext> contexts, IncidentService incidents)
{
    /// <summary>
    /// Deletes each for itself, as <see cref="IncidentService.DeleteAsync"/> does. Open ones are kept, and so is one that is written at the same moment.
    /// </summary>
    public async Task<ManyOutcome> DeleteAsync(IReadOnlyCollection<int> ids, bool keepDowntime, CancellationToken cancellationToken = default)
    {
        List<(int Id, string Title, int Version)> found;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            found = [.. (await db.Incidents.Where(i => ids.Contains(i.Id)).OrderBy(i => i.Id).Select(i => new { i.Id, i.Title, i.Version }).ToListAsync(cancellationToken))
                .Select(i => (i.Id, i.Title, i.Version))];
        }
        return await ManyOutcome.OfEachAsync(found, async incident =>
        {
            await incidents.DeleteAsync(incident.Id, incident.Version, keepDowntime, cancellationToken);
            return true;
        }, incident => $"“{incident.Title}”");
    }
}

using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>What stands of incidents in the history of their components.</summary>
public sealed class IncidentHistory(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Whether something that the incident said counts in a component's history, so that its deletion must say what becomes of it.</summary>
    public async Task<bool> ExistsAsync(int incidentId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ComponentStatements.AsNoTracking().AnyAsync(
            s => s.Source == StatementSource.Incident && s.SourceId == incidentId
                && (s.To == null || (s.To > s.From && db.Components.Any(c => c.Id == s.ComponentId && s.To > c.CreatedAt))),
            cancellationToken);
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>A status set by hand during incidents is what each of them says from then on, and what their forms show.</summary>
internal sealed class IncidentStatusByHand : IIncidentStatuses
{
    public async Task SetByHandAsync(
        UnitOfWork work, int componentId, IReadOnlyCollection<int> incidentIds, ComponentStatus status, CancellationToken cancellationToken)
    {
        var touched = await work.Db.IncidentComponents.Include(c => c.Incident)
            .Where(c => c.ComponentId == componentId && incidentIds.Contains(c.IncidentId)).ToListAsync(cancellationToken);
        foreach (var component in touched)
        {
            (component.Status, component.IsChosen) = (status, true);
            // The version must tell those who have the incident's form open.
            work.Db.Entry(component.Incident!).Property(i => i.Title).IsModified = true;
        }
    }
}

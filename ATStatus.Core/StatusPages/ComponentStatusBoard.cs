using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// The one place where a component's status changes. Open incidents and running maintenance lay statuses over the
/// component's own: the worst of the incidents' wins, then maintenance, then its own. What really changes raises
/// <c>component.status_changed</c>, in the page's order.
/// </summary>
public static class ComponentStatusBoard
{
    /// <summary>
    /// Says which components a source covers now, and with which status; replaces what it said before. Components for
    /// which nothing changes are left alone, also where a person has set them by hand since.
    /// </summary>
    /// <param name="work">The unit of work; its change is saved, and the source's own event recorded, before.</param>
    /// <param name="source">What kind of source.</param>
    /// <param name="sourceId">Which.</param>
    /// <param name="statuses">Component to status; empty when it is over.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task LayOverAsync(
        UnitOfWork work, OverlaySource source, int sourceId, IReadOnlyDictionary<int, ComponentStatus> statuses, CancellationToken cancellationToken)
    {
        var before = await work.Db.ComponentOverlays.Where(o => o.Source == source && o.SourceId == sourceId).ToListAsync(cancellationToken);
        var changed = before.Where(o => !statuses.TryGetValue(o.ComponentId, out var status) || status != o.Status).Select(o => o.ComponentId)
            .Concat(statuses.Keys.Where(id => before.All(o => o.ComponentId != id)))
            .ToArray();
        if (changed.Length == 0)
            return;
        var components = await ComponentsAsync(work, changed, cancellationToken);
        foreach (var component in components)
        {
            var overlay = component.Overlays.SingleOrDefault(o => o.Source == source && o.SourceId == sourceId);
            if (!statuses.TryGetValue(component.Id, out var status))
                component.Overlays.Remove(overlay!);
            else if (overlay is null)
                component.Overlays.Add(new ComponentOverlay { Source = source, SourceId = sourceId, Status = status });
            else
                overlay.Status = status;
        }
        foreach (var component in Component.InPageOrder(components))
            await ChangeAsync(work, component, Effective(component), cancellationToken);
        await work.SaveAsync("component", cancellationToken);
    }

    /// <summary>
    /// A person sets the status: it holds at once. Where nothing lies over the component it is its own status from now
    /// on. During an incident it lasts until the incident lets go; maintenance takes back only what it set itself.
    /// </summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="component">The component, with page and overlays loaded.</param>
    /// <param name="status">The status.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task SetByHandAsync(UnitOfWork work, Component component, ComponentStatus status, CancellationToken cancellationToken)
    {
        var underIncident = component.Overlays.Any(o => o.Source == OverlaySource.Incident);
        var underMaintenance = component.Overlays.Any(o => o.Source == OverlaySource.Maintenance);
        if (!underIncident && !(underMaintenance && status == ComponentStatus.Maintenance))
            component.OwnStatus = status;
        await ChangeAsync(work, component, status, cancellationToken);
    }

    /// <summary>The status that what lies over a component, or else its own, gives it.</summary>
    internal static ComponentStatus Effective(Component component)
    {
        var incidents = component.Overlays.Where(o => o.Source == OverlaySource.Incident).ToList();
        if (incidents.Count > 0)
            return incidents.Select(o => o.Status).MaxBy(StatusPageRow.Badness);
        var maintenance = component.Overlays.Any(o => o.Source == OverlaySource.Maintenance);
        return maintenance ? ComponentStatus.Maintenance : component.OwnStatus;
    }

    /// <summary>The uptime that a payload tells (contract section 5).</summary>
    internal static async Task<decimal> UptimeAsync(UnitOfWork work, Component component, CancellationToken cancellationToken)
    {
        var history = await work.Db.ComponentStatusChanges.AsNoTracking()
            .Where(h => h.ComponentId == component.Id)
            .ToListAsync(cancellationToken);
        return Uptime.Percent(history, component.CreatedAt, work.Now);
    }

    private static async Task ChangeAsync(UnitOfWork work, Component component, ComponentStatus status, CancellationToken cancellationToken)
    {
        var previous = component.Status;
        if (previous == status)
            return;
        component.Status = status;
        work.Db.ComponentStatusChanges.Add(new ComponentStatusChange { ComponentId = component.Id, Status = status, At = work.Now });
        await work.SaveAsync("component", cancellationToken);
        var uptime = await UptimeAsync(work, component, cancellationToken);
        work.Record(
            EventType.ComponentStatusChanged, component.StatusPage!.ToRef(), component.Id, component.Name,
            new ComponentData(component.Id, component.Name, previous, status, uptime), [component.Id]);
    }

    private static Task<List<Component>> ComponentsAsync(UnitOfWork work, int[] ids, CancellationToken cancellationToken) => work.Db.Components
        .Include(c => c.StatusPage).Include(c => c.Group).Include(c => c.Overlays)
        .Where(c => ids.Contains(c.Id))
        .ToListAsync(cancellationToken);
}

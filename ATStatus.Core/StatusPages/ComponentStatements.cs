using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// The one place where what is said of components is written and their status follows. What really changes raises
/// <c>component.status_changed</c>, in the page's order.
/// </summary>
public static class ComponentStatements
{
    private const string What = "component";

    /// <summary>
    /// How much older than the span of <see cref="Uptime"/> the statements are that are read: a page's days begin up to two days earlier.
    /// </summary>
    private static readonly TimeSpan Read = Uptime.Window + TimeSpan.FromDays(2);

    /// <summary>
    /// Takes components for a change of what is said of them. Their versions are raised, also where the status will stay: of two that write at
    /// the same moment one begins anew, on what the other has said.
    /// </summary>
    public static async Task<List<Component>> TakeAsync(UnitOfWork work, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var components = await work.Db.Components.Include(c => c.StatusPage).Include(c => c.Group).Where(c => ids.Contains(c.Id)).ToListAsync(cancellationToken);
        foreach (var component in components)
            work.Db.Entry(component).Property(c => c.Name).IsModified = true;
        // Before anything is read of what is said: from here on no other save changes it.
        await work.SaveAsync(What, cancellationToken);
        return components;
    }

    /// <summary>Saves what was said of components that were taken, and lets their status follow.</summary>
    public static async Task AnnounceAsync(UnitOfWork work, IReadOnlyCollection<Component> components, CancellationToken cancellationToken)
    {
        await work.SaveAsync(What, cancellationToken);
        var ids = components.Select(c => c.Id).ToArray();
        var holding = (await work.Db.ComponentStatements.AsNoTracking().Where(s => ids.Contains(s.ComponentId) && s.To == null).ToListAsync(cancellationToken))
            .ToLookup(s => s.ComponentId);
        foreach (var component in Component.InPageOrder(components))
        {
            var (previous, status) = (component.Status, ComponentStatusResolver.Resolve([.. holding[component.Id]]));
            if (previous == status)
                continue;
            component.Status = status;
            var uptime = await UptimeAsync(work, component, cancellationToken);
            work.Record(
                EventType.ComponentStatusChanged, component.StatusPage!.ToRef(), component.Id, component.Name,
                new ComponentData(component.Id, component.Name, previous, status, uptime), [component]);
        }
        await work.SaveAsync(What, cancellationToken);
    }

    /// <summary>A maintenance window has begun: it covers its components from its start.</summary>
    public static async Task BeginWindowAsync(
        UnitOfWork work, int windowId, DateTime start, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken)
    {
        if (componentIds.Count == 0)
            return;
        var components = await TakeAsync(work, componentIds, cancellationToken);
        work.Db.ComponentStatements.AddRange(components.OrderBy(c => c.Id).Select(c => new ComponentStatement
        {
            ComponentId = c.Id,
            Source = StatementSource.Window,
            SourceId = windowId,
            Status = ComponentStatus.Maintenance,
            SavedAt = work.Now,
            From = start,
        }));
        await AnnounceAsync(work, components, cancellationToken);
    }

    /// <summary>A maintenance window is over, at its end.</summary>
    public static async Task EndWindowAsync(UnitOfWork work, int windowId, DateTime end, CancellationToken cancellationToken)
    {
        var said = await work.Db.ComponentStatements
            .Where(s => s.Source == StatementSource.Window && s.SourceId == windowId && s.To == null).ToListAsync(cancellationToken);
        if (said.Count == 0)
            return;
        var components = await TakeAsync(work, [.. said.Select(s => s.ComponentId)], cancellationToken);
        foreach (var statement in said)
            (statement.ReplacedAt, statement.To) = (work.Now, end);
        await AnnounceAsync(work, components, cancellationToken);
    }

    /// <summary>A component begins its life with an own status, which windows cover.</summary>
    internal static void Begin(Component component)
    {
        component.Statements.Add(new ComponentStatement
        {
            Source = StatementSource.Own,
            Status = component.Status,
            SavedAt = component.CreatedAt,
            From = component.CreatedAt,
        });
    }

    /// <summary>From then on a component that is not saved yet had another own status.</summary>
    internal static void Continue(Component component, ComponentStatus status, DateTime at)
    {
        component.Statements[^1].Replace(at);
        component.Statements.Add(new ComponentStatement { Source = StatementSource.Own, Status = status, SavedAt = at, From = at });
    }

    /// <summary>
    /// A person sets the status. What incidents say of the component, each of them says from now on; where none does, it becomes the own
    /// status. The status that it has is no change.
    /// </summary>
    /// <param name="incidents">Where the incidents keep what they say.</param>
    internal static async Task SetByHandAsync(
        UnitOfWork work, Component component, ComponentStatus status, IIncidentStatuses incidents, CancellationToken cancellationToken)
    {
        if (component.Status == status)
            return;
        // Incidents first and their components after them, as whoever writes an incident does: on SQL Server two who take the same rows in
        // another order end in a deadlock. What is read here is still so once the component is taken.
        var named = await work.Db.ComponentStatements.AsNoTracking()
            .Where(s => s.ComponentId == component.Id && s.To == null && s.Source == StatementSource.Incident)
            .Select(s => s.SourceId!.Value).Distinct().ToListAsync(cancellationToken);
        if (named.Count > 0)
        {
            await incidents.SetByHandAsync(work, component.Id, named, status, cancellationToken);
            await work.SaveAsync(What, cancellationToken);
        }
        var components = await TakeAsync(work, [component.Id], cancellationToken);
        var holding = await work.Db.ComponentStatements.Where(s => s.ComponentId == component.Id && s.To == null).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        var said = holding.Where(s => s.Source == StatementSource.Incident).ToList();
        foreach (var statement in said.Where(s => s.Status != status))
        {
            statement.Replace(work.Now);
            work.Db.ComponentStatements.Add(new ComponentStatement
            {
                ComponentId = component.Id,
                Source = StatementSource.Incident,
                SourceId = statement.SourceId,
                Status = status,
                SavedAt = work.Now,
                From = work.Now,
            });
        }
        if (said.Count == 0 || status == ComponentStatus.Operational)
        {
            var onlyWindows = said.Count == 0 && holding.Exists(s => s.Source == StatementSource.Window);
            holding.Where(s => s.Source == StatementSource.Own).ToList().ForEach(s => s.Replace(work.Now));
            work.Db.ComponentStatements.Add(Own(work, component.Id, status, onlyWindows));
        }
        await AnnounceAsync(work, components, cancellationToken);
    }

    private static ComponentStatement Own(UnitOfWork work, int componentId, ComponentStatus status, bool onlyWindows)
    {
        var (own, overrides) = (onlyWindows, status) switch
        {
            (false, _) => (status, WindowOverride.None),
            (true, ComponentStatus.Maintenance) => (ComponentStatus.Operational, WindowOverride.None),
            (true, ComponentStatus.Operational) => (status, WindowOverride.Running),
            _ => (status, WindowOverride.All),
        };
        return new ComponentStatement
        {
            ComponentId = componentId,
            Source = StatementSource.Own,
            Status = own,
            Overrides = overrides,
            SavedAt = work.Now,
            From = work.Now,
        };
    }

    /// <summary>The own statuses of components: what they have where no incident and no maintenance says otherwise.</summary>
    internal static async Task<Dictionary<int, ComponentStatus>> OwnAsync(
        AtStatusDbContext db, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken) =>
        await db.ComponentStatements.AsNoTracking()
            .Where(s => componentIds.Contains(s.ComponentId) && s.Source == StatementSource.Own && s.To == null)
            .Select(s => new { s.ComponentId, s.Status })
            .ToDictionaryAsync(s => s.ComponentId, s => s.Status, cancellationToken);

    /// <summary>What can count for uptime and for the days that are drawn.</summary>
    internal static IQueryable<ComponentStatement> Recent(AtStatusDbContext db, DateTime now)
    {
        var since = now - Read;
        return db.ComponentStatements.AsNoTracking().Where(s => s.To == null || s.To > since);
    }

    /// <summary>The segments of the span that is drawn and counted.</summary>
    internal static IReadOnlyList<StatusSegment> RecentSegments(IEnumerable<ComponentStatement> statements, DateTime createdAt, DateTime now) =>
        ComponentStatusResolver.Segments(statements, createdAt > now - Read ? createdAt : now - Read, now);

    /// <summary>The uptime that a payload says (contract section 5).</summary>
    internal static async Task<decimal> UptimeAsync(UnitOfWork work, Component component, CancellationToken cancellationToken)
    {
        var statements = await Recent(work.Db, work.Now).Where(s => s.ComponentId == component.Id).ToListAsync(cancellationToken);
        return Uptime.Percent(RecentSegments(statements, component.CreatedAt, work.Now), component.CreatedAt, work.Now);
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>
/// What an incident says of its components. Said when it is created, it holds from the incident's start; said later, from when it was
/// saved; the last of it until the incident's end.
/// </summary>
internal static class IncidentStatements
{
    /// <summary>A new incident says what it says, from its start. Entered as resolved it says it of the past only.</summary>
    public static async Task BeginAsync(UnitOfWork work, Incident incident, CancellationToken cancellationToken)
    {
        var says = Says(incident);
        if (says.Count == 0)
            return;
        var components = await ComponentStatements.TakeAsync(work, says.Keys, cancellationToken);
        foreach (var component in components.OrderBy(c => c.Id))
            Add(work, incident, component.Id, says[component.Id], sinceStart: true);
        await ComponentStatements.AnnounceAsync(work, components, cancellationToken);
    }

    /// <summary>
    /// After an update: what it says by now takes the place of what it said before; once it is resolved it says nothing any more, and what it
    /// said last counts until its end. Reopened, it says again what it said last.
    /// </summary>
    /// <param name="incident">The incident as it is by now, saved.</param>
    /// <param name="wasOpen">Whether it was open before the update.</param>
    public static async Task FollowAsync(UnitOfWork work, Incident incident, bool wasOpen, CancellationToken cancellationToken)
    {
        var isOpen = incident.Status != IncidentStatus.Resolved;
        if (!wasOpen && !isOpen)
            return;
        var said = await OfAsync(work, incident.Id, cancellationToken);
        var says = Says(incident);
        var inForce = wasOpen ? said.Where(s => s.ReplacedAt is null).ToList() : [];
        var replaced = inForce.Where(s => !(says.TryGetValue(s.ComponentId, out var status) && status == s.Status)).ToList();
        var added = says.Keys.Where(id => !inForce.Exists(s => s.ComponentId == id && s.Status == says[id])).ToList();
        var concerned = replaced.Select(s => s.ComponentId).Concat(added).Concat(isOpen ? [] : says.Keys)
            .Concat(wasOpen ? [] : said.Select(s => s.ComponentId)).Distinct().ToList();
        if (concerned.Count == 0)
            return;
        var components = await ComponentStatements.TakeAsync(work, concerned, cancellationToken);
        // What was said until the resolution stays as it is, whatever end is entered for what is said from here on.
        if (!wasOpen)
            said.ForEach(s => s.ReplacedAt = s.To);
        replaced.ForEach(s => s.ReplacedAt = work.Now);
        foreach (var component in components.Where(c => added.Contains(c.Id)).OrderBy(c => c.Id))
            said.Add(Add(work, incident, component.Id, says[component.Id], sinceStart: false));
        said.ForEach(s => Place(s, incident));
        await ComponentStatements.AnnounceAsync(work, components, cancellationToken);
    }

    /// <summary>Start or end were entered or moved: what the incident said moves its edges along. The present status stays, and nothing is raised.</summary>
    public static async Task MoveAsync(UnitOfWork work, Incident incident, CancellationToken cancellationToken)
    {
        var said = await OfAsync(work, incident.Id, cancellationToken);
        await ComponentStatements.TakeAsync(work, [.. said.Select(s => s.ComponentId).Distinct()], cancellationToken);
        said.ForEach(s => Place(s, incident));
    }

    /// <summary>Takes back everything that it said; the history is then as if it had never been.</summary>
    public static async Task RemoveAsync(UnitOfWork work, int incidentId, CancellationToken cancellationToken)
    {
        var said = await OfAsync(work, incidentId, cancellationToken);
        await ComponentStatements.TakeAsync(work, [.. said.Select(s => s.ComponentId).Distinct()], cancellationToken);
        work.Db.ComponentStatements.RemoveRange(said);
    }

    /// <summary>All that an incident said, in the order of saving.</summary>
    private static Task<List<ComponentStatement>> OfAsync(UnitOfWork work, int incidentId, CancellationToken cancellationToken) => work.Db.ComponentStatements
        .Where(s => s.Source == StatementSource.Incident && s.SourceId == incidentId).OrderBy(s => s.Id).ToListAsync(cancellationToken);

    private static Dictionary<int, ComponentStatus> Says(Incident incident) =>
        incident.Components.Where(c => c.Status is not null).ToDictionary(c => c.ComponentId, c => c.Status!.Value);

    private static ComponentStatement Add(UnitOfWork work, Incident incident, int componentId, ComponentStatus status, bool sinceStart)
    {
        var statement = new ComponentStatement
        {
            ComponentId = componentId,
            Source = StatementSource.Incident,
            SourceId = incident.Id,
            Status = status,
            SinceStart = sinceStart,
            SavedAt = work.Now,
        };
        Place(statement, incident);
        work.Db.ComponentStatements.Add(statement);
        return statement;
    }

    /// <summary>
    /// Puts a statement in its place between the incident's start and end: what was in force at the start holds from there, what lies after
    /// the end counts for nothing.
    /// </summary>
    internal static void Place(ComponentStatement statement, Incident incident)
    {
        (statement.From, statement.To) = Span(statement, incident.StartedAt, incident.Status == IncidentStatus.Resolved, incident.EndedAt, incident.ResolvedAt);
    }

    /// <summary>From when to when a statement counts; null while it is in force.</summary>
    internal static (DateTime From, DateTime? To) Span(
        ComponentStatement statement, DateTime startedAt, bool resolved, DateTime? endedAt, DateTime? resolvedAt)
    {
        var from = statement.SinceStart || statement.SavedAt < startedAt ? startedAt : statement.SavedAt;
        var end = resolved ? endedAt ?? resolvedAt : null;
        var to = statement.ReplacedAt is not { } replaced ? end : endedAt < replaced && resolved ? endedAt : replaced;
        return (from, to);
    }
}

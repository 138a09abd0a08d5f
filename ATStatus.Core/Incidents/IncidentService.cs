using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>Writes incidents and raises their events (contract section 5).</summary>
public sealed class IncidentService(EventOutbox outbox)
{
    /// <summary>
    /// Creates an incident with its first update and answers its number. Raises <c>incident.created</c>, and
    /// <c>incident.resolved</c> after it when it is entered as resolved.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentInput"/>.</exception>
    public async Task<int> CreateAsync(IncidentInput input, Actor actor, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var check = new InputCheck();
        var title = check.Line(input.Title, nameof(input.Title), "Title", Incident.TitleLength);
        var message = check.Text(input.Message, nameof(input.Message), "Message", Incident.MessageLength);
        var page = input.StatusPageId is { } pageId
            ? await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == pageId, cancellationToken)
            : null;
        check.Require(page is not null, nameof(input.StatusPageId), "Choose a status page.");
        var components = page is null ? [] : await ComponentsAsync(work, check, page.Id, input.ComponentIds, cancellationToken);
        check.ThrowIfInvalid();

        var incident = new Incident
        {
            StatusPageId = page!.Id,
            StatusPage = page,
            Title = title,
            Severity = input.Severity,
            Status = input.Status,
            StartedAt = work.Now,
            ResolvedAt = input.Status == IncidentStatus.Resolved ? work.Now : null,
            CreatedAt = work.Now,
        };
        incident.Updates.Add(new IncidentUpdate { Status = input.Status, Message = message, At = work.Now, Author = actor.Name });
        incident.Components.AddRange(components.Select(c => new IncidentComponent { ComponentId = c.Id, Component = c }));
        work.Db.Incidents.Add(incident);
        await work.SaveAsync("incident", cancellationToken);

        Record(work, EventType.IncidentCreated, incident, message);
        if (incident.Status == IncidentStatus.Resolved)
            Record(work, EventType.IncidentResolved, incident, message);
        await work.CommitAsync("incident", cancellationToken);
        return incident.Id;
    }

    /// <summary>
    /// Posts an update. Raises <c>incident.resolved</c> when it resolves an open incident, otherwise
    /// <c>incident.updated</c> (also when it reopens a resolved one).
    /// </summary>
    /// <param name="id">The incident.</param>
    /// <param name="version">
    /// The version the person saw. An update from an older one is refused, so that the same incident resolved twice at
    /// once raises one <c>incident.resolved</c>.
    /// </param>
    /// <param name="input">The update.</param>
    /// <param name="actor">Who posts it.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidInputException">See <see cref="IncidentUpdateInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task PostUpdateAsync(
        int id, int version, IncidentUpdateInput input, Actor actor, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var check = new InputCheck();
        var message = check.Text(input.Message, nameof(input.Message), "Message", Incident.MessageLength);
        check.ThrowIfInvalid();
        var incident = await FindAsync(work, id, version, cancellationToken);

        var resolves = input.Status == IncidentStatus.Resolved && incident.Status != IncidentStatus.Resolved;
        incident.Updates.Add(new IncidentUpdate { Status = input.Status, Message = message, At = work.Now, Author = actor.Name });
        incident.Status = input.Status;
        if (resolves)
            incident.ResolvedAt = work.Now;
        else if (input.Status != IncidentStatus.Resolved)
            incident.ResolvedAt = null;
        // A timeline entry alone changes no column of the incident; its version must still tell other editors.
        work.Db.Entry(incident).Property(i => i.Status).IsModified = true;
        await work.SaveAsync("incident", cancellationToken);

        Record(work, resolves ? EventType.IncidentResolved : EventType.IncidentUpdated, incident, message);
        await work.CommitAsync("incident", cancellationToken);
    }

    /// <summary>
    /// Changes title, severity or components. Raises <c>incident.updated</c> with the latest message when one of them
    /// really changes; nothing otherwise.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentEditInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task EditAsync(int id, int version, IncidentEditInput input, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var incident = await FindAsync(work, id, version, cancellationToken);
        var check = new InputCheck();
        var title = check.Line(input.Title, nameof(input.Title), "Title", Incident.TitleLength);
        var components = await ComponentsAsync(work, check, incident.StatusPageId, input.ComponentIds, cancellationToken);
        check.ThrowIfInvalid();

        var same = incident.Title == title && incident.Severity == input.Severity
            && incident.Components.Select(c => c.ComponentId).ToHashSet().SetEquals(components.Select(c => c.Id));
        if (same)
            return;
        (incident.Title, incident.Severity) = (title, input.Severity);
        incident.Components.RemoveAll(c => components.All(kept => kept.Id != c.ComponentId));
        incident.Components.AddRange(components
            .Where(c => incident.Components.All(old => old.ComponentId != c.Id))
            .Select(c => new IncidentComponent { ComponentId = c.Id, Component = c }));
        work.Db.Entry(incident).Property(i => i.Title).IsModified = true;
        await work.SaveAsync("incident", cancellationToken);

        var latest = await work.Db.IncidentUpdates.Where(u => u.IncidentId == id)
            .OrderByDescending(u => u.Id).Select(u => u.Message).FirstAsync(cancellationToken);
        Record(work, EventType.IncidentUpdated, incident, latest);
        await work.CommitAsync("incident", cancellationToken);
    }

    private static async Task<Incident> FindAsync(UnitOfWork work, int id, int version, CancellationToken cancellationToken)
    {
        var incident = await work.Db.Incidents
            .Include(i => i.StatusPage)
            .Include(i => i.Components).ThenInclude(c => c.Component)
            .SingleOrDefaultAsync(i => i.Id == id, cancellationToken)
            ?? throw new NotFoundException("incident");
        return incident.Version == version ? incident : throw new EditConflictException("incident");
    }

    private static async Task<List<Component>> ComponentsAsync(
        UnitOfWork work, InputCheck check, int pageId, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Distinct().ToArray();
        var found = await work.Db.Components.Where(c => c.StatusPageId == pageId && wanted.Contains(c.Id)).ToListAsync(cancellationToken);
        check.Require(
            found.Count == wanted.Length, nameof(IncidentInput.ComponentIds), "A chosen component is not on this page any more. Choose again.");
        return found;
    }

    private static void Record(UnitOfWork work, EventType type, Incident incident, string message)
    {
        var names = incident.Components.Select(c => c.Component!).OrderBy(c => c.Position).ThenBy(c => c.Id).Select(c => c.Name).ToList();
        // The event tells the status it stands for: an incident entered as resolved was created in that status too.
        work.Record(
            type, incident.StatusPage!.ToRef(), incident.Id, incident.Title,
            new IncidentData(incident.Id, incident.Title, incident.Status, incident.Severity, message, names, incident.StartedAt));
    }
}

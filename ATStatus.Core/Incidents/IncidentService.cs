using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>
/// Writes incidents and raises their events (contract section 5). While an incident is open it says the chosen statuses of its
/// components (<see cref="IncidentStatements"/>).
/// </summary>
[Needs(Right.WriteStatus)]
public sealed class IncidentService(EventOutbox outbox)
{
    private const string What = "incident";

    /// <summary>
    /// Creates an incident with its first update and returns its number. Raises <c>incident.created</c>, then
    /// <c>incident.resolved</c> when it is entered as resolved, otherwise the component changes.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentInput"/>.</exception>
    public Task<int> CreateAsync(IncidentInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, work => CreateAsync(work, input, actor, cancellationToken), cancellationToken);

    /// <summary>What <see cref="CreateAsync(IncidentInput, Actor, CancellationToken)"/> would raise and send; writes nothing.</summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentInput"/>.</exception>
    public Task<IReadOnlyList<PlannedEvent>> PreviewCreateAsync(IncidentInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, input.DoNotNotify, work => CreateAsync(work, input, actor, cancellationToken), cancellationToken);

    /// <summary>
    /// Posts an update, which can also change severity, components and their statuses. Raises <c>incident.resolved</c> when it resolves an
    /// open incident, otherwise <c>incident.updated</c> (also when it reopens a resolved one); then component changes.
    /// </summary>
    /// <param name="version">
    /// The version the person saw. What others posted since is no conflict, an update is appended; only where both set the status, the
    /// severity or the same component is it one, so that the same incident resolved twice at once raises one <c>incident.resolved</c>.
    /// </param>
    /// <param name="actor">Who posts it.</param>
    /// <exception cref="InvalidInputException">See <see cref="IncidentUpdateInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">It sets something, without saying what was seen, and somebody else changed the incident.</exception>
    /// <exception cref="IllegalTransitionException">It sets something, and somebody else has set it otherwise, or resolved the incident too.</exception>
    public Task PostUpdateAsync(int id, int version, IncidentUpdateInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, work => PostUpdateAsync(work, id, version, input, actor, cancellationToken), cancellationToken);

    /// <summary>What the update would raise and send; writes nothing. Throws what <see cref="PostUpdateAsync(int, int, IncidentUpdateInput, Actor, CancellationToken)"/> throws.</summary>
    public Task<IReadOnlyList<PlannedEvent>> PreviewUpdateAsync(
        int id, int version, IncidentUpdateInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, input.DoNotNotify, work => PostUpdateAsync(work, id, version, input, actor, cancellationToken), cancellationToken);

    /// <summary>
    /// Changes title, start or end. Raises <c>incident.updated</c> with the latest message when title or start really change; the history
    /// follows, and nothing is announced of it. Where the input says what was seen (<see cref="IncidentEditInput.Seen"/>), what the person
    /// left alone stays as it is by now, whoever changed it.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentEditInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>; with what was seen: the same of it.</exception>
    public Task EditAsync(int id, int version, IncidentEditInput input, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, work => EditAsync(work, id, version, input, true, cancellationToken), cancellationToken);

    /// <summary>What the edit would raise and send; writes nothing. Throws what <see cref="EditAsync(int, int, IncidentEditInput, CancellationToken)"/> throws.</summary>
    public Task<IReadOnlyList<PlannedEvent>> PreviewEditAsync(
        int id, int version, IncidentEditInput input, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, input.DoNotNotify, work => EditAsync(work, id, version, input, true, cancellationToken), cancellationToken);

    /// <summary>
    /// Edits and posts an update in one save. Raises what the update raises, with the title and start that the edit gave it; without an update,
    /// what the edit raises.
    /// </summary>
    /// <param name="version">The version that the change was made of. Nothing is brought together with what others changed since.</param>
    /// <param name="actor">Who changes it.</param>
    /// <exception cref="InvalidInputException">See <see cref="IncidentEditInput"/> and <see cref="IncidentUpdateInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public Task ChangeAsync(int id, int version, IncidentChangeInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, async work =>
        {
            var incident = await FindAsync(work, id, cancellationToken);
            if (incident.Version != version)
                throw new EditConflictException(What);
            if (input.Update is not { } update)
            {
                var isEdited = input.Edit is { } only && await EditAsync(work, id, version, only, true, cancellationToken);
                return IncidentPostmortem.Set(incident, input.Postmortem) || isEdited;
            }
            // A title or a start is told with the update; an end belongs to the status that the update sets.
            var endedAt = incident.EndedAt;
            if (input.Edit is { } edit)
                await EditAsync(work, id, version, edit with { EndedAt = endedAt }, false, cancellationToken);
            await PostUpdateAsync(work, id, incident.Version, update, actor, cancellationToken);
            if (input.Edit is { } ended && ended.EndedAt != endedAt)
                await EditAsync(work, id, incident.Version, ended with { StartedAt = null }, false, cancellationToken);
            IncidentPostmortem.Set(incident, input.Postmortem);
            return true;
        }, cancellationToken);

    /// <summary>Corrects a wrong message of the timeline. Raises nothing.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="message">Required; at most <see cref="Incident.MessageLength"/>.</param>
    /// <param name="seen">The message that the person saw: another version is no conflict while the entry still has it.</param>
    /// <exception cref="InvalidInputException">The message is missing or too long.</exception>
    /// <exception cref="NotFoundException">There is no such incident or entry.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public Task CorrectMessageAsync(
        int id, int version, int updateId, string? message, string? seen = null, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, false, async work =>
        {
            var check = new InputCheck();
            var corrected = check.Text(message, nameof(IncidentUpdateInput.Message), "Message", Incident.MessageLength);
            check.ThrowIfInvalid();
            var incident = await FindAsync(work, id, cancellationToken);
            var update = await work.Db.IncidentUpdates.SingleOrDefaultAsync(u => u.Id == updateId && u.IncidentId == id, cancellationToken)
                ?? throw new NotFoundException("timeline entry");
            if (incident.Version != version && (seen is null || (update.Message != seen && update.Message != corrected)))
                throw new EditConflictException(What);
            if (update.Message == corrected)
                return false;
            update.Message = corrected;
            Touch(work, incident);
            return true;
        }, cancellationToken);

    /// <summary>Changes the post-mortem of a resolved incident. Raises nothing.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="text">At most <see cref="Incident.PostmortemLength"/>; empty for none.</param>
    /// <param name="seen">The post-mortem that the person saw: another version is no conflict while the incident still has it.</param>
    /// <exception cref="InvalidInputException">The text is too long.</exception>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">The incident is open.</exception>
    public Task SavePostmortemAsync(int id, int version, string? text, string? seen = null, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, false, async work =>
        {
            var incident = await FindAsync(work, id, cancellationToken);
            var before = incident.Postmortem ?? "";
            var changed = IncidentPostmortem.Set(incident, text ?? "");
            if (changed && incident.Version != version && before != seen)
                throw new EditConflictException(What);
            return changed;
        }, cancellationToken);

    /// <summary>Deletes a resolved incident with its timeline. Raises nothing.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="keepDowntime">
    /// Whether what it said of its components stays in their history, with the times it has now; otherwise the history is as if the incident
    /// had never been.
    /// </param>
    /// <exception cref="NotFoundException">There is no such incident.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It is still open.</exception>
    public Task DeleteAsync(int id, int version, bool keepDowntime, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, false, async work =>
        {
            var incident = await work.Db.Incidents.SingleOrDefaultAsync(i => i.Id == id, cancellationToken)
                ?? throw new NotFoundException(What);
            if (incident.Version != version)
                throw new EditConflictException(What);
            if (incident.Status != IncidentStatus.Resolved)
                throw new IllegalTransitionException("An open incident cannot be deleted. Resolve it first.");
            if (!keepDowntime)
            {
                // The incident first, then its components, as everywhere.
                Touch(work, incident);
                await work.SaveAsync(What, cancellationToken);
                await IncidentStatements.RemoveAsync(work, id, cancellationToken);
            }
            work.Db.Incidents.Remove(incident);
            return true;
        }, cancellationToken);

    private static async Task<int> CreateAsync(UnitOfWork work, IncidentInput input, Actor actor, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var resolved = input.Status == IncidentStatus.Resolved;
        var page = input.StatusPageId is { } pageId
            ? await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == pageId, cancellationToken)
            : null;
        var components = page is null ? [] : await ComponentsAsync(work, check, page.Id, input.Components, cancellationToken);
        var variables = page is null ? null : TextVariables.At(page, components.Select(c => c.Component), work.Now);
        var title = check.Line(Rendered(input.Title, input.RendersTitle, variables), nameof(input.Title), "Title", Incident.TitleLength);
        var message = check.Text(Rendered(input.Message, input.RendersMessage, variables), nameof(input.Message), "Message", Incident.MessageLength);
        var postmortem = IncidentPostmortem.Check(check, input.Postmortem);
        check.Require(postmortem is null || resolved, nameof(input.Postmortem), IncidentPostmortem.NotYet, nameof(input.Status));
        var startedAt = IncidentTimes.Start(work, check, input.StartedAt) ?? work.Now;
        var endedAt = IncidentTimes.End(work, check, input.EndedAt, startedAt, resolved, work.Now);
        check.Require(page is not null, nameof(input.StatusPageId), "Choose a status page.");
        check.Require(page?.ArchivedAt is null, nameof(input.StatusPageId), "This status page is archived.");
        check.ThrowIfInvalid();
        work.LimitPayloads(
            nameof(input.Message), "Shorten the message, or choose fewer components.", nameof(input.Title), nameof(input.Components));

        var incident = new Incident
        {
            StatusPageId = page!.Id,
            StatusPage = page,
            Title = title,
            Severity = input.Severity,
            Status = input.Status,
            StartedAt = startedAt,
            ResolvedAt = resolved ? work.Now : null,
            EndedAt = endedAt,
            Postmortem = postmortem,
            CreatedAt = work.Now,
        };
        incident.Updates.Add(new IncidentUpdate { Status = input.Status, Message = message, At = work.Now, Author = actor.Name });
        await NameAsync(work, incident, components, input.Severity, raised: false, cancellationToken);
        work.Db.Incidents.Add(incident);
        await work.SaveAsync(What, cancellationToken);

        Record(work, EventType.IncidentCreated, incident, message);
        if (resolved)
            Record(work, EventType.IncidentResolved, incident, message);
        await IncidentStatements.BeginAsync(work, incident, cancellationToken);
        return incident.Id;
    }

    private static async Task<bool> PostUpdateAsync(
        UnitOfWork work, int id, int version, IncidentUpdateInput input, Actor actor, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var message = input.HasNoEntry ? await LatestMessageAsync(work, id, cancellationToken)
            : input.Message is null || input.RendersMessage ? null
            : check.Text(input.Message, nameof(input.Message), "Message", Incident.MessageLength);
        check.ThrowIfInvalid();
        work.LimitPayloads(nameof(input.Message), "Shorten the message, or choose fewer components.", nameof(input.Components));
        var incident = await FindAsync(work, id, cancellationToken);
        if (input.MustBeOpen && incident.Status == IncidentStatus.Resolved)
            throw new IllegalTransitionException("This incident is already resolved.");
        if (incident.Version != version)
            CheckSeen(incident, input);
        if (input.Components is { } mine)
        {
            List<AffectedComponent> named = [.. input.SeenComponents is { } seen ? IncidentMerge.Components(incident, mine, seen) : mine];
            var components = await ComponentsAsync(work, check, incident.StatusPageId, named, cancellationToken);
            check.ThrowIfInvalid();
            await NameAsync(work, incident, components, input.Severity ?? incident.Severity, input.Severity > incident.Severity, cancellationToken);
        }
        else if (input.Severity > incident.Severity)
        {
            List<(Component, AffectedComponent)> components =
                [.. incident.Components.Select(c => (c.Component!, new AffectedComponent(c.ComponentId, c.Status, c.IsChosen)))];
            await NameAsync(work, incident, components, input.Severity.Value, raised: true, cancellationToken);
        }
        incident.Severity = input.Severity ?? incident.Severity;

        var wasOpen = incident.Status != IncidentStatus.Resolved;
        var status = input.Status ?? incident.Status;
        var resolves = status == IncidentStatus.Resolved && wasOpen;
        if (message is null)
        {
            // Its variables are those of the incident as this update leaves it.
            var text = input.Message ?? await IncidentDefaultTextService.OfAsync(work, status, cancellationToken);
            var variables = TextVariables.At(incident.StatusPage!, incident.Components.Select(c => c.Component!), work.Now);
            message = check.Text(variables.Render(text), nameof(input.Message), "Message", Incident.MessageLength);
            check.ThrowIfInvalid();
        }
        if (!input.HasNoEntry)
            incident.Updates.Add(new IncidentUpdate { Status = status, Message = message, At = work.Now, Author = actor.Name });
        incident.Status = status;
        if (resolves)
            incident.ResolvedAt = work.Now;
        else if (status != IncidentStatus.Resolved)
            (incident.ResolvedAt, incident.EndedAt) = (null, null);
        Touch(work, incident);
        await work.SaveAsync(What, cancellationToken);

        Record(work, resolves ? EventType.IncidentResolved : EventType.IncidentUpdated, incident, message);
        await IncidentStatements.FollowAsync(work, incident, wasOpen, cancellationToken);
        return true;
    }

    /// <summary>What two updates can both set is not written over unseen; what is appended stays beside each other.</summary>
    private static void CheckSeen(Incident incident, IncidentUpdateInput input)
    {
        if (input.Components is not null && input.SeenComponents is null)
            throw new EditConflictException(What);
        CheckStatus(incident, input);
        if (input.Severity is not { } chosen || incident.Severity == input.SeenSeverity || incident.Severity == chosen)
            return;
        if (input.SeenSeverity is null)
            throw new EditConflictException(What);
        throw new IllegalTransitionException(
            $"Somebody else set the severity to {incident.Severity.Label()} in the meantime. Your update was not posted; choose the severity again.");
    }

    private static void CheckStatus(Incident incident, IncidentUpdateInput input)
    {
        if (input.Status is not { } chosen || incident.Status == input.SeenStatus)
            return;
        if (input.SeenStatus is null)
            throw new EditConflictException(What);
        if (incident.Status == IncidentStatus.Resolved && chosen == IncidentStatus.Resolved)
            throw new IllegalTransitionException(
                "Somebody else resolved this incident in the meantime. Your message was not posted; post it as an update if it still says something new.");
        if (incident.Status != chosen)
            throw new IllegalTransitionException(
                $"Somebody else set this incident to {incident.Status.Label()} in the meantime. Your update was not posted; choose the status again.");
    }

    /// <param name="records">Its event is recorded; otherwise that of an update follows, which tells the same.</param>
    private static async Task<bool> EditAsync(
        UnitOfWork work, int id, int version, IncidentEditInput input, bool records, CancellationToken cancellationToken)
    {
        var incident = await FindAsync(work, id, cancellationToken);
        if (input.Seen is { } seen)
            input = IncidentMerge.OntoWhatIsThere(incident, input, seen);
        else if (incident.Version != version)
            throw new EditConflictException(What);
        var check = new InputCheck();
        var title = check.Line(input.Title, nameof(input.Title), "Title", Incident.TitleLength);
        var startedAt = IncidentTimes.Start(work, check, input.StartedAt) ?? incident.StartedAt;
        var endedAt = IncidentTimes.End(work, check, input.EndedAt, startedAt, incident.Status == IncidentStatus.Resolved, incident.ResolvedAt);
        check.ThrowIfInvalid();
        work.LimitPayloads(nameof(input.Title), "Shorten the latest message first: it is sent again.");

        var raises = incident.Title != title || incident.StartedAt != startedAt;
        var moves = incident.StartedAt != startedAt || incident.EndedAt != endedAt;
        if (!raises && !moves)
            return false;
        (incident.Title, incident.StartedAt, incident.EndedAt) = (title, startedAt, endedAt);
        await work.SaveAsync(What, cancellationToken);
        if (moves)
            await IncidentStatements.MoveAsync(work, incident, cancellationToken);
        if (raises && records)
            Record(work, EventType.IncidentUpdated, incident, await LatestMessageAsync(work, id, cancellationToken));
        return true;
    }

    private static string? Rendered(string? text, bool renders, TextVariables? variables) =>
        renders && text is not null && variables is not null ? variables.Render(text) : text;

    private static async Task<string> LatestMessageAsync(UnitOfWork work, int id, CancellationToken cancellationToken) =>
        await work.Db.IncidentUpdates.Where(u => u.IncidentId == id).OrderByDescending(u => u.Id).Select(u => u.Message).FirstOrDefaultAsync(cancellationToken)
        ?? throw new NotFoundException(What);

    private static async Task<Incident> FindAsync(UnitOfWork work, int id, CancellationToken cancellationToken) =>
        await work.Db.Incidents
            .Include(i => i.StatusPage)
            .Include(i => i.Components).ThenInclude(c => c.Component).ThenInclude(c => c!.Group)
            .SingleOrDefaultAsync(i => i.Id == id, cancellationToken)
        ?? throw new NotFoundException(What);

    private static async Task<List<(Component Component, AffectedComponent Affected)>> ComponentsAsync(
        UnitOfWork work, InputCheck check, int pageId, IReadOnlyCollection<AffectedComponent> affected, CancellationToken cancellationToken)
    {
        var named = affected.DistinctBy(a => a.ComponentId).ToDictionary(a => a.ComponentId);
        var ids = named.Keys.ToArray();
        var found = await work.Db.Components.Include(c => c.Group)
            .Where(c => c.StatusPageId == pageId && ids.Contains(c.Id)).ToListAsync(cancellationToken);
        check.Require(
            found.Count == ids.Length, nameof(IncidentInput.Components), "A chosen component is not on this page any more. Choose again.",
            nameof(IncidentInput.StatusPageId));
        return [.. found.Select(c => (c, named[c.Id]))];
    }

    /// <summary>
    /// Names the components that an incident touches from now on. A status that nobody chose is the suggested one, where the component is named
    /// for the first time or the severity was raised; otherwise it stays.
    /// </summary>
    private static async Task NameAsync(
        UnitOfWork work, Incident incident, List<(Component Component, AffectedComponent Affected)> components, IncidentSeverity severity, bool raised,
        CancellationToken cancellationToken)
    {
        incident.Components.RemoveAll(c => components.All(kept => kept.Component.Id != c.ComponentId));
        var own = components.Exists(c => !c.Affected.IsChosen)
            ? await ComponentStatements.OwnAsync(work.Db, [.. components.Select(c => c.Component.Id)], cancellationToken)
            : [];
        foreach (var (component, affected) in components)
        {
            var kept = incident.Components.SingleOrDefault(c => c.ComponentId == component.Id);
            var status = affected.IsChosen ? affected.Status
                : kept is not null && !raised ? kept.Status
                : AffectedComponent.Suggested(severity, own.GetValueOrDefault(component.Id));
            if (kept is null)
                incident.Components.Add(kept = new IncidentComponent { ComponentId = component.Id, Component = component });
            (kept.Status, kept.IsChosen) = (status, affected.IsChosen);
        }
    }

    /// <summary>A change beside the incident's own columns; its version must still tell other editors.</summary>
    private static void Touch(UnitOfWork work, Incident incident) => work.Db.Entry(incident).Property(i => i.Title).IsModified = true;

    private static void Record(UnitOfWork work, EventType type, Incident incident, string message)
    {
        var components = Component.InPageOrder(incident.Components.Select(c => c.Component!)).ToList();
        work.Record(
            type, incident.StatusPage!.ToRef(), incident.Id, incident.Title,
            new IncidentData(
                incident.Id, incident.Title, incident.Status, incident.Severity, message, [.. components.Select(c => c.Name)], incident.StartedAt),
            components);
    }
}

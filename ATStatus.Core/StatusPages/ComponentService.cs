using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>What a person enters for a component.</summary>
/// <param name="StatusPageId">The page; only when adding.</param>
/// <param name="Name">Required; at most <see cref="Component.NameLength"/>.</param>
/// <param name="Status">Its status from now on.</param>
/// <param name="Description">At most <see cref="Component.DescriptionLength"/>.</param>
/// <param name="GroupId">The group it stands in; of the same page, which is in use; only when adding (later it is moved).</param>
/// <param name="DoNotNotify">Record the event, but tell nobody.</param>
public sealed record ComponentInput(
    int? StatusPageId, string? Name, ComponentStatus Status, string? Description = null, bool IsVisible = true, int? GroupId = null,
    bool DoNotNotify = false)
{
    /// <summary>
    /// <see cref="GroupId"/> says where a component that exists stands from now on: at the end of that group, or of the page. Otherwise it
    /// stays where it is.
    /// </summary>
    public bool Moves { get; init; }
}

/// <summary>Writes components and raises their events (contract section 5). Order and groups are <see cref="ComponentOrder"/>'s.</summary>
[Needs(Right.WriteStatus)]
public sealed class ComponentService(
    IDbContextFactory<AtStatusDbContext> contexts, EventOutbox outbox, IEnumerable<IComponentContent> content, IIncidentStatuses incidents)
{
    private const string What = "component";

    /// <summary>Adds a component at the end of its page or group and returns its number. Raises <c>component.created</c>.</summary>
    /// <exception cref="InvalidInputException">See <see cref="ComponentInput"/>.</exception>
    public Task<int> CreateAsync(ComponentInput input, CancellationToken cancellationToken = default) => outbox.RunAsync(What, input.DoNotNotify, async work =>
    {
        var check = new InputCheck();
        var (name, description) = Texts(check, input);
        var page = input.StatusPageId is { } pageId
            ? await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == pageId, cancellationToken)
            : null;
        check.Require(page is not null, nameof(input.StatusPageId), "Choose a status page.");
        check.Require(page?.ArchivedAt is null, nameof(input.StatusPageId), "This status page is archived.");
        if (page is not null)
            await CheckGroupAsync(work, check, input, page, cancellationToken);
        check.ThrowIfInvalid();

        var component = new Component
        {
            StatusPageId = page!.Id,
            Name = name,
            Description = description,
            IsVisible = input.IsVisible,
            Status = input.Status,
            GroupId = input.GroupId,
            Position = await ComponentOrder.NextPositionAsync(work.Db, page.Id, input.GroupId, cancellationToken),
            CreatedAt = work.Now,
        };
        ComponentStatements.Begin(component);
        work.Db.Components.Add(component);
        await work.SaveAsync(What, cancellationToken);
        work.Record(
            EventType.ComponentCreated, page.ToRef(), component.Id, name,
            new ComponentData(component.Id, name, null, component.Status, 100m), [component]);
        return component.Id;
    }, cancellationToken);

    /// <summary>
    /// Changes a component's texts and status. Raises <c>component.status_changed</c> when the status really changes; the
    /// rest, and saving the same again, raise nothing.
    /// </summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be; a component stays on its page.</param>
    /// <exception cref="InvalidInputException">See <see cref="ComponentInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public Task UpdateAsync(int id, int version, ComponentInput input, CancellationToken cancellationToken = default) =>
        outbox.RunAsync(What, input.DoNotNotify, async work =>
        {
            var component = await FindAsync(work, id, cancellationToken);
            if (component.Version != version)
                throw new EditConflictException(What);
            var check = new InputCheck();
            (component.Name, component.Description) = Texts(check, input);
            var moves = input.Moves && component.GroupId != input.GroupId;
            if (moves)
                await CheckGroupAsync(work, check, input, component.StatusPage!, cancellationToken);
            check.ThrowIfInvalid();
            component.IsVisible = input.IsVisible;
            if (moves)
            {
                component.Position = await ComponentOrder.NextPositionAsync(work.Db, component.StatusPageId, input.GroupId, cancellationToken);
                component.GroupId = input.GroupId;
            }
            await ComponentStatements.SetByHandAsync(work, component, input.Status, incidents, cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>Sets a component's status, whatever it is now. Raises <c>component.status_changed</c> when it really changes.</summary>
    /// <param name="status">Its status from now on.</param>
    /// <param name="doNotNotify">Record the event, but tell nobody.</param>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public Task SetStatusAsync(int id, ComponentStatus status, bool doNotNotify = false, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, doNotNotify, work => SetStatusAsync(work, id, status, cancellationToken), cancellationToken);

    /// <summary>What <see cref="SetStatusAsync(int, ComponentStatus, bool, CancellationToken)"/> would raise and send; writes nothing.</summary>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    public Task<IReadOnlyList<PlannedEvent>> PreviewStatusAsync(
        int id, ComponentStatus status, bool doNotNotify = false, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, doNotNotify, work => SetStatusAsync(work, id, status, cancellationToken), cancellationToken);

    /// <summary>Removes a component, its history and its place in incidents and maintenance. Raises <c>component.deleted</c>.</summary>
    /// <param name="doNotNotify">Record the event, but tell nobody.</param>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    public Task DeleteAsync(int id, bool doNotNotify = false, CancellationToken cancellationToken = default) => outbox.RunAsync(What, doNotNotify, async work =>
    {
        var component = await FindAsync(work, id, cancellationToken);
        // A notification that is limited to it receives its deletion too.
        await work.FixRecipientsAsync(cancellationToken);
        foreach (var room in content)
            await room.RemoveAsync(work, id, cancellationToken);
        await DeleteAsync(work, component, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Deletes several, each for itself; see <see cref="DeleteAsync(int, bool, CancellationToken)"/>.</summary>
    public async Task<ManyOutcome> DeleteAsync(IReadOnlyCollection<int> ids, bool doNotNotify, CancellationToken cancellationToken = default) =>
        await ManyOutcome.OfEachAsync(await NamesAsync(ids, cancellationToken), async row =>
        {
            await DeleteAsync(row.Id, doNotNotify, cancellationToken);
            return true;
        }, row => row.Name);

    /// <summary>Shows several on their published pages, or hides them, each for itself. Raises nothing.</summary>
    public async Task<ManyOutcome> SetVisibleAsync(IReadOnlyCollection<int> ids, bool visible, CancellationToken cancellationToken = default) =>
        await ManyOutcome.OfEachAsync(
            await NamesAsync(ids, cancellationToken),
            row => outbox.RunOnFreshRowsAsync(What, false, async work =>
            {
                var component = await FindAsync(work, row.Id, cancellationToken);
                if (component.IsVisible == visible)
                    return false;
                component.IsVisible = visible;
                return true;
            }, cancellationToken),
            row => row.Name);

    private async Task<IReadOnlyList<(int Id, string Name)>> NamesAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await db.Components.Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id).Select(c => new { c.Id, c.Name }).ToListAsync(cancellationToken))
            .Select(c => (c.Id, c.Name))];
    }

    /// <summary>What goes with components when they are deleted together, beside their history and their place in incidents, as sentences.</summary>
    public async Task<IReadOnlyList<string>> DescribeContentAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var words = new List<string>();
        foreach (var room in content)
            words.AddRange(await room.DescribeAsync(db, ids, cancellationToken));
        return words;
    }

    private async Task<bool> SetStatusAsync(UnitOfWork work, int id, ComponentStatus status, CancellationToken cancellationToken)
    {
        var component = await FindAsync(work, id, cancellationToken);
        await ComponentStatements.SetByHandAsync(work, component, status, incidents, cancellationToken);
        return true;
    }

    internal static async Task DeleteAsync(UnitOfWork work, Component component, CancellationToken cancellationToken)
    {
        var page = component.StatusPage!.ToRef();
        var uptime = await ComponentStatements.UptimeAsync(work, component, cancellationToken);
        work.Db.Components.Remove(component);
        await work.SaveAsync(What, cancellationToken);
        work.Record(
            EventType.ComponentDeleted, page, component.Id, component.Name,
            new ComponentData(component.Id, component.Name, component.Status, null, uptime), [component]);
    }

    /// <summary>The group that it enters is on its page. Nothing enters a group of an archived one; what is in there may stay.</summary>
    private static async Task CheckGroupAsync(
        UnitOfWork work, InputCheck check, ComponentInput input, StatusPage page, CancellationToken cancellationToken)
    {
        if (input.GroupId is not { } group)
            return;
        check.Require(
            await work.Db.ComponentGroups.AnyAsync(g => g.Id == group && g.StatusPageId == page.Id, cancellationToken),
            nameof(input.GroupId), "This group is not on the page any more. Choose again.", nameof(input.StatusPageId));
        check.Require(page.ArchivedAt is null, nameof(input.GroupId), "This group's status page is archived.", nameof(input.StatusPageId));
    }

    private static (string Name, string Description) Texts(InputCheck check, ComponentInput input) => (
        check.Line(input.Name, nameof(input.Name), "Name", Component.NameLength),
        check.Text(input.Description, nameof(input.Description), "Description", Component.DescriptionLength, required: false));

    private static async Task<Component> FindAsync(UnitOfWork work, int id, CancellationToken cancellationToken) =>
        await work.Db.Components.Include(c => c.StatusPage).SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
        ?? throw new NotFoundException(What);
}

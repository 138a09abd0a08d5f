using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>What a person enters for a component.</summary>
/// <param name="StatusPageId">The page; only when adding.</param>
/// <param name="Name">Required; at most <see cref="Component.NameLength"/>.</param>
/// <param name="Status">Its status from now on.</param>
public sealed record ComponentInput(int? StatusPageId, string? Name, ComponentStatus Status);

/// <summary>Writes components and raises their events (contract section 5).</summary>
public sealed class ComponentService(EventOutbox outbox)
{
    /// <summary>Adds a component at the end of its page and answers its number. Raises <c>component.created</c>.</summary>
    /// <exception cref="InvalidInputException">See <see cref="ComponentInput"/>.</exception>
    public async Task<int> CreateAsync(ComponentInput input, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", Component.NameLength);
        var page = input.StatusPageId is { } pageId
            ? await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == pageId, cancellationToken)
            : null;
        check.Require(page is not null, nameof(input.StatusPageId), "Choose a status page.");
        check.ThrowIfInvalid();

        var last = await work.Db.Components.Where(c => c.StatusPageId == page!.Id).MaxAsync(c => (int?)c.Position, cancellationToken);
        var component = new Component
        {
            StatusPageId = page!.Id,
            Name = name,
            Status = input.Status,
            Position = (last ?? -1) + 1,
            CreatedAt = work.Now,
        };
        component.History.Add(new ComponentStatusChange { Status = input.Status, At = work.Now });
        work.Db.Components.Add(component);
        await work.SaveAsync("component", cancellationToken);
        work.Record(
            EventType.ComponentCreated, page.ToRef(), component.Id, name,
            new ComponentData(component.Id, name, null, component.Status, 100m));
        await work.CommitAsync("component", cancellationToken);
        return component.Id;
    }

    /// <summary>
    /// Renames a component and sets its status. Raises <c>component.status_changed</c> when the status really changes;
    /// renaming and saving the same again raise nothing.
    /// </summary>
    /// <param name="id">The component.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be; a component stays on its page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidInputException">See <see cref="ComponentInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task UpdateAsync(int id, int version, ComponentInput input, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var component = await FindAsync(work, id, cancellationToken);
        if (component.Version != version)
            throw new EditConflictException("component");
        var check = new InputCheck();
        component.Name = check.Line(input.Name, nameof(input.Name), "Name", Component.NameLength);
        check.ThrowIfInvalid();
        await ChangeStatusAsync(work, component, input.Status, cancellationToken);
        await work.CommitAsync("component", cancellationToken);
    }

    /// <summary>Sets a component's status, whatever it is now. Raises <c>component.status_changed</c> when it really changes.</summary>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public async Task SetStatusAsync(int id, ComponentStatus status, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var component = await FindAsync(work, id, cancellationToken);
        await ChangeStatusAsync(work, component, status, cancellationToken);
        await work.CommitAsync("component", cancellationToken);
    }

    /// <summary>Removes a component, its history and its place in incidents. Raises <c>component.deleted</c>.</summary>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var work = await outbox.BeginAsync(cancellationToken);
        var component = await FindAsync(work, id, cancellationToken);
        var uptime = await UptimeAsync(work, component, cancellationToken);
        work.Db.Components.Remove(component);
        await work.SaveAsync("component", cancellationToken);
        work.Record(
            EventType.ComponentDeleted, component.StatusPage!.ToRef(), id, component.Name,
            new ComponentData(id, component.Name, component.Status, null, uptime));
        await work.CommitAsync("component", cancellationToken);
    }

    private static async Task<Component> FindAsync(UnitOfWork work, int id, CancellationToken cancellationToken) =>
        await work.Db.Components.Include(c => c.StatusPage).SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
        ?? throw new NotFoundException("component");

    private static async Task ChangeStatusAsync(
        UnitOfWork work, Component component, ComponentStatus status, CancellationToken cancellationToken)
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
            new ComponentData(component.Id, component.Name, previous, status, uptime));
    }

    private static async Task<decimal> UptimeAsync(UnitOfWork work, Component component, CancellationToken cancellationToken)
    {
        var history = await work.Db.ComponentStatusChanges.AsNoTracking()
            .Where(h => h.ComponentId == component.Id)
            .ToListAsync(cancellationToken);
        return Uptime.Percent(history, component.CreatedAt, work.Now);
    }
}

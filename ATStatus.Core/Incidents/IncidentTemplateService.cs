using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>What a person saves as a template.</summary>
/// <param name="Name">Required; unique; saving under a name that exists replaces that template.</param>
/// <param name="Title">Required.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Status">The first status.</param>
/// <param name="Message">Required.</param>
public sealed record IncidentTemplateInput(string? Name, string? Title, IncidentSeverity Severity, IncidentStatus Status, string? Message);

/// <summary>Keeps templates of incidents.</summary>
public sealed class IncidentTemplateService(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Every template, by name.</summary>
    public async Task<IReadOnlyList<IncidentTemplate>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.IncidentTemplates.AsNoTracking().OrderBy(t => t.Name).ToListAsync(cancellationToken);
    }

    /// <summary>Saves a template, in the place of the one with the same name.</summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentTemplateInput"/>.</exception>
    public async Task SaveAsync(IncidentTemplateInput input, CancellationToken cancellationToken = default)
    {
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", IncidentTemplate.NameLength);
        var title = check.Line(input.Title, nameof(input.Title), "Title", Incident.TitleLength);
        var message = check.Text(input.Message, nameof(input.Message), "Message", Incident.MessageLength);
        check.ThrowIfInvalid();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var template = await db.IncidentTemplates.SingleOrDefaultAsync(t => t.Name == name, cancellationToken);
        if (template is null)
            db.IncidentTemplates.Add(template = new IncidentTemplate { Name = name, Title = title, Message = message });
        (template.Title, template.Message, template.Severity, template.Status) = (title, message, input.Severity, input.Status);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Deletes a template; one that is gone already is fine.</summary>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.IncidentTemplates.Where(t => t.Id == id).ExecuteDeleteAsync(cancellationToken);
    }
}

using System.Data.Common;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>What a person saves as a template.</summary>
/// <param name="Name">Required; unique.</param>
/// <param name="Title">Required; may have <see cref="TextVariables"/>.</param>
/// <param name="Message">Required; may have <see cref="TextVariables"/>.</param>
public sealed record IncidentTemplateInput(string? Name, string? Title, IncidentSeverity Severity, IncidentStatus Status, string? Message);

[Needs(Right.WriteStatus)]
public sealed class IncidentTemplateService(IDbContextFactory<AtStatusDbContext> contexts, ChangeFeed changes)
{
    private const string What = "template";

    /// <summary>Every template, by name.</summary>
    public async Task<IReadOnlyList<IncidentTemplate>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.IncidentTemplates.AsNoTracking().OrderBy(t => t.Name).ToListAsync(cancellationToken);
    }

    /// <summary>One template; null when there is none.</summary>
    public async Task<IncidentTemplate?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.IncidentTemplates.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
    }

    /// <summary>Adds a template.</summary>
    /// <exception cref="InvalidInputException">See <see cref="IncidentTemplateInput"/>; also for a name that is taken.</exception>
    public async Task AddAsync(IncidentTemplateInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var text = await CheckAsync(db, null, input, cancellationToken);
        db.IncidentTemplates.Add(new IncidentTemplate
        {
            Name = text.Name,
            Title = text.Title,
            Message = text.Message,
            Severity = input.Severity,
            Status = input.Status,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            changes.Signal();
        }
        catch (DbUpdateException) when (IsTaken(db, null, text.Name))
        {
            throw NameTaken();
        }
    }

    /// <summary>Changes a template that still is what the person saw.</summary>
    /// <param name="seen">What the person saw. It is compared whole: a template has no version of its own.</param>
    /// <param name="input">What it becomes.</param>
    /// <exception cref="InvalidInputException">See <see cref="IncidentTemplateInput"/>; also for another template's name.</exception>
    /// <exception cref="NotFoundException">There is no such template.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since.</exception>
    public async Task UpdateAsync(IncidentTemplate seen, IncidentTemplateInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var text = await CheckAsync(db, seen.Id, input, cancellationToken);
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // Comparing and writing are one statement, so of two who save at once one is refused.
            var changed = await db.IncidentTemplates
                .Where(t => t.Id == seen.Id && t.Name == seen.Name && t.Title == seen.Title && t.Message == seen.Message
                    && t.Severity == seen.Severity && t.Status == seen.Status)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(t => t.Name, text.Name).SetProperty(t => t.Title, text.Title).SetProperty(t => t.Message, text.Message)
                        .SetProperty(t => t.Severity, input.Severity).SetProperty(t => t.Status, input.Status),
                    cancellationToken);
            if (changed > 0)
            {
                db.Audit.Record(ChangeOf(seen, text, input));
                await transaction.CommitAsync(cancellationToken);
                changes.Signal();
                return;
            }
        }
        catch (DbException) when (IsTaken(db, seen.Id, text.Name))
        {
            throw NameTaken();
        }
        throw await db.IncidentTemplates.AnyAsync(t => t.Id == seen.Id, cancellationToken)
            ? new EditConflictException(What)
            : new NotFoundException(What);
    }

    /// <summary>Deletes a template; one that is gone already is fine.</summary>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.IncidentTemplates.SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is { } template)
        {
            db.IncidentTemplates.Remove(template);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Somebody else has deleted it at the same moment.
            }
        }
        changes.Signal();
    }

    private static AuditChange ChangeOf(IncidentTemplate seen, (string Name, string Title, string Message) text, IncidentTemplateInput input)
    {
        (string Name, string Before, string After)[] values =
        [
            ("name", seen.Name, text.Name), ("title", seen.Title, text.Title), ("severity", $"{seen.Severity}", $"{input.Severity}"),
            ("status", $"{seen.Status}", $"{input.Status}"), ("message", seen.Message, text.Message),
        ];
        var changed = values.Where(v => v.Before != v.After).ToList();
        return new AuditChange(AuditAction.Changed, AuditObject.IncidentTemplate, seen.Id, text.Name)
        {
            Before = changed.ToDictionary(v => v.Name, v => (object?)v.Before),
            After = changed.ToDictionary(v => v.Name, v => (object?)v.After),
        };
    }

    private static async Task<(string Name, string Title, string Message)> CheckAsync(
        AtStatusDbContext db, int? id, IncidentTemplateInput input, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", IncidentTemplate.NameLength);
        var title = check.Line(input.Title, nameof(input.Title), "Title", Incident.TitleLength);
        var message = check.Text(input.Message, nameof(input.Message), "Message", Incident.MessageLength);
        TextVariables.Check(check, nameof(input.Title), title);
        TextVariables.Check(check, nameof(input.Message), message);
        check.ThrowIfInvalid();
        return await db.IncidentTemplates.AnyAsync(t => t.Name == name && t.Id != id, cancellationToken) ? throw NameTaken() : (name, title, message);
    }

    private static bool IsTaken(AtStatusDbContext db, int? id, string name) => db.IncidentTemplates.AsNoTracking().Any(t => t.Name == name && t.Id != id);

    private static InvalidInputException NameTaken() =>
        new(new Dictionary<string, string> { [nameof(IncidentTemplateInput.Name)] = "There is another template with this name." });
}

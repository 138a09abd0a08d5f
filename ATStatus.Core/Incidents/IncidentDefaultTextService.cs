using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>
/// The default texts as a person saves them, each at most <see cref="Incident.MessageLength"/>. An empty one, or one like the standard text,
/// is the standard text from then on.
/// </summary>
public sealed record IncidentDefaultTextsInput(string? Investigating, string? Identified, string? Monitoring, string? Resolved);

/// <summary>The texts that updates have whose message is left out.</summary>
[Needs(Right.WriteStatus)]
public sealed class IncidentDefaultTextService(IDbContextFactory<AtStatusDbContext> contexts, ChangeFeed changes)
{
    private const string What = "set of default texts";

    /// <summary>The texts as they are by now.</summary>
    public async Task<IncidentDefaultTexts> FindAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.IncidentDefaultTexts.AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new IncidentDefaultTexts();
    }

    /// <summary>Changes the texts. They hold for updates from then on.</summary>
    /// <param name="version">The version that the person saw.</param>
    /// <exception cref="InvalidInputException">A text is too long, or has a variable that there is not.</exception>
    /// <exception cref="EditConflictException">Somebody else changed them since.</exception>
    public async Task SaveAsync(int version, IncidentDefaultTextsInput input, CancellationToken cancellationToken = default)
    {
        var check = new InputCheck();
        var texts = (
            Checked(check, input.Investigating, IncidentStatus.Investigating), Checked(check, input.Identified, IncidentStatus.Identified),
            Checked(check, input.Monitoring, IncidentStatus.Monitoring), Checked(check, input.Resolved, IncidentStatus.Resolved));
        check.ThrowIfInvalid();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.IncidentDefaultTexts.SingleOrDefaultAsync(cancellationToken);
        if (version != (row?.Version ?? 0))
            throw new EditConflictException(What);
        // The version of a row that is there is above that of one that is not.
        row ??= db.IncidentDefaultTexts.Add(new IncidentDefaultTexts { Version = 1 }).Entity;
        (row.Investigating, row.Identified, row.Monitoring, row.Resolved) = texts;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException(What);
        }
        catch (DbUpdateException) when (version == 0 && IsThere())
        {
            throw new EditConflictException(What);
        }
        changes.Signal();

        bool IsThere()
        {
            using var fresh = contexts.CreateDbContext();
            return fresh.IncidentDefaultTexts.Any();
        }
    }

    /// <summary>What an update to this status says whose message is left out, with its variables.</summary>
    internal static async Task<string> OfAsync(UnitOfWork work, IncidentStatus status, CancellationToken cancellationToken) =>
        (await work.Db.IncidentDefaultTexts.AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new IncidentDefaultTexts()).Of(status);

    private static string? Checked(InputCheck check, string? value, IncidentStatus status)
    {
        var text = check.Text(value, $"{status}", status.Label(), Incident.MessageLength, required: false);
        TextVariables.Check(check, $"{status}", text);
        return text.Length == 0 || text == IncidentDefaultTexts.Standard(status) ? null : text;
    }
}

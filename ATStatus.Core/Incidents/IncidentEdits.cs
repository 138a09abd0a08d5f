using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>A value before and after an edit.</summary>
public sealed record EditedFrom<T>(T Before, T After);

/// <summary>An edit of an incident: what of its title, start and end was changed.</summary>
/// <param name="Id">The number of its entry in the audit trail.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Author">Who: the name at that time.</param>
public sealed record IncidentEditRow(long Id, DateTime At, string Author)
{
    public EditedFrom<string>? Title { get; init; }

    public EditedFrom<DateTime?>? StartedAt { get; init; }

    /// <summary>Null is the moment of its resolution.</summary>
    public EditedFrom<DateTime?>? EndedAt { get; init; }
}

/// <summary>The edits of incidents, as the audit trail has them: those that its retention has removed are gone.</summary>
public sealed class IncidentEdits(IDbContextFactory<AtStatusDbContext> contexts)
{
    private const int Most = 100;

    /// <summary>The latest edits of an incident, newest first. What an update said with its message is the update's.</summary>
    public async Task<IReadOnlyList<IncidentEditRow>> ListAsync(int incidentId, CancellationToken cancellationToken = default)
    {
        var number = incidentId.ToString(CultureInfo.InvariantCulture);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = await db.AuditEntries.AsNoTracking()
            .Where(e => e.ObjectKind == AuditObject.Incident && e.ObjectId == number && e.Action == AuditAction.Changed)
            .OrderByDescending(e => e.Id).Take(Most)
            .Select(e => new { e.Id, e.At, e.ActorName, e.Before, e.After })
            .ToListAsync(cancellationToken);
        return [.. entries.Select(e => Read(new IncidentEditRow(e.Id, e.At, e.ActorName), e.Before, e.After)).OfType<IncidentEditRow>()];
    }

    private static IncidentEditRow? Read(IncidentEditRow row, string? beforeJson, string? afterJson)
    {
        if (beforeJson is null || afterJson is null)
            return null;
        using var before = JsonDocument.Parse(beforeJson);
        using var after = JsonDocument.Parse(afterJson);
        var isUpdate = after.RootElement.TryGetProperty("status", out _);
        var edit = row with
        {
            Title = Changed("title", value => value.GetString() ?? ""),
            StartedAt = Changed("started_at", TimeOf),
            EndedAt = isUpdate ? null : Changed("ended_at", TimeOf),
        };
        return edit == row ? null : edit;

        EditedFrom<T>? Changed<T>(string name, Func<JsonElement, T> read) =>
            before.RootElement.TryGetProperty(name, out var old) && after.RootElement.TryGetProperty(name, out var now)
                ? new EditedFrom<T>(read(old), read(now))
                : null;
    }

    private static DateTime? TimeOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetDateTime() : null;
}

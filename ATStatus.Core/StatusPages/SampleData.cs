using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// A page with some components for a newcomer to try things on, each with a past as a real one has: otherwise the first minutes of an outage would
/// be a quarter of its life, and its uptime 77 %. Raises no events (contract section 5).
/// </summary>
[Needs(Right.WriteStatus)]
public sealed class SampleData(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time, ChangeFeed changes)
{
    /// <summary>Longer than the 90 days that are drawn and counted.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(120);

    private static readonly string[] ComponentNames = ["API", "Dashboard", "API Gateway", "Database", "Background jobs"];

    /// <summary>What happened: to which component, how long ago, for how long.</summary>
    private static readonly (string Component, ComponentStatus Status, TimeSpan Ago, TimeSpan Length)[] Past =
    [
        ("Database", ComponentStatus.MajorOutage, new(61, 7, 40, 0), TimeSpan.FromMinutes(38)),
        ("Background jobs", ComponentStatus.Degraded, new(34, 16, 5, 0), TimeSpan.FromMinutes(145)),
        ("API Gateway", ComponentStatus.PartialOutage, new(12, 21, 15, 0), TimeSpan.FromMinutes(17)),
    ];

    /// <summary>Makes the page, unless there is any page already. Returns whether it did.</summary>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.StatusPages.AnyAsync(cancellationToken))
            return false;
        var now = time.GetUtcNow().UtcDateTime;
        // Whole seconds, like every unit of work: a change in this very second must not come before it in the history.
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var begun = now - Age;
        var page = new StatusPage { Name = "Main Status", Slug = "main", CreatedAt = begun };
        for (var i = 0; i < ComponentNames.Length; i++)
        {
            var component = new Component { Name = ComponentNames[i], Status = ComponentStatus.Operational, Position = i, CreatedAt = begun };
            ComponentStatements.Begin(component);
            foreach (var (_, status, ago, length) in Past.Where(past => past.Component == component.Name))
            {
                ComponentStatements.Continue(component, status, now - ago);
                ComponentStatements.Continue(component, ComponentStatus.Operational, now - ago + length);
            }
            page.Components.Add(component);
        }
        db.StatusPages.Add(page);
        await db.SaveChangesAsync(cancellationToken);
        changes.Signal();
        return true;
    }
}

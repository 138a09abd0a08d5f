using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>A page with some components for a newcomer to try things on. Raises no events (contract section 5).</summary>
[Needs(Right.WriteStatus)]
public sealed class SampleData(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time, ChangeFeed changes)
{
    private static readonly string[] ComponentNames = ["API", "Dashboard", "API Gateway", "Database", "Background jobs"];

    /// <summary>Makes the page, unless there is any page already. Returns whether it did.</summary>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.StatusPages.AnyAsync(cancellationToken))
            return false;
        var now = time.GetUtcNow().UtcDateTime;
        // Whole seconds, like every unit of work: a change in this very second must not come before it in the history.
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var page = new StatusPage { Name = "Main Status", Slug = "main", CreatedAt = now };
        for (var i = 0; i < ComponentNames.Length; i++)
        {
            var component = new Component { Name = ComponentNames[i], Status = ComponentStatus.Operational, Position = i, CreatedAt = now };
            ComponentStatements.Begin(component);
            page.Components.Add(component);
        }
        db.StatusPages.Add(page);
        await db.SaveChangesAsync(cancellationToken);
        changes.Signal();
        return true;
    }
}

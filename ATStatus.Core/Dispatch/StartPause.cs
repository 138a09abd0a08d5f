using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// Decides at a start, before anything could be sent, whether sending is paused: <c>Webhooks:StartPaused</c>. A copy of a live database (a
/// staging system, a rehearsal of a restore) must not send its waiting deliveries to the real receivers.
/// </summary>
public sealed class StartPause(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseUse use, SendingPauseService sending, WebhookOptions options)
{
    public const string PausedBy = "Webhooks:StartPaused";

    /// <summary>Decides, and writes down that the database is used here unless that is what is asked. Returns what to say on the console, if anything.</summary>
    public async Task<string?> DecideAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var lastUser = await use.FindLastUserAsync(cancellationToken);
        if (lastUser is not null && options.StartPaused != PauseAtStart.Never && await IsWaitingAsync(db, cancellationToken))
        {
            await sending.PauseAsync(new Actor(PausedBy), cancellationToken);
            use.Ask(lastUser);
            return $"This database was last used by {lastUser}, and deliveries wait: sending is paused. Resume it in the console if this is now its place.";
        }
        await use.RecordAsync(db, cancellationToken);
        if (options.StartPaused != PauseAtStart.Always)
            return null;
        await sending.PauseAsync(new Actor(PausedBy), cancellationToken);
        return "Sending is paused, as Webhooks:StartPaused demands. Resume it in the console.";
    }

    /// <summary>Whether anything would go out without a person's doing: deliveries, or what was asked to be resent.</summary>
    private static async Task<bool> IsWaitingAsync(AtStatusDbContext db, CancellationToken cancellationToken) =>
        await db.Deliveries.AnyAsync(d => d.SettledAt == null && !d.IsTest, cancellationToken)
        || await db.Recoveries.AnyAsync(r => r.FinishedAt == null, cancellationToken);
}

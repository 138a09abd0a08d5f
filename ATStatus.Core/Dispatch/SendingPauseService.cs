using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Dispatch;

/// <summary>
/// The switch that pauses all sending. While it is on, nothing is sent but tests; events, pages and the clock go on, and what they would
/// have sent waits as rows. Sends under way end. It survives a restart.
/// </summary>
[Needs(Right.WriteNotifications)]
public sealed partial class SendingPauseService(
    IDbContextFactory<AtStatusDbContext> contexts,
    SendingPauseState sending,
    DeliveryDispatcher dispatcher,
    DeliveryFeed feed,
    DatabaseUse use,
    TimeProvider time,
    ILogger<SendingPauseService> logger)
{
    /// <summary>Pauses all sending; nothing where it is paused already. When this returns, this process begins no further send.</summary>
    public async Task PauseAsync(Actor actor, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var pauses = db.SendingPauses.AsNoTracking();
        var pause = await pauses.SingleOrDefaultAsync(cancellationToken)
            ?? await AddAsync(db, actor, cancellationToken)
            // Paused by another instance at the same moment.
            ?? await pauses.SingleOrDefaultAsync(cancellationToken);
        // Before the commit: on SQLite a claim is before this, and is a send under way, or after it, and asks the row.
        sending.Set(pause);
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            await transaction.DisposeAsync();
            await sending.RefreshAsync(CancellationToken.None);
            throw;
        }
        feed.Signal();
    }

    /// <summary>Lets everything that waits go on, each notification's in its order; nothing where sending is not paused.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.SendingPauses.SingleOrDefaultAsync(cancellationToken) is { } pause)
        {
            db.SendingPauses.Remove(pause);
            // An endpoint that nobody wrote to has not failed meanwhile.
            foreach (var health in await db.NotificationHealth.ToListAsync(cancellationToken))
                health.LeaveOut(pause.PausedAt, time.GetUtcNow().UtcDateTime);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                // Whoever resumes says that this is the database's place.
                await use.RecordAsync(db, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                LogResumed();
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another instance resumed at the same moment, and has done all this.
            }
        }
        sending.Set(null);
        use.Forget();
        dispatcher.Resumed();
        feed.Signal();
    }

    private async Task<SendingPause?> AddAsync(AtStatusDbContext db, Actor actor, CancellationToken cancellationToken)
    {
        var pause = new SendingPause { PausedAt = time.GetUtcNow().UtcDateTime, PausedBy = actor.Name };
        db.SendingPauses.Add(pause);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        LogPaused();
        return pause;
    }

    [LoggerMessage(LogLevel.Information, "All sending is paused.")]
    private partial void LogPaused();

    [LoggerMessage(LogLevel.Information, "Sending is resumed.")]
    private partial void LogResumed();
}

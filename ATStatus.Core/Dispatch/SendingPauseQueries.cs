using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Dispatch;

/// <summary>All sending is paused.</summary>
/// <param name="At">Since when (UTC).</param>
/// <param name="By">Who paused it.</param>
/// <param name="Waiting">How many deliveries wait.</param>
public sealed record PausedSending(DateTime At, string By, int Waiting)
{
    /// <summary>Who used the database last, where that was elsewhere: then the start has paused sending and asks. Null otherwise.</summary>
    public string? LastUsedBy { get; init; }
}

/// <summary>Tells whether all sending is paused.</summary>
public sealed class SendingPauseQueries(IDbContextFactory<AtStatusDbContext> contexts, SendingPauseState sending, DatabaseUse use)
{
    public bool IsPaused => sending.IsPaused;

    /// <summary>Since when, by whom and with what consequence; null while it is not paused, which costs nothing to ask.</summary>
    public async Task<PausedSending?> FindAsync(CancellationToken cancellationToken = default)
    {
        if (sending.Pause is not { } pause)
            return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return new PausedSending(pause.PausedAt, pause.PausedBy, await db.Deliveries.CountAsync(d => d.Hold != null, cancellationToken))
        {
            LastUsedBy = use.LastUsedBy,
        };
    }
}

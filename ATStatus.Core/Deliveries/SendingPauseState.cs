using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Whether all sending is paused, as this process knows it. Whoever pauses or resumes here tells it at once; what another instance did
/// it learns by <see cref="RefreshAsync"/>. Everybody who would make a job or a claim asks it.
/// </summary>
public sealed class SendingPauseState(IDbContextFactory<AtStatusDbContext> contexts)
{
    private Known? _known;

    private sealed record Known(SendingPause? Pause);

    /// <summary>Since when and by whom all sending is paused; null while it is not, and until that is known.</summary>
    public SendingPause? Pause => Volatile.Read(ref _known)?.Pause;

    public bool IsPaused => Pause is not null;

    /// <summary>Asks the database. Returns whether that changed anything.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        var known = Volatile.Read(ref _known);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pause = await db.SendingPauses.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        // Whoever paused or resumed here while the row was being read knows better.
        return Interlocked.CompareExchange(ref _known, new Known(pause), known) == known && known?.Pause is null != pause is null;
    }

    /// <summary>How it stands now, from whoever has just written it.</summary>
    internal void Set(SendingPause? pause) => Volatile.Write(ref _known, new Known(pause));

    /// <summary>
    /// Whether a claim must be refused. While sending is paused, and until that is known, it asks the row in the claim's transaction: a
    /// pause that another instance has just ended must not send deliveries back to wait.
    /// </summary>
    internal async ValueTask<bool> IsPausedAsync(AtStatusDbContext db)
    {
        var known = Volatile.Read(ref _known);
        if (known is { Pause: null })
            return false;
        var pause = await db.SendingPauses.AsNoTracking().SingleOrDefaultAsync();
        if (known is null)
            Interlocked.CompareExchange(ref _known, new Known(pause), null);
        return pause is not null;
    }
}

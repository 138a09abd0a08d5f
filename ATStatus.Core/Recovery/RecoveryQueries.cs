using System.Linq.Expressions;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Recovery;

/// <summary>A recovery that runs, or one that has ended.</summary>
/// <param name="Since">What failed or was skipped at this moment or later (UTC).</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Skipped">Those that were skipped because the notification was off.</param>
/// <param name="Total">How many there were when it was asked for.</param>
/// <param name="Reopened">How many have begun a new round.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="RequestedAt">When (UTC).</param>
/// <param name="FinishedAt">When it was through, or called off (UTC); null while it runs.</param>
/// <param name="IsCancelled">It ended before it was through.</param>
public sealed record RecoveryRow(
    int Id, DateTime Since, bool Failed, bool Skipped, int Total, int Reopened, string RequestedBy, DateTime RequestedAt, DateTime? FinishedAt,
    bool IsCancelled)
{
    /// <summary>Whose deliveries.</summary>
    public int NotificationId { get; init; }
}

/// <summary>A notification as the page that resends shows it.</summary>
/// <param name="DisabledAt">Since when it is off (UTC).</param>
/// <param name="LastSuccessAt">When its last success was (UTC); null where it had none.</param>
/// <param name="IsHeldBack">Whether its circuit is open: then only a probe goes out now and then.</param>
/// <param name="Waiting">How many of its deliveries wait.</param>
/// <param name="Recoveries">Its recoveries, newest first; the one that runs is the first.</param>
public sealed record RecoverySubject(
    int Id, string Name, bool Enabled, DateTime? DisabledAt, string? DisabledReason, DateTime? LastSuccessAt, bool IsHeldBack, int Waiting,
    IReadOnlyList<RecoveryRow> Recoveries)
{
    /// <summary>The one that runs; null while none does.</summary>
    public RecoveryRow? Running => Recoveries.FirstOrDefault(r => r.FinishedAt is null);
}

public sealed class RecoveryQueries(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>How many recoveries of the past are shown.</summary>
    private const int Shown = 20;

    private static readonly Expression<Func<RecoveryRun, RecoveryRow>> ToRow = r => new RecoveryRow(
        r.Id, r.Since, r.Failed, r.Skipped, r.Total, r.Reopened, r.RequestedBy, r.RequestedAt, r.FinishedAt, r.IsCancelled)
    {
        NotificationId = r.NotificationId,
    };

    /// <summary>A notification with its recoveries; null when there is none.</summary>
    public async Task<RecoverySubject?> FindAsync(int notificationId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notification = await db.Notifications.AsNoTracking().Where(n => n.Id == notificationId)
            .Select(n => new { n.Name, n.Enabled, n.DisabledAt, n.DisabledReason }).SingleOrDefaultAsync(cancellationToken);
        if (notification is null)
            return null;
        var health = await db.NotificationHealth.AsNoTracking().SingleOrDefaultAsync(h => h.NotificationId == notificationId, cancellationToken);
        return new RecoverySubject(
            notificationId, notification.Name, notification.Enabled, notification.DisabledAt, notification.DisabledReason, health?.LastSuccessAt,
            health?.IsOpen == true,
            await RecoveryDeliveries.Waiting(db, notificationId, time.GetUtcNow().UtcDateTime).CountAsync(cancellationToken),
            await db.Recoveries.AsNoTracking().Where(r => r.NotificationId == notificationId)
                .OrderByDescending(r => r.Id).Take(Shown).Select(ToRow).ToListAsync(cancellationToken));
    }

    /// <summary>One recovery; null when there is none.</summary>
    public async Task<RecoveryRow?> RunAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Recoveries.AsNoTracking().Where(r => r.Id == id).Select(ToRow).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Since when a notification is off (UTC); of one that is on, when it first skipped something for being off after its last success.
    /// Null where there is no such moment.
    /// </summary>
    public async Task<DateTime?> OffSinceAsync(RecoverySubject subject, CancellationToken cancellationToken = default)
    {
        if (subject.DisabledAt is { } since)
            return since;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await RecoveryDeliveries.Of(db, subject.Id, DeliveryState.Skipped, subject.LastSuccessAt ?? DateTime.UnixEpoch)
            .MinAsync(d => d.SettledAt, cancellationToken);
    }
}

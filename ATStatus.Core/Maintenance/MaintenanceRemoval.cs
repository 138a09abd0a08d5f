using ATStatus.Core.Events;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>Removes windows that are over.</summary>
public sealed class MaintenanceRemoval(EventOutbox outbox)
{
    private const string What = "maintenance";

    /// <summary>Removes a completed or cancelled window with its timeline. What it said of its components stays in their history. Raises nothing.</summary>
    /// <param name="id">The window.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It is not over.</exception>
    public Task RemoveAsync(int id, int version, CancellationToken cancellationToken = default) => outbox.RunAsync(What, false, async work =>
    {
        var window = await work.Db.MaintenanceWindows.SingleOrDefaultAsync(w => w.Id == id, cancellationToken) ?? throw new NotFoundException(What);
        if (window.Version != version)
            throw new EditConflictException(What);
        if (window.IsGoingOn)
            throw new IllegalTransitionException(window.Status == MaintenanceStatus.InProgress
                ? "Maintenance in progress cannot be deleted. Complete it first."
                : "Scheduled maintenance cannot be deleted. Cancel it first.");
        work.Db.MaintenanceWindows.Remove(window);
        return true;
    }, cancellationToken);
}

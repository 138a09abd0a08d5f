using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries.Telemetry;

/// <summary>
/// What waits in the database, for the metrics. It reads the rows that are due and not settled, by their index, and never the log behind
/// them; only when somebody looks, and not more often than every few seconds. Every instance reads the same numbers.
/// </summary>
public sealed partial class DeliveryBacklog(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time, ILogger<DeliveryBacklog> logger)
{
    /// <summary>How long a reading is good.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>A reading that took long is good for this many times as long: a backlog of a million must not be counted without a pause.</summary>
    private const int Rest = 20;

    /// <summary>In seconds: whoever collects metrics is not to wait for a database that is stuck.</summary>
    private const int CommandTimeout = 5;

    private readonly Lock _lock = new();
    private BacklogReading? _reading;
    private long _readAt;
    private TimeSpan _good = TimeSpan.MinValue;

    /// <summary>The present reading, or one a few seconds old; null while the database does not answer.</summary>
    /// <remarks>Synchronous, as the callbacks of observable instruments are.</remarks>
    [SuppressMessage("Design", "CA1031", Justification = "Metrics go on without this part; the database's own health tells what is wrong.")]
    internal BacklogReading? Read()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_readAt) < _good)
                return _reading;
            var begun = time.GetTimestamp();
            try
            {
                _reading = ReadNow();
            }
            catch (Exception e)
            {
                LogReadingFailed(e);
                _reading = null;
            }
            _readAt = time.GetTimestamp();
            var took = time.GetElapsedTime(begun, _readAt);
            _good = took * Rest > Fresh ? took * Rest : Fresh;
            return _reading;
        }
    }

    private BacklogReading ReadNow()
    {
        var now = time.GetUtcNow().UtcDateTime;
        using var db = contexts.CreateDbContext();
        db.Database.SetCommandTimeout(CommandTimeout);
        var lines = db.Deliveries.AsNoTracking()
            .Where(d => (d.State == DeliveryState.Pending || d.State == DeliveryState.Sending || d.State == DeliveryState.Retrying) && d.DueAt <= now)
            .Where(d => !d.IsTest)
            .GroupBy(d => d.Hold)
            .Select(g => new { Hold = g.Key, Waiting = g.Count(d => d.State != DeliveryState.Sending), Oldest = g.Min(d => d.DueAt) })
            .ToList();
        var open = db.NotificationHealth.AsNoTracking().Count(h => h.OpenedAt != null);
        return new BacklogReading(
            [.. lines.Select(line => new BacklogLine(line.Hold, line.Waiting, now - (line.Oldest ?? now)))],
            open);
    }

    [LoggerMessage(LogLevel.Warning, "What waits could not be counted for the metrics.")]
    private partial void LogReadingFailed(Exception e);
}

/// <summary>What waits at one moment.</summary>
/// <param name="Lines">Those of each reason; one that nothing waits for may be missing.</param>
/// <param name="OpenCircuits">How many circuits are open.</param>
internal sealed record BacklogReading(IReadOnlyList<BacklogLine> Lines, int OpenCircuits)
{
    public BacklogLine Of(HoldReason? hold) => Lines.FirstOrDefault(line => line.Hold == hold);
}

/// <summary>What waits for one reason.</summary>
/// <param name="Hold">The reason; null for those that have a job or are being sent.</param>
/// <param name="Waiting">How many; those being sent do not count.</param>
/// <param name="Age">How long the oldest has been due; those being sent count until they are settled.</param>
internal readonly record struct BacklogLine(HoldReason? Hold, int Waiting, TimeSpan Age);

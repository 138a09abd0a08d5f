using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;
using Hangfire;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// Whether this host's job servers live, as the job storage knows it: each writes a heartbeat there. A server that cannot, for want of
/// rights, tables or a connection, fetches no job either.
/// </summary>
/// <param name="names">What the servers' names begin with, once they are started.</param>
/// <param name="storage">Where the heartbeats are.</param>
/// <param name="writability">Knows whether the database is to blame.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class JobHeartbeats(
    Func<IReadOnlyList<string>> names, JobStorage storage, DatabaseWritability writability, TimeProvider time,
    ILogger<JobHeartbeats> logger)
    : BackgroundService
{
    /// <summary>How long a server may be silent: four of its heartbeats.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Storages that keep heartbeats by a clock of their own answer with the same one a little differently each time.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (DateTime Beat, long SeenAt)> _seen = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long? _startedAt;
    private bool _isSaid;

    /// <summary>
    /// Whether each server has given a heartbeat within the last minute; a server that has just been started has a minute for its first.
    /// </summary>
    public bool AreAlive
    {
        get
        {
            lock (_lock)
            {
                return _startedAt is { } start && names().All(
                    name => time.GetElapsedTime(_seen.TryGetValue(name, out var last) ? last.SeenAt : start) <= Patience);
            }
        }
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        return base.StartAsync(cancellationToken);
    }

    internal void Begin()
    {
        lock (_lock)
            _startedAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "A look that fails (a database out of reach) is made again.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                Look();
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogLookFailed(e);
            }
            Say();
        }
    }

    /// <summary>
    /// Takes note of the heartbeats that are new. What they say of the time is another clock's: only that they change counts.
    /// </summary>
    internal void Look()
    {
        var beats = storage.GetMonitoringApi().Servers();
        lock (_lock)
        {
            foreach (var name in names())
            {
                // A server that has lost its connection comes back under another id of the same name.
                var beat = beats.Where(s => s.Name.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase)).Max(s => s.Heartbeat);
                if (beat is { } at && (!_seen.TryGetValue(name, out var last) || (at - last.Beat).Duration() >= Tolerance))
                    _seen[name] = (at, time.GetTimestamp());
            }
        }
    }

    private void Say()
    {
        var isDead = !AreAlive;
        if (isDead && !_isSaid)
            LogSilent();
        _isSaid = isDead;
    }

    [LoggerMessage(LogLevel.Error, "The job servers have given no heartbeat for a minute: nothing is sent, and this console is not ready.")]
    private partial void LogSilent();

    [LoggerMessage(LogLevel.Warning, "The job storage cannot be asked for the job servers' heartbeats; trying again.")]
    private partial void LogLookFailed(Exception e);
}

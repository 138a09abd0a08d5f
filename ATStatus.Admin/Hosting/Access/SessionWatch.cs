using ATStatus.Core.Access;
using ATStatus.Core.Persistence;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Tells open circuits what has become of their sessions: at once what was changed here, and within two seconds what another instance or
/// a verb has changed, or time has ended. One question for all of them. It also writes down when sessions were used last.
/// </summary>
internal sealed partial class SessionWatch(
    SessionStates sessions, SessionStore store, CircuitRegistry circuits, DatabaseWritability writability, TimeProvider time, ILogger<SessionWatch> logger)
    : BackgroundLoop(writability, time, SessionStates.Holds)
{
    private readonly SemaphoreSlim _changed = new(0);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = store.Changes.Subscribe(() => _changed.Release());
        await base.ExecuteAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override async Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        // Several changes at once are one.
        while (_changed.Wait(0, CancellationToken.None))
        {
        }
        await sessions.FlushAsync(stoppingToken);
        var open = circuits.All.Where(c => c.SessionId is not null).ToList();
        var live = await sessions.FindAsync([.. open.Select(c => c.SessionId!.Value).Distinct()], stoppingToken);
        foreach (var circuit in open)
            circuit.Use(live.GetValueOrDefault(circuit.SessionId!.Value));
        await _changed.WaitAsync(SessionStates.Holds, stoppingToken);
        return TimeSpan.Zero;
    }

    /// <inheritdoc/>
    protected override void LogFailed(Exception e) => LogUnwatched(e);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "Open pages could not be asked whether their sessions have ended; they are asked again.")]
    private partial void LogUnwatched(Exception e);
}

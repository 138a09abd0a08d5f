namespace ATStatus.Core.Sending;

/// <summary>
/// How long the steps of opening a connection took; null for each that was not begun: a connection was used again, an earlier step failed,
/// or a proxy takes them. A step that failed, or was under way when the time was up, counts as long as it lasted.
/// </summary>
/// <param name="Lookup">Finding the name's addresses.</param>
/// <param name="Connect">Opening the connection.</param>
/// <param name="Tls">The TLS handshake.</param>
public sealed record ConnectionTimings(TimeSpan? Lookup, TimeSpan? Connect, TimeSpan? Tls)
{
    /// <summary>
    /// How long the request was out on a reused connection that closed without an answer, before it was sent again on the new connection
    /// that the other steps belong to; null where that did not happen.
    /// </summary>
    public TimeSpan? Reused { get; init; }

    /// <summary>No step was taken.</summary>
    public static ConnectionTimings None { get; } = new(null, null, null);
}

internal enum ConnectionStep
{
    Lookup,
    Connect,
    Tls,
}

/// <summary>What the dialler notes for the request that a connection is opened for. Written by the dialler's task, read when the request has ended.</summary>
internal sealed class ConnectionStopwatch(TimeProvider time, TimeSpan? reused = null)
{
    private static readonly HttpRequestOptionsKey<ConnectionStopwatch> Key = new("ATStatus.ConnectionStopwatch");
    private readonly long _begun = time.GetTimestamp();
    private volatile Reading _reading = new(ConnectionTimings.None with { Reused = reused }, null, 0);

    private sealed record Reading(ConnectionTimings Done, ConnectionStep? Step, long Since);

    /// <summary>The steps that ended. The one under way does not belong to a request that has been answered: another connection was faster.</summary>
    public ConnectionTimings Timings => _reading.Done;

    /// <summary>The steps so far, with the one that failed or is under way.</summary>
    public ConnectionTimings TimingsSoFar => Ended(_reading);

    /// <summary>Puts a stopwatch onto a request that is about to be sent.</summary>
    public static void Attach(HttpRequestMessage request, TimeProvider time) => request.Options.Set(Key, new ConnectionStopwatch(time));

    /// <summary>
    /// The reused connection closed without an answer, and the request is sent again. What may still be opened for its first sending notes
    /// its steps here, where nobody reads them any more.
    /// </summary>
    public void SendsAgain(HttpRequestMessage request) => request.Options.Set(Key, new ConnectionStopwatch(time, time.GetElapsedTime(_begun)));

    /// <summary>The stopwatch of a request; one that nobody reads where there is none.</summary>
    public static ConnectionStopwatch Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var watch) ? watch : new(TimeProvider.System);

    /// <summary>A step begins; the one before it has ended.</summary>
    public void Begin(ConnectionStep step) => _reading = new(Ended(_reading), step, time.GetTimestamp());

    public void End() => _reading = new(Ended(_reading), null, 0);

    private ConnectionTimings Ended(Reading reading)
    {
        if (reading.Step is not { } step)
            return reading.Done;
        var took = time.GetElapsedTime(reading.Since);
        return step switch
        {
            ConnectionStep.Lookup => reading.Done with { Lookup = took },
            ConnectionStep.Connect => reading.Done with { Connect = took },
            _ => reading.Done with { Tls = took },
        };
    }
}

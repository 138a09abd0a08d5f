namespace ATStatus.Core.Sending;

/// <summary>
/// How long the steps of opening a connection took; null for each that was not taken: a connection was used again, an earlier step failed,
/// or a proxy takes them.
/// </summary>
/// <param name="Lookup">Finding the name's addresses.</param>
/// <param name="Connect">Opening the connection.</param>
/// <param name="Tls">The TLS handshake.</param>
public sealed record ConnectionTimings(TimeSpan? Lookup, TimeSpan? Connect, TimeSpan? Tls)
{
    /// <summary>No step was taken.</summary>
    public static ConnectionTimings None { get; } = new(null, null, null);
}

/// <summary>What the dialler notes for the request that a connection is opened for. Written by the dialler's task, read when the request has ended.</summary>
internal sealed class ConnectionStopwatch
{
    private static readonly HttpRequestOptionsKey<ConnectionStopwatch> Key = new("ATStatus.ConnectionStopwatch");
    private volatile ConnectionTimings _timings = ConnectionTimings.None;

    public ConnectionTimings Timings => _timings;

    /// <summary>Puts a stopwatch onto a request that is about to be sent.</summary>
    public static ConnectionStopwatch Attach(HttpRequestMessage request)
    {
        var watch = new ConnectionStopwatch();
        request.Options.Set(Key, watch);
        return watch;
    }

    /// <summary>The stopwatch of a request; one that nobody reads where there is none.</summary>
    public static ConnectionStopwatch Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var watch) ? watch : new();

    public void LookedUp(TimeSpan duration) => _timings = _timings with { Lookup = duration };

    public void Connected(TimeSpan duration) => _timings = _timings with { Connect = duration };

    public void Secured(TimeSpan duration) => _timings = _timings with { Tls = duration };
}

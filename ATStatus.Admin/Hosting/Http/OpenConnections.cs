using Microsoft.AspNetCore.Connections;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>How many connections may wait, and how long a stop waits for the others.</summary>
/// <param name="Waiting">The most connections that have sent no whole request: idle ones, and those that drip.</param>
/// <param name="Grace">How long a request that has arrived may take once the console stops.</param>
internal sealed record ConnectionLimits(int Waiting, TimeSpan Grace)
{
    /// <summary>What holds in the program.</summary>
    public static ConnectionLimits Default { get; } = new(Waiting: 1000, Grace: TimeSpan.FromSeconds(3));
}

/// <summary>
/// The server's connections. Those that only wait are a stranger's cheapest means: they are limited, and a stop does not wait for them. The
/// one that has waited longest makes room for a new one, so that they never keep an operator out; pages that are open do not wait.
/// </summary>
internal sealed class OpenConnections(ConnectionLimits limits) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<OpenConnection> _all = [];
    private readonly LinkedList<OpenConnection> _waiting = new();
    private Timer? _grace;

    /// <summary>Keeps the connection in mind while it lasts. Called by Kestrel for each, before TLS.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var open = new OpenConnection(connection, this);
        connection.Features.Set(open);
        OpenConnection? longest = null;
        lock (_lock)
        {
            _all.Add(open);
            _waiting.AddLast(open.Place);
            if (_waiting.Count > limits.Waiting)
            {
                longest = _waiting.First!.Value;
                _waiting.Remove(longest.Place);
            }
        }
        longest?.Abort("Too many connections wait.");
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock)
            {
                _all.Remove(open);
                if (open.Place.List is not null)
                    _waiting.Remove(open.Place);
            }
        }
    }

    /// <summary>Ends what waits at once, and what is being answered after <see cref="ConnectionLimits.Grace"/>.</summary>
    public void Stop()
    {
        OpenConnection[] waiting;
        lock (_lock)
            waiting = [.. _waiting];
        foreach (var connection in waiting)
            connection.Abort("The console stops.");
        _grace ??= new Timer(_ => EndAll(), null, limits.Grace, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _grace?.Dispose();

    internal void Begin(OpenConnection connection)
    {
        lock (_lock)
        {
            if (connection.Answering++ == 0 && connection.Place.List is not null)
                _waiting.Remove(connection.Place);
        }
    }

    internal void End(OpenConnection connection)
    {
        lock (_lock)
        {
            if (--connection.Answering == 0 && _all.Contains(connection))
                _waiting.AddLast(connection.Place);
        }
    }

    private void EndAll()
    {
        OpenConnection[] rest;
        lock (_lock)
            rest = [.. _all];
        foreach (var connection in rest)
            connection.Abort("The console stops.");
    }
}

/// <summary>One of <see cref="OpenConnections"/>; a feature of its requests.</summary>
internal sealed class OpenConnection
{
    private readonly ConnectionContext _connection;
    private readonly OpenConnections _connections;

    /// <summary>Belongs to its connection.</summary>
    public OpenConnection(ConnectionContext connection, OpenConnections connections)
    {
        (_connection, _connections) = (connection, connections);
        Place = new LinkedListNode<OpenConnection>(this);
    }

    internal LinkedListNode<OpenConnection> Place { get; }

    /// <summary>Requests that have arrived whole and are not answered; HTTP/2 has several at once.</summary>
    internal int Answering { get; set; }

    internal void Begin() => _connections.Begin(this);

    internal void End() => _connections.End(this);

    internal void Abort(string reason) => _connection.Abort(new ConnectionAbortedException(reason));
}

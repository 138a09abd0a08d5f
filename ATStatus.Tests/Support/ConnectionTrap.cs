using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ATStatus.Tests.Support;

/// <summary>
/// Hears every connection: it listens on one port of every address this machine has, and notes each attempt of this process to connect
/// to that port (or to port 0), whatever the address and whoever makes it. The runtime's own sockets tell it, so that no way out of the
/// product can be forgotten.
/// </summary>
public sealed class ConnectionTrap : EventListener
{
    private const string Sockets = "System.Net.Sockets";
    private const string ConnectStart = "ConnectStart";

    private readonly ConcurrentQueue<string> _dialled = new();
    private readonly List<TcpListener> _listeners = [];
    private int _accepted;

    public ConnectionTrap()
    {
        var first = new TcpListener(IPAddress.Any, 0);
        first.Start();
        Port = ((IPEndPoint)first.LocalEndpoint).Port;
        _listeners.Add(first);
        if (Socket.OSSupportsIPv6)
        {
            var second = new TcpListener(IPAddress.IPv6Any, Port);
            second.Server.DualMode = false;
            second.Start();
            _listeners.Add(second);
        }
        foreach (var listener in _listeners)
            _ = AcceptAsync(listener);
    }

    /// <summary>The port that is listened on.</summary>
    public int Port { get; }

    /// <summary>How many connections came.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The addresses that were dialled, as the runtime writes them.</summary>
    public IReadOnlyCollection<string> Dialled => _dialled;

    /// <summary>Nothing was dialled, and nothing came. Fails once for what it heard, not again for what follows.</summary>
    public void AssertSilent()
    {
        var heard = (string.Join(", ", _dialled), Interlocked.Exchange(ref _accepted, 0));
        _dialled.Clear();
        Assert.Equal(("", 0), heard);
    }

    public override void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        base.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Sockets)
            EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // The base class tells of events before this constructor has run.
        if (eventData is { EventName: ConnectStart, Payload: [string address, ..] } && _dialled is not null && PortOf(address) is var port && (port == Port || port == 0))
            _dialled.Enqueue(address);
    }

    /// <summary>The runtime writes <c>InterNetwork:16:{0,80,127,0,0,1,…}</c>: family, size, then the port's two bytes and the address.</summary>
    private static int PortOf(string address)
    {
        var bytes = address[(address.IndexOf('{', StringComparison.Ordinal) + 1)..].Split(',', 3);
        return (int.Parse(bytes[0], CultureInfo.InvariantCulture) << 8) + int.Parse(bytes[1], CultureInfo.InvariantCulture);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                Interlocked.Increment(ref _accepted);
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // Disposed, or stopped between two.
        }
    }
}

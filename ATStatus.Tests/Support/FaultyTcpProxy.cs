using System.Net;
using System.Net.Sockets;

namespace ATStatus.Tests.Support;

/// <summary>
/// The line between a browser and a console, or a console and its database: TCP on a port of 127.0.0.1, handed on to the other end's,
/// that can be cut, mended and silenced.
/// </summary>
internal sealed class FaultyTcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _ends = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private Uri? _console;
    private TaskCompletionSource? _silence;

    private FaultyTcpProxy(Uri console)
    {
        _console = console;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the browser finds the console.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>A line to a console.</summary>
    public static FaultyTcpProxy To(Uri console) => new(console);

    /// <summary>Breaks every connection; new ones break at once.</summary>
    public void Cut()
    {
        Socket[] ends;
        lock (_lock)
        {
            _console = null;
            ends = [.. _ends];
        }
        foreach (var end in ends)
            Break(end);
        // What waited finds nobody.
        Speak();
    }

    /// <summary>Lets new connections through, to where the console is now.</summary>
    public void Restore(Uri console)
    {
        lock (_lock) _console = console;
    }

    /// <summary>Nothing arrives at either end any more, and neither is told: what is sent waits, for <see cref="Speak"/> or a cut.</summary>
    public void Silence()
    {
        lock (_lock) _silence ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What waited arrives, in its order, and what follows.</summary>
    public void Speak()
    {
        lock (_lock)
        {
            _silence?.SetResult();
            _silence = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        // Stopped when nobody accepts any more: asked to accept, a listener that is stopped throws.
        await _accepting;
        _listener.Stop();
        Task[] connections;
        lock (_lock) connections = [.. _connections];
        await Task.WhenAll(connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var browser = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_lock) _connections.Add(RelayAsync(browser));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task RelayAsync(Socket browser)
    {
        var console = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Uri? target;
            lock (_lock)
            {
                target = _console;
                if (target is not null)
                    _ends.UnionWith([browser, console]);
            }
            if (target is null)
                return;
            await console.ConnectAsync(target.Host, target.Port, _stop.Token);
            await using var near = new NetworkStream(browser);
            await using var far = new NetworkStream(console);
            // One direction's end is the other's: HTTP has no half of a connection.
            await await Task.WhenAny(HandOnAsync(near, far), HandOnAsync(far, near));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Cut, closed by an end, or disposed.
        }
        finally
        {
            lock (_lock) _ends.ExceptWith([browser, console]);
            Break(browser);
            Break(console);
        }
    }

    private async Task HandOnAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            Task? silence;
            lock (_lock) silence = _silence?.Task;
            if (silence is not null)
                await silence.WaitAsync(_stop.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    // With a reset, as a line breaks: neither end has said goodbye.
    private static void Break(Socket end) => end.Close(0);
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>
/// A small HTTP proxy on 127.0.0.1: it opens tunnels (CONNECT) and forwards plain requests, to the port that was asked for on 127.0.0.1
/// whatever the host's name is, and remembers what it was asked.
/// </summary>
internal sealed class ForwardProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<string> _asked = [];
    private readonly List<Task> _work = [];
    private readonly string? _authorization;
    private readonly Task _accepting;
    private int _connections;

    private ForwardProxy(string? account, bool refuses)
    {
        _authorization = account is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(account));
        Refuses = refuses;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How many connections it has accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The requests to it: method, target, and whether they had the right account.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_lock) return [.. _asked];
        }
    }

    private bool Refuses { get; }

    /// <summary>Starts one that asks for an account (<c>user:password</c>) where one is given.</summary>
    public static ForwardProxy Start(string? account = null) => new(account, refuses: false);

    /// <summary>Starts one that answers everything with 403.</summary>
    public static ForwardProxy StartRefusing() => new(null, refuses: true);

    /// <summary>Its URL.</summary>
    /// <param name="userInfo">User and password as a URL says them, with an @ behind.</param>
    public Uri Url(string userInfo = "") => new($"http://{userInfo}127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Stopped when nobody accepts any more: asked to accept, a listener that is stopped throws.
        await _accepting;
        _listener.Stop();
        Task[] work;
        lock (_lock) work = [.. _work];
        await Task.WhenAll(work);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                Do(() => ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void Do(Func<Task> work)
    {
        var task = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One side went away, or the proxy was disposed.
            }
        });
        lock (_lock) _work.Add(task);
    }

    private async Task ServeAsync(Socket socket)
    {
        using var wire = new Wire(socket);
        using var target = new Socket(SocketType.Stream, ProtocolType.Tcp);
        while (await wire.ReadRequestAsync(_stop.Token) is { } request)
        {
            var isKnown = _authorization is null || request.Header("Proxy-Authorization") == _authorization;
            lock (_lock) _asked.Add($"{request.Method} {request.Path}{(isKnown ? "" : " (unknown)")}");
            if (Refuses || !isKnown)
            {
                await wire.SendAsync(Encoding.ASCII.GetBytes(Refuses ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n"), _stop.Token);
                continue;
            }

            if (request.Method == "CONNECT")
            {
                await target.ConnectAsync(IPAddress.Loopback, int.Parse(request.Path.Split(':')[^1], CultureInfo.InvariantCulture), _stop.Token);
                await wire.SendAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), _stop.Token);
                await TunnelAsync(wire.Stream, new NetworkStream(target));
                return;
            }

            await ForwardAsync(wire, target, request);
        }
    }

    /// <summary>Until one side closes.</summary>
    private async Task TunnelAsync(Stream asking, NetworkStream target)
    {
        await Task.WhenAny(asking.CopyToAsync(target, _stop.Token), target.CopyToAsync(asking, _stop.Token));
    }

    /// <summary>The request as its target expects it, without what was meant for the proxy; one target a connection.</summary>
    private async Task ForwardAsync(Wire wire, Socket target, ReceivedRequest request)
    {
        var url = new Uri(request.Path);
        if (!target.Connected)
        {
            await target.ConnectAsync(IPAddress.Loopback, url.Port, _stop.Token);
            Do(async () =>
            {
                // A target that goes away takes the connection with it.
                using (wire)
                    await new NetworkStream(target).CopyToAsync(wire.Stream, _stop.Token);
            });
        }

        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {url.PathAndQuery} HTTP/1.1\r\n");
        foreach (var (name, value) in request.Headers.Where(h => !h.Key.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)))
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        await target.SendAsync((byte[])[.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. request.Body], _stop.Token);
    }
}

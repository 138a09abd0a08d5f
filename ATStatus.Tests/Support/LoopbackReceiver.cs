using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, as sent.</param>
/// <param name="Headers">Names and values exactly as sent, in their order.</param>
/// <param name="Body">The bytes of the body.</param>
/// <param name="At">When its first byte came (real time).</param>
public sealed record ReceivedRequest(
    string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body, DateTimeOffset At)
{
    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name) =>
        Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).FirstOrDefault();
}

/// <summary>
/// A real receiver on a free port of a loopback address. It records every request as raw bytes and answers by a script: the answers in
/// order, the last one again and again; 200 without a script.
/// </summary>
public sealed class LoopbackReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener;
    private readonly SslStreamCertificateContext? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private ScriptedResponse[] _script;
    private int _answered;
    private int _accepted;
    private int _closed;
    private int _unanswered;
    private TaskCompletionSource _changed = NewSignal();

    private LoopbackReceiver(ScriptedResponse[] script, SslStreamCertificateContext? certificate, IPAddress address, int port = 0)
    {
        _script = script;
        _certificate = certificate;
        _listener = new TcpListener(address, port);
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    /// <summary>Starts on 127.0.0.1 with the answers to give.</summary>
    public static LoopbackReceiver Start(params ScriptedResponse[] script) => new(script, null, IPAddress.Loopback);

    /// <summary>Starts with TLS on 127.0.0.1.</summary>
    public static LoopbackReceiver StartTls(X509Certificate2 certificate, params ScriptedResponse[] script) => StartTls(certificate, [], script);

    /// <summary>Starts with TLS on 127.0.0.1, and presents the issuers that are found among <paramref name="issuers"/> as well.</summary>
    public static LoopbackReceiver StartTls(X509Certificate2 certificate, X509Certificate2Collection issuers, params ScriptedResponse[] script) =>
        new(script, SslStreamCertificateContext.Create(certificate, issuers, offline: true), IPAddress.Loopback);

    /// <summary>Starts on another loopback address.</summary>
    public static LoopbackReceiver StartAt(IPAddress address, params ScriptedResponse[] script) => new(script, null, address);

    /// <summary>Starts on another loopback address, at a port that another receiver has on its own.</summary>
    public static LoopbackReceiver StartBeside(LoopbackReceiver other, IPAddress address) => new([], null, address, other.Port);

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Its URL, with the address as host.</summary>
    public Uri Url => UrlFor(((IPEndPoint)_listener.LocalEndpoint).Address.ToString());

    /// <summary>How many connections it has accepted.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>How many of them are open still.</summary>
    public int OpenConnections => Connections - Volatile.Read(ref _closed);

    /// <summary>The most requests that were unanswered at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>Its URL with another host and path.</summary>
    public Uri UrlFor(string host, string pathAndQuery = "/hook") =>
        new($"{(_certificate is null ? "http" : "https")}://{host}:{Port}{pathAndQuery}");

    /// <summary>Replaces what is left of the script.</summary>
    public void Script(params ScriptedResponse[] script)
    {
        lock (_lock) (_script, _answered) = (script, 0);
    }

    /// <summary>Waits until there are <paramref name="count"/> requests, and returns them all.</summary>
    /// <exception cref="TimeoutException">They did not come in time (half a minute unless told otherwise).</exception>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(int count, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_requests.Count >= count) return [.. _requests];
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{Requests.Count} of {count} requests came.");
            }
        }
    }

    /// <summary>A port of 127.0.0.1 that refuses connections for as long as the returned socket lives: bound, but not listening.</summary>
    public static Socket RefusingPort(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    /// <summary>A new self-signed certificate for the host names.</summary>
    /// <param name="from">The beginning of its year of validity; a day ago unless told otherwise.</param>
    /// <param name="hosts">The names.</param>
    public static X509Certificate2 SelfSigned(DateTimeOffset? from, params string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts) names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var start = from ?? DateTimeOffset.UtcNow.AddDays(-1);
        using var certificate = request.CreateSelfSigned(start, start.AddYears(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
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
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                lock (_lock) _connections.Add(ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        using var wire = new Wire(socket);
        try
        {
            if (_certificate is not null) await wire.SecureAsync(_certificate, _stop.Token);
            while (await wire.ReadRequestAsync(_stop.Token) is { } request)
            {
                var answer = Record(request);
                try
                {
                    await answer.GiveAsync(wire, _stop.Token);
                }
                finally
                {
                    Interlocked.Decrement(ref _unanswered);
                }
                if (!answer.KeepsConnection) return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The sender went away, or the receiver was disposed.
        }
        finally
        {
            Interlocked.Increment(ref _closed);
        }
    }

    private ScriptedResponse Record(ReceivedRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _unanswered));
            var answer = _script.Length == 0 ? ScriptedResponse.Status(200) : _script[Math.Min(_answered++, _script.Length - 1)];
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
            return answer;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Core.Sending;

/// <summary>There was no connection to <c>Webhooks:Proxy</c>.</summary>
internal sealed class ProxyUnreachableException(Exception cause) : Exception(FailureCause.ProxyUnreachable.DisplayText(), cause);

/// <summary>A connection that had carried another request closed without a byte of an answer. Never leaves <see cref="OutboundHttp"/>.</summary>
internal sealed class ReusedConnectionClosedException(Exception cause) : Exception(message: null, cause);

/// <summary>
/// The one way out of the process for requests to URLs that people typed in: every connection is guarded, nothing is followed, remembered,
/// unpacked or added. One per process; it owns the pools of connections, one for each rule by which receivers are verified.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxResponseHeadersKiB = 64;

    /// <summary>How many tests may be on their way to one server beside the deliveries; more wait their turn, within their time limit.</summary>
    internal const int TestsAtOnce = 16;

    /// <summary>The longest wait for what a name says here when a proxy will look it up anyway.</summary>
    private static readonly TimeSpan LookupBeforeProxyLimit = TimeSpan.FromSeconds(2);

    /// <summary>For how long a pool without a request may have open connections: more than they live for.</summary>
    private static readonly TimeSpan PoolIdleLimit = TimeSpan.FromMinutes(5);

    private readonly INameResolver _resolver;
    private readonly GuardedLookup _lookup;
    private readonly IInProcessEndpoint[] _endpoints;
    private readonly TimeProvider _time;
    private readonly Uri? _proxy;
    private readonly X509ChainPolicy? _systemPolicy;
    private readonly int _connectionsPerServer;
    private readonly TrustPools _pools;

    /// <summary>Builds the client.</summary>
    /// <param name="guard">Judges every address before it is dialled.</param>
    /// <param name="endpoints">Receivers inside this process.</param>
    /// <param name="time">The clock of the per-address limits.</param>
    /// <param name="options">The proxy, where there is one; the workers, each of whom may need a connection.</param>
    public OutboundHttp(
        AddressGuard guard, INameResolver resolver, IEnumerable<IInProcessEndpoint> endpoints, TimeProvider time, WebhookOptions options)
        : this(guard, resolver, endpoints, time, options, systemPolicy: null)
    {
    }

    internal OutboundHttp(
        AddressGuard guard,
        INameResolver resolver,
        IEnumerable<IInProcessEndpoint> endpoints,
        TimeProvider time,
        WebhookOptions options,
        X509ChainPolicy? systemPolicy)
    {
        (_resolver, _lookup, _endpoints, _time) = (resolver, new GuardedLookup(resolver, guard), [.. endpoints], time);
        (_proxy, _systemPolicy) = (options.Proxy, systemPolicy);
        _connectionsPerServer = options.Workers + options.RetryWorkers + TestsAtOnce;
        _pools = new TrustPools(PoolFor, options.Timeout + PoolIdleLimit, time);
    }

    /// <summary>How long a connection is used before its name is looked up anew: a receiver that has moved is found within this time.</summary>
    internal TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a connection waits for the next request: long enough for the events of one incident, short enough that thousands of
    /// receivers do not hold thousands of sockets.
    /// </summary>
    internal TimeSpan IdleLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The port that is dialled for https's own. Tests set it: what stands in for a service, whose URLs name no port, listens elsewhere.</summary>
    internal int HttpsPort { get; init; } = 443;

    /// <summary>
    /// Sends over HTTP/1.1 and returns with the response's headers; its body is still on the wire, and disposing the response drops it.
    /// There is no time limit but the token. A request that went out on a reused connection which closed without a byte of an answer is
    /// sent once more at once, on a new connection: a server may close an idle connection at any moment, also at this one (RFC 9112,
    /// section 9.3.1). The platform does that only for requests without content.
    /// </summary>
    /// <exception cref="HttpRequestException">The network or the receiver failed; the inner exceptions say how.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ReceiverTrust trust, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (_proxy is not null && InProcessHandler.Find(_endpoints, request.RequestUri!) is null)
            await JudgeBeforeProxyAsync(request.RequestUri!, cancellationToken);
        try
        {
            return await SendOnceAsync(request, trust, isFresh: false, cancellationToken);
        }
        catch (ReusedConnectionClosedException)
        {
            // A receiver that was restarted has closed every connection of the pool, so not one of those again.
            ConnectionStopwatch.Of(request).SendsAgain(request);
            return await SendOnceAsync(request, trust, isFresh: true, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpRequestMessage request, ReceiverTrust trust, bool isFresh, CancellationToken cancellationToken)
    {
        var connection = RequestConnection.Begin();
        try
        {
            return await _pools.For(trust, isFresh).SendAsync(request, cancellationToken);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure) && connection.IsReusedWithoutAnswer && !cancellationToken.IsCancellationRequested)
        {
            throw new ReusedConnectionClosedException(failure);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure) && connection.IsRefusedForCertificate)
        {
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, message: null, new ClientCertificateWantedException(failure));
        }
    }

    /// <summary>
    /// A proxy looks names up and dials by itself, so the address that is judged here need not be the one it dials: it must guard too.
    /// What can be refused here is refused all the same, so that an address that was typed never reaches the proxy.
    /// </summary>
    private async Task JudgeBeforeProxyAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookupBeforeProxyLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _lookup.FindAsync(url.IdnHost, either.Token);
        }
        catch (AddressRefusedException refused)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, message: null, refused);
        }
        catch (Exception error) when (error is NameNotResolvedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Networks with a proxy often resolve public names only there.
        }
    }

    private HttpMessageInvoker PoolFor(ReceiverTrust trust, bool isFresh)
    {
        var tls = new ReceiverTls(trust, _systemPolicy);
        var dialer = new GuardedDialer(_lookup, _time, tls, HttpsPort);
        var network = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = _proxy is not null,
            Proxy = ProxyOf(_proxy),
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            // Zero: each request on a connection of its own.
            PooledConnectionLifetime = isFresh ? TimeSpan.Zero : ConnectionLifetime,
            PooledConnectionIdleTimeout = IdleLifetime,
            // Who may send at once is decided where deliveries are handed out, one notification never holding up another. So the pool of a
            // server that many notifications share holds back nothing that a worker has begun, and yet has an end.
            MaxConnectionsPerServer = _connectionsPerServer,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            // The sender's one limit covers the connection too.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            // What is left of a response is never read just to keep its connection.
            MaxResponseDrainSize = 0,
            // The proxy's own address is the operator's, not typed into a form.
            ConnectCallback = _proxy is null ? dialer.ConnectAsync : DialProxyAsync,
            PlaintextStreamFilter = RequestConnection.WatchAsync,
            ResponseHeaderEncodingSelector = (_, _) => ResponseHeaderText.Encoding,
            // Only behind a proxy: without one the dialler makes the handshake, so that it can be timed.
            SslOptions = tls.OptionsFor(host: null),
        };
        return new HttpMessageInvoker(new InProcessHandler(_endpoints, network));
    }

    private async ValueTask<Stream> DialProxyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(await ProxyAddressesAsync(context.DnsEndPoint.Host, cancellationToken), context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error)
        {
            socket.Dispose();
            if (error is SocketException) throw new ProxyUnreachableException(error);
            throw;
        }
    }

    /// <summary>The proxy's addresses, looked up as every other name is: the platform's own look-up would block a thread of the pool.</summary>
    private async Task<IPAddress[]> ProxyAddressesAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var literal) ? [literal] : [.. await _resolver.ResolveAsync(host, cancellationToken)];

    private static WebProxy? ProxyOf(Uri? proxy)
    {
        if (proxy is null) return null;
        var account = proxy.UserInfo.Split(':', 2);
        // Without its account, which then cannot turn up in anybody's message.
        return new WebProxy(new UriBuilder(proxy) { UserName = "", Password = "" }.Uri)
        {
            BypassProxyOnLocal = false,
            Credentials = proxy.UserInfo.Length == 0 ? null
                : new NetworkCredential(Uri.UnescapeDataString(account[0]), Uri.UnescapeDataString(account.ElementAtOrDefault(1) ?? "")),
        };
    }

    public void Dispose() => _pools.Dispose();
}

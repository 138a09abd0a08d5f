using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Core.Sending;

/// <summary>
/// The one way out of the process for requests to URLs that people typed in: every connection is guarded, nothing is followed, remembered,
/// unpacked or added. One per process; it owns the pool of connections.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxResponseHeadersKiB = 64;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Builds the client.</summary>
    /// <param name="guard">Judges every address before it is dialled.</param>
    /// <param name="resolver">Finds the addresses of host names.</param>
    /// <param name="endpoints">Receivers inside this process.</param>
    /// <param name="time">The clock of the per-address limits.</param>
    public OutboundHttp(AddressGuard guard, INameResolver resolver, IEnumerable<IInProcessEndpoint> endpoints, TimeProvider time)
        : this(guard, resolver, endpoints, time, certificatePolicy: null)
    {
    }

    internal OutboundHttp(
        AddressGuard guard,
        INameResolver resolver,
        IEnumerable<IInProcessEndpoint> endpoints,
        TimeProvider time,
        X509ChainPolicy? certificatePolicy)
    {
        var dialer = new GuardedDialer(new GuardedLookup(resolver, guard), time);
        var network = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            // The sender's one limit covers the connection too.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            // What is left of a response is never read just to keep its connection.
            MaxResponseDrainSize = 0,
            ConnectCallback = dialer.ConnectAsync,
            SslOptions =
            {
                RemoteCertificateValidationCallback = ReceiverCertificate.Validate,
                CertificateChainPolicy = certificatePolicy,
            },
        };
        _invoker = new HttpMessageInvoker(new InProcessHandler([.. endpoints], network));
    }

    /// <summary>
    /// Sends over HTTP/1.1 and returns with the response's headers; its body is still on the wire, and disposing the response drops it.
    /// There is no time limit but the token.
    /// </summary>
    /// <exception cref="HttpRequestException">The network or the receiver failed; the inner exceptions say how.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return _invoker.SendAsync(request, cancellationToken);
    }

    /// <summary>Closes the pooled connections.</summary>
    public void Dispose() => _invoker.Dispose();
}

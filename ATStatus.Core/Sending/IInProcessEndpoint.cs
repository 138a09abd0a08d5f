namespace ATStatus.Core.Sending;

/// <summary>
/// A receiver inside this process, such as the test receiver. It can only claim hosts under <c>.invalid</c> (RFC 6761, section 6.4), which
/// never resolve, so that no real receiver is ever taken over and the address guard stays closed.
/// </summary>
public interface IInProcessEndpoint
{
    /// <summary>Whether a request to <paramref name="url"/> is answered here. Asked only for hosts under <c>.invalid</c>.</summary>
    bool Claims(Uri url);

    /// <summary>Answers a request that carries the very headers and bytes a connection would have carried.</summary>
    Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}

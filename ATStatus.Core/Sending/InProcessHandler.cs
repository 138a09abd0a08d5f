namespace ATStatus.Core.Sending;

/// <summary>Answers what an <see cref="IInProcessEndpoint"/> claims, and hands everything else to the network.</summary>
internal sealed class InProcessHandler(IReadOnlyList<IInProcessEndpoint> endpoints, HttpMessageHandler network) : DelegatingHandler(network)
{
    private const string ReservedSuffix = ".invalid";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Find(endpoints, request.RequestUri!) is { } endpoint
            ? endpoint.HandleAsync(request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    /// <summary>The endpoint that answers <paramref name="url"/>, if there is one.</summary>
    public static IInProcessEndpoint? Find(IEnumerable<IInProcessEndpoint> endpoints, Uri url) =>
        url.IdnHost.EndsWith(ReservedSuffix, StringComparison.OrdinalIgnoreCase) ? endpoints.FirstOrDefault(e => e.Claims(url)) : null;
}

namespace ATStatus.Core.Sending;

/// <summary>Sends deliveries of one kind of notification.</summary>
public interface IDeliverySender
{
    /// <summary>The kind of notification it sends for, e.g. <c>webhook</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Makes one attempt. Whatever the network or the receiver does is an outcome and never an exception. An attempt called off through
    /// <paramref name="cancellationToken"/> ends as <see cref="FailureKind.Cancelled"/>, unless the receiver has answered already:
    /// then its status counts.
    /// </summary>
    /// <exception cref="ArgumentException">The request itself is wrong: not an absolute http or https URL.</exception>
    Task<SendResult> SendAsync(SendRequest request, CancellationToken cancellationToken);

    /// <summary>What can be said about a URL of this kind without asking the network.</summary>
    EndpointCheck ParseUrl(string? url);

    /// <summary>What is to be said about a URL of this kind before it is saved: errors that forbid saving, and warnings that do not.</summary>
    Task<EndpointCheck> CheckUrlAsync(string? url, CancellationToken cancellationToken);
}

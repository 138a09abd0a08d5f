using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>What somebody can do about a failed attempt: the sentence after the error.</summary>
internal static class FailureAdvice
{
    /// <summary>The advice for a kind of failure and, where there was a response, its status.</summary>
    public static string For(FailureKind failure, int? status) => failure switch
    {
        FailureKind.HttpStatus => ForStatus(status),
        FailureKind.Timeout => "The receiver has 10 seconds in all unless configured otherwise. Let it answer 2xx at once and do its work afterwards; look at its load and at firewalls that drop packets.",
        FailureKind.Connection => "Check that the receiver is running and listens on this host and port, and that a firewall lets the console through.",
        FailureKind.Dns => "Check the host name for a typing mistake, and that the console's server can resolve it.",
        FailureKind.Tls => "Check the receiver's certificate: its name, its dates, and that it sends the whole chain. Self-signed certificates are not trusted.",
        FailureKind.AddressRefused => "The console does not send to private or reserved addresses. If this one is meant, allow its range with Webhooks:AllowedNetworks; otherwise correct the URL.",
        FailureKind.Cancelled => "Nothing to do: the attempt does not count, and the delivery goes on by itself.",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    private static string ForStatus(int? status) => status switch
    {
        >= 300 and <= 399 => "Redirects are not followed. Enter the final URL in the notification.",
        401 or 403 => "The receiver did not accept the request as genuine. Check that both sides have the same secret, and any gateway in front of it.",
        404 => "The receiver does not know this address. Check the URL's path.",
        405 => "The receiver does not take POST at this address. Check the URL's path.",
        408 or 425 or 429 => "The receiver asks for fewer requests. Its Retry-After is honoured up to 15 minutes.",
        410 => "The receiver says it is gone for good, so the notification was switched off. Correct the URL, switch it on again, then redeliver.",
        413 => "The receiver, or a proxy before it, refuses bodies of this size. Raise its limit.",
        >= 400 and <= 499 => "The receiver did not accept the request. Its response below may say why; its own log usually does.",
        _ => "The receiver, or a proxy before it, failed. Look at its log for the X-Request-ID of this delivery.",
    };
}

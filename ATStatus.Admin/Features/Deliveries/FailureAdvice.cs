using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>What a failed attempt means and what somebody can do about it: the sentences after the error.</summary>
internal static class FailureAdvice
{
    /// <summary>The advice for an attempt of a type, whose service may mean something of its own by an answer.</summary>
    public static string? For(string kind, DeliveryAttempt attempt) =>
        attempt is { Failure: FailureKind.HttpStatus, StatusCode: { } status } && NotificationTypes.Find(kind) is { } type
            ? type.AdviceFor(status, attempt.ResponseBody) ?? (type.IsService ? StatusAdvice.ForService(type.Label, status) : For(attempt))
            : For(attempt);

    /// <summary>The advice for a failure of which only its kind and status are known.</summary>
    public static string For(string kind, FailureKind failure, int? status) =>
        failure == FailureKind.HttpStatus && status is { } code && NotificationTypes.Find(kind) is { IsService: true } type
            ? StatusAdvice.ForService(type.Label, code)
            : For(failure, status);

    /// <summary>The advice for an attempt, as exact as what is written down of it; null for one that did not fail.</summary>
    public static string? For(DeliveryAttempt attempt) => attempt.Failure switch
    {
        null => null,
        FailureKind.HttpStatus when WantsClientCertificate(attempt) => StatusAdvice.ClientCertificate,
        FailureKind.Timeout => ForTimeout(AttemptTiming.Of(attempt)?.Last),
        FailureKind.Connection when FailureCauses.Of(attempt.Error) is null && attempt.RequestHeaders.Length == 0 =>
            "No request went out, and trying again will not help before that is put right.",
        { } failure => FailureCauses.Of(attempt.Error) is { } cause ? ForCause(cause) : For(failure, attempt.StatusCode),
    };

    /// <summary>nginx and IIS take the connection, and refuse with a page that says why.</summary>
    private static bool WantsClientCertificate(DeliveryAttempt attempt) => attempt is { StatusCode: 400 or 401 or 403, ResponseBody: { } body }
        && (body.Contains("SSL certificate was sent", StringComparison.OrdinalIgnoreCase) || body.Contains("client certificate", StringComparison.OrdinalIgnoreCase));

    /// <summary>The advice for a kind of failure and, where there was a response, its status.</summary>
    public static string For(FailureKind failure, int? status) => failure switch
    {
        FailureKind.HttpStatus => StatusAdvice.For(status),
        FailureKind.Timeout => ForTimeout(null),
        FailureKind.Connection => "Check that the receiver is running and listens on this host and port, and that a firewall lets the console through.",
        FailureKind.Dns => "Check the host name for a typing mistake, and that the console's server can resolve it. A name that is new takes a while to be known everywhere.",
        FailureKind.Tls => "Check the receiver's certificate: its name, its dates, and that it sends the whole chain. Self-signed certificates are not trusted.",
        FailureKind.AddressRefused => "The console does not send to private or reserved addresses. If this one is meant, allow its range with Webhooks:AllowedNetworks; otherwise correct the URL.",
        FailureKind.Cancelled => "Nothing to do: this attempt does not count, and the delivery continues automatically.",
        FailureKind.Template => "Nothing was sent. Correct the notification's Template body, then redeliver: the body is rendered again.",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    /// <summary>By the step that used up the time; null where it is not known.</summary>
    private static string ForTimeout(AttemptStep? step) => step switch
    {
        AttemptStep.Lookup => "The time went by while the host name was looked up, so nothing reached the receiver. Look at the name servers of the console's server.",
        AttemptStep.Connect => "The time went by before there was a connection: packets are dropped on the way. Look at firewalls, at the port, and whether the receiver's machine is up.",
        AttemptStep.Tls => "The connection stood, but the TLS handshake did not end. Check that TLS is what this port speaks; an overloaded machine or proxy can also be the reason.",
        AttemptStep.Wait => "The receiver took the connection and did not answer in time. Let it answer 2xx at once and do its work afterwards; look at its load, and at the proxy before it.",
        AttemptStep.Reused => "The reused connection stayed silent for most of the time and then closed. The receiver was probably restarted; the next attempt often succeeds.",
        _ => "The receiver has 10 seconds in all unless configured otherwise. Let it answer 2xx at once and do its work afterwards; look at its load and at firewalls that drop packets.",
    };

    private static string ForCause(FailureCause cause) => cause switch
    {
        FailureCause.CertificateMissing => "Give the receiver a certificate; without one the receiver cannot be verified.",
        FailureCause.CertificateOtherHost => "Use the host name that the certificate is for, or give the receiver a certificate for this one. It is also what a wrong server behind a shared address answers with.",
        FailureCause.CertificateDates => "Renew the receiver's certificate. If it is new, compare the clocks of both servers.",
        FailureCause.CertificateUntrusted => "Let the receiver send its whole chain, with the certificates in between. For an authority of your own or a self-signed certificate, enter it in the notification.",
        FailureCause.CertificateNotPinned => "If the receiver has renewed its certificate, enter the new one in the notification. If it has not, somebody else answered: find out who.",
        FailureCause.ClientCertificateWanted => "The console has no client certificate to send. Let the receiver accept requests without one at this URL (the signature shows who sent them), or put a proxy that has one in between.",
        FailureCause.HandshakeFailed => "Check that TLS is what this port speaks (http:// and https:// have different ones), and that the receiver offers TLS 1.2 or later.",
        FailureCause.UnverifiedForbidden => "Choose in the notification whom to trust, or let the console's operator turn Webhooks:AllowInsecureTls on.",
        FailureCause.HttpsRequired => "Enter an https:// URL, or let the console's operator turn Webhooks:RequireHttps off.",
        FailureCause.ConnectionRefused => "The machine is there, but nothing listens on this port. Start the receiver, and check the port and the address it is bound to.",
        FailureCause.ConnectionReset => "The receiver, or a firewall or proxy on the way, broke the connection off. A receiver that crashed or was restarted does that; so does plain HTTP to a TLS port.",
        FailureCause.NoRoute => "The console's server has no way to this address. Check its network and VPN, and whether the host has an IPv6 address that it cannot reach.",
        FailureCause.ClosedWithoutAnswer => "The receiver took the request and hung up. It probably crashed while it worked on it; its log should tell.",
        FailureCause.NotHttp => "Something else than a web server listens there, or it speaks TLS where the URL says http://. Check scheme and port.",
        FailureCause.HeadersTooLarge => "The receiver answers with more than 64 KiB of headers, often a cookie that grows. The request did arrive there.",
        FailureCause.ProxyUnreachable => "This concerns every notification. Check that the proxy runs and that Webhooks:Proxy names it rightly.",
        FailureCause.ProxyRefused => "The proxy's own log says why: a rule of its, or it cannot reach the receiver either.",
        FailureCause.KeysLost => "Open the notification, enter its URL, secret and headers again, and save it.",
        FailureCause.ConsoleFault => "This is a mistake of the console, not of the receiver. Look into its log, and report it.",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, null),
    };
}

using ATStatus.Core.Events;

namespace ATStatus.Core.Sending;

/// <summary>What exactly failed, finer than <see cref="FailureKind"/>: for advice. Found from the words that an attempt was written down with.</summary>
public enum FailureCause
{
    CertificateMissing,
    CertificateOtherHost,
    CertificateDates,
    CertificateUntrusted,
    CertificateNotPinned,
    ClientCertificateWanted,
    HandshakeFailed,
    UnverifiedForbidden,
    HttpsRequired,
    ConnectionRefused,
    ConnectionReset,
    NoRoute,
    ClosedWithoutAnswer,
    NotHttp,
    HeadersTooLarge,
    ProxyUnreachable,
    ProxyRefused,
    KeysLost,
    ConsoleFault,
}

/// <summary>The words of each <see cref="FailureCause"/>, as attempts are written down with them.</summary>
public static class FailureCauses
{
    /// <summary>The sentence for people.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string DisplayText(this FailureCause cause) => cause switch
    {
        FailureCause.CertificateMissing => "The receiver presented no TLS certificate.",
        FailureCause.CertificateOtherHost => "The receiver's TLS certificate is for another host name.",
        FailureCause.CertificateDates => "The receiver's TLS certificate has expired or is not valid yet.",
        FailureCause.CertificateUntrusted => "The receiver's TLS certificate is not trusted: it is self-signed, or its issuer is unknown or missing.",
        FailureCause.CertificateNotPinned => "The receiver's TLS certificate is not the one entered for this notification.",
        FailureCause.ClientCertificateWanted => "The receiver asked for a client certificate and closed the connection without one.",
        FailureCause.HandshakeFailed => "The TLS handshake failed.",
        FailureCause.UnverifiedForbidden => "The notification does not verify its receiver, and Webhooks:AllowInsecureTls is not on.",
        FailureCause.HttpsRequired => "The URL is http:// and Webhooks:RequireHttps is on.",
        FailureCause.ConnectionRefused => "The receiver refused the connection.",
        FailureCause.ConnectionReset => "The receiver reset the connection.",
        FailureCause.NoRoute => "There is no route to the receiver.",
        FailureCause.ClosedWithoutAnswer => "The receiver closed the connection without an answer.",
        FailureCause.NotHttp => "The answer is not valid HTTP.",
        FailureCause.HeadersTooLarge => "The response's headers are too large.",
        FailureCause.ProxyUnreachable => "The proxy (Webhooks:Proxy) could not be reached.",
        FailureCause.ProxyRefused => "The proxy (Webhooks:Proxy) refused to connect to the receiver.",
        FailureCause.KeysLost => "Not sent: the stored URL, secret or headers cannot be decrypted, because the keys they were saved with are not in this database. Enter them again.",
        FailureCause.ConsoleFault => "The console itself failed while sending; its log has the details.",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, null),
    };

    /// <summary>The cause that an attempt's <paramref name="error"/> names; null where it names none.</summary>
    public static FailureCause? Of(string? error) => WireNames.TryFind(Enum.GetValues<FailureCause>(), DisplayText, error, out var cause) ? cause : null;
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Core.Sending;

/// <summary>The receiver's certificate is not to be trusted. The message is safe to show.</summary>
internal sealed class CertificateRefusedException(string message) : Exception(message);

/// <summary>Accepts a certificate exactly when the platform does, and says in words why it does not.</summary>
internal static class ReceiverCertificate
{
    /// <exception cref="CertificateRefusedException">The platform found something wrong.</exception>
    public static bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var complaint = errors switch
        {
            SslPolicyErrors.None => null,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "The receiver presented no TLS certificate.",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => "The receiver's TLS certificate is for another host name.",
            _ when Says(chain, X509ChainStatusFlags.NotTimeValid) => "The receiver's TLS certificate has expired or is not valid yet.",
            _ => "The receiver's TLS certificate is not trusted: it is self-signed, or its issuer is unknown or missing.",
        };
        return complaint is null ? errors == SslPolicyErrors.None : throw new CertificateRefusedException(complaint);
    }

    private static bool Says(X509Chain? chain, X509ChainStatusFlags flag) => chain?.ChainStatus.Any(s => s.Status.HasFlag(flag)) ?? false;
}

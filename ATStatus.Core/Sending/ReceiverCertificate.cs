using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Core.Sending;

/// <summary>The receiver's certificate is not to be trusted. The message is safe to show.</summary>
internal sealed class CertificateRefusedException(string message) : Exception(message);

/// <summary>The TLS handshake broke off for another reason than the certificate.</summary>
internal sealed class HandshakeFailedException(Exception cause) : Exception(FailureCause.HandshakeFailed.DisplayText(), cause);

/// <summary>The receiver asked for a client certificate, got none, and broke off.</summary>
internal sealed class ClientCertificateWantedException(Exception cause)
    : Exception(FailureCause.ClientCertificateWanted.DisplayText(), cause);

/// <summary>Which certificates a connection accepts. A value: connections are only used again by requests with an equal one.</summary>
/// <param name="Certificate">The certificates it needs, as PEM; null for the rules that need none.</param>
internal sealed record ReceiverTrust(TlsTrust Trust, string? Certificate)
{
    public static ReceiverTrust System { get; } = new(TlsTrust.System, null);

    /// <summary>The rule with what belongs to it: what a form still holds beside a rule that needs no certificate makes no difference.</summary>
    public static ReceiverTrust Of(SendOptions options) => options.TlsTrust switch
    {
        TlsTrust.System => System,
        TlsTrust.Authority or TlsTrust.Pinned => new(options.TlsTrust, options.TlsCertificate),
        _ => new(options.TlsTrust, null),
    };
}

/// <summary>The TLS side of a connection: what is trusted, and in words why something is not.</summary>
internal sealed class ReceiverTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly TlsTrust _trust;
    private readonly X509Certificate2Collection _certificates;
    private readonly X509ChainPolicy _systemPolicy;

    /// <param name="systemPolicy">What the platform checks with; null for its own way.</param>
    public ReceiverTls(ReceiverTrust trust, X509ChainPolicy? systemPolicy = null)
    {
        // A certificate says where its issuer's can be fetched, and where it is revoked: whatever the rule, going there would be a way
        // past the address guard.
        _systemPolicy = systemPolicy ?? new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        _systemPolicy.DisableCertificateDownloads = true;
        _trust = trust.Trust;
        _certificates = trust.Certificate is { } pem && CertificateText.Read(pem) is { } read ? read : [];
    }

    /// <summary>How a handshake with <paramref name="host"/> is made.</summary>
    public SslClientAuthenticationOptions OptionsFor(string? host) => new()
    {
        TargetHost = host?.TrimEnd('.'),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        RemoteCertificateValidationCallback = Validate,
        LocalCertificateSelectionCallback = ChooseNone,
        CertificateChainPolicy = _systemPolicy,
    };

    /// <summary>Makes the handshake over an open connection, and closes it when that fails.</summary>
    /// <exception cref="CertificateRefusedException">The certificate is not trusted.</exception>
    /// <exception cref="ClientCertificateWantedException">The receiver wanted a certificate of ours.</exception>
    /// <exception cref="HandshakeFailedException">There was no handshake.</exception>
    public async Task<Stream> HandshakeAsync(Stream connection, string host, CancellationToken cancellationToken)
    {
        var secured = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(OptionsFor(host), cancellationToken);
            return secured;
        }
        catch (Exception error)
        {
            await secured.DisposeAsync();
            if (error is OperationCanceledException or CertificateRefusedException) throw;
            if (RequestConnection.HasAsked(secured)) throw new ClientCertificateWantedException(error);
            throw new HandshakeFailedException(error);
        }
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            throw new CertificateRefusedException(FailureCause.CertificateMissing.DisplayText());
        switch (_trust)
        {
            case TlsTrust.Unverified:
                return true;
            case TlsTrust.Pinned:
                return _certificates.Any(pinned => pinned.RawDataMemory.Span.SequenceEqual(certificate.GetRawCertData()))
                    ? true
                    : throw new CertificateRefusedException(FailureCause.CertificateNotPinned.DisplayText());
            case TlsTrust.Authority when errors == SslPolicyErrors.RemoteCertificateChainErrors && IsIssuedByAuthority(certificate, chain):
                return true;
        }

        return Complaint(chain, errors) is { } complaint ? throw new CertificateRefusedException(complaint) : true;
    }

    /// <summary>
    /// There is no client certificate to give; that one is asked for is worth knowing when the receiver then breaks off. Called once before
    /// the handshake too, when nothing is known of the receiver yet.
    /// </summary>
    private static X509Certificate? ChooseNone(
        object sender, string targetHost, X509CertificateCollection own, X509Certificate? receiver, string[] acceptableIssuers)
    {
        if (receiver is not null)
            RequestConnection.Asked(sender);
        return null;
    }

    private bool IsIssuedByAuthority(X509Certificate certificate, X509Chain? presented)
    {
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_certificates);
        // As for the platform's own check: revocation lists would be fetched from wherever the certificate says, past the address guard.
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(new(ServerAuthentication));
        if (presented is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
            own.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        using var leaf = new X509Certificate2(certificate);
        return own.Build(leaf);
    }

    private static string? Complaint(X509Chain? chain, SslPolicyErrors errors) => errors switch
    {
        SslPolicyErrors.None => null,
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => FailureCause.CertificateOtherHost.DisplayText(),
        _ when Says(chain, X509ChainStatusFlags.NotTimeValid) => FailureCause.CertificateDates.DisplayText(),
        _ => FailureCause.CertificateUntrusted.DisplayText(),
    };

    private static bool Says(X509Chain? chain, X509ChainStatusFlags flag) => chain?.ChainStatus.Any(s => s.Status.HasFlag(flag)) ?? false;
}

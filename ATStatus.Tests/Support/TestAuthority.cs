using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Tests.Support;

/// <summary>A certificate authority that a test makes for itself.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private TestAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>Its own certificate, with the key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its own certificate as people paste it.</summary>
    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>One that issued itself, valid for ten years each way.</summary>
    public static TestAuthority Root(string name = "Example Root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Loaded(AuthorityRequest(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-10), DateTimeOffset.UtcNow.AddYears(10))));
    }

    /// <summary>One that this one has issued.</summary>
    public TestAuthority Intermediate(string name = "Example Intermediate")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Issue(AuthorityRequest(name, key), key, DateTimeOffset.UtcNow.AddYears(-9), DateTimeOffset.UtcNow.AddYears(9)));
    }

    /// <summary>A receiver's certificate.</summary>
    /// <param name="host">Its host name.</param>
    /// <param name="from">The beginning of its year of validity; a day ago unless told otherwise.</param>
    /// <param name="purpose">What it may be used for; a server unless told otherwise.</param>
    public X509Certificate2 Issue(string host, DateTimeOffset? from = null, string purpose = ServerAuthentication)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        var start = from ?? DateTimeOffset.UtcNow.AddDays(-1);
        return Issue(request, key, start, start.AddYears(1));
    }

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Issue(CertificateRequest request, ECDsa key, DateTimeOffset from, DateTimeOffset until)
    {
        using var issued = request.Create(Certificate, from, until, RandomNumberGenerator.GetBytes(16));
        return Loaded(issued.CopyWithPrivateKey(key));
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    // A key that a server can use on every platform.
    private static X509Certificate2 Loaded(X509Certificate2 certificate)
    {
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}

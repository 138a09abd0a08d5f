using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>
/// The section <c>DataProtection</c>: certificates, in PFX or PEM files, that encrypt the keys in the database. No message shows the
/// password, or what a library says about it.
/// </summary>
/// <param name="Certificate">What keys are encrypted with, its private key with it; null where they are stored as they are.</param>
/// <param name="Previous">What keys may still be encrypted with.</param>
internal sealed record DataProtectionSettings(X509Certificate2? Certificate, IReadOnlyList<X509Certificate2> Previous)
{
    private const string Section = "DataProtection";
    private const string OwnKey = "Certificate";
    private const string PreviousKey = "PreviousCertificates";

    /// <summary>Every certificate that can open keys.</summary>
    public IEnumerable<X509Certificate2> All => Certificate is null ? Previous : Previous.Prepend(Certificate);

    /// <summary>Reads the section and its files.</summary>
    /// <exception cref="StartRefusedException">A file is missing, cannot be opened, or has a certificate that cannot be used.</exception>
    public static DataProtectionSettings Read(IConfiguration configuration, string contentRoot)
    {
        var section = new SettingsSection(configuration, Section, OwnKey, "CertificateKey", "CertificatePassword", PreviousKey);
        var password = section.Secret("CertificatePassword");
        var previous = section.Texts(PreviousKey);
        var file = section.Text(OwnKey);
        if (file is null && section.Text("CertificateKey") is not null)
            throw new StartRefusedException($"{Section}:{OwnKey} is missing: {Section}:CertificateKey takes the file of its private key.");
        if (file is null && previous.Count == 0 && password is not null)
            throw new StartRefusedException($"{Section}:{OwnKey} is missing: {Section}:CertificatePassword takes the password of its file.");
        return new DataProtectionSettings(
            file is null ? null : Current(file, section.Text("CertificateKey"), password, contentRoot),
            [.. previous.Select(old => Load(PreviousKey, old, null, password, contentRoot))]);
    }

    private static X509Certificate2 Current(string file, string? keyFile, string? password, string contentRoot)
    {
        var certificate = Load(OwnKey, file, keyFile, password, contentRoot);
        // One that has expired still opens the keys: a restart that nobody attends must go on sending. SettingWarnings tells.
        if (DateTime.Now < certificate.NotBefore)
            throw Wrong(OwnKey, file, $"its certificate is not valid before {certificate.NotBefore:yyyy-MM-dd}");
        return certificate;
    }

    private static X509Certificate2 Load(string key, string file, string? keyFile, string? password, string contentRoot)
    {
        X509Certificate2 certificate;
        var content = Content(key, file, contentRoot);
        try
        {
            certificate = IsPem(content) ? Pem(key, file, content, keyFile, password, contentRoot) : Pfx(key, content, password);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(key, file, $"it is no PFX or PEM file, its private key is missing, or {Section}:CertificatePassword is not its password");
        }
        if (!certificate.HasPrivateKey)
            throw Wrong(key, file, "it has no private key");
        // What encrypts the keys wraps its own key with RSA; the framework has nothing else.
        using var rsa = certificate.GetRSAPrivateKey();
        return rsa is null ? throw Wrong(key, file, "its key is not an RSA key") : certificate;
    }

    private static X509Certificate2 Pem(string key, string file, byte[] content, string? keyFile, string? password, string contentRoot)
    {
        var certificate = System.Text.Encoding.UTF8.GetString(content);
        var privateKey = keyFile is null ? certificate : System.Text.Encoding.UTF8.GetString(Content("CertificateKey", keyFile, contentRoot));
        if (!privateKey.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Wrong(key, file, keyFile is null ? "it has no private key" : $"{Section}:CertificateKey has none either");
        return privateKey.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(certificate, privateKey, password)
            : X509Certificate2.CreateFromPem(certificate, privateKey);
    }

    /// <summary>A previous file may have had no password.</summary>
    private static X509Certificate2 Pfx(string key, byte[] content, string? password)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12(content, password);
        }
        catch (CryptographicException) when (key == PreviousKey && password is not null)
        {
            return X509CertificateLoader.LoadPkcs12(content, null);
        }
    }

    private static byte[] Content(string key, string file, string contentRoot)
    {
        try
        {
            return File.ReadAllBytes(Path.GetFullPath(file, contentRoot));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong(key, file, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong(key, file, "it cannot be read");
        }
    }

    private static bool IsPem(byte[] content) => content.AsSpan().IndexOf("-----BEGIN"u8) >= 0;

    private static StartRefusedException Wrong(string key, string file, string why) => new($"{Section}:{key} names {file}: {why}.");

    /// <summary>Never with a key.</summary>
    public override string ToString() => nameof(DataProtectionSettings);
}

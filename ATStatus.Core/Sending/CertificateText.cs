using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ATStatus.Core.Sending;

/// <summary>Certificates that people paste as PEM (RFC 7468).</summary>
public static class CertificateText
{
    /// <summary>The longest text that is accepted, in UTF-16 units: a few certificates.</summary>
    public const int MaxLength = 32 * 1024;

    private const string PrivateKeyLabel = "PRIVATE KEY-----";

    /// <summary>The certificates in the text; null when there is none, or one that cannot be read.</summary>
    public static X509Certificate2Collection? Read(string? pem)
    {
        if (string.IsNullOrWhiteSpace(pem) || pem.Length > MaxLength)
            return null;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0 ? certificates : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with the text for a rule, for the form; null when it will do.</summary>
    /// <param name="trust">The rule that needs it.</param>
    public static string? ProblemOf(TlsTrust trust, string? pem)
    {
        if (trust is not (TlsTrust.Authority or TlsTrust.Pinned))
            return null;
        if (pem?.Contains(PrivateKeyLabel, StringComparison.Ordinal) == true)
            return "This contains a private key, which nobody but the receiver should have. Paste the certificate only.";
        if (Read(pem) is not { } certificates)
            return "Paste the certificate as PEM: -----BEGIN CERTIFICATE----- and what follows.";
        if (trust == TlsTrust.Pinned && certificates.Count > 1)
            return "Only one certificate can be pinned: the receiver's own.";
        if (trust == TlsTrust.Authority && !certificates.Any(c => c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData)))
            return "The authority's root certificate is missing: one that it issued to itself.";
        return null;
    }

    /// <summary>The certificates in few words, for the form: subject and end of validity. Null where they cannot be read.</summary>
    public static string? Describe(string? pem) => Read(pem) is { } certificates
        ? string.Join("; ", certificates.Select(c => $"{c.Subject}, valid until {Day(c.NotAfter)}"))
        : null;

    /// <summary>What is to be said, for the form, about certificates whose time has not come or is over at <paramref name="now"/> (UTC); null for nothing.</summary>
    public static string? WarningOf(string? pem, DateTime now)
    {
        var warnings = (Read(pem) ?? []).Select(c =>
            c.NotAfter.ToUniversalTime() <= now ? $"{c.Subject} expired on {Day(c.NotAfter)}."
            : c.NotBefore.ToUniversalTime() > now ? $"{c.Subject} is not valid before {Day(c.NotBefore)}."
            : null);
        return string.Join(" ", warnings.OfType<string>()) is { Length: > 0 } text ? text : null;
    }

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

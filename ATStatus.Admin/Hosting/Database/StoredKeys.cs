using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Linq;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// The Data Protection keys in the database, which open every stored URL and secret. With <c>DataProtection:Certificate</c> they are
/// encrypted; those that were stored before, or for a previous certificate, are rewritten at start.
/// </summary>
internal sealed partial class StoredKeys(
    IDbContextFactory<AtStatusDbContext> contexts, AdminSettings settings, IServiceProvider services, ILoggerFactory loggers)
{
    private static readonly XNamespace Protection = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XNamespace Signature = "http://www.w3.org/2000/09/xmldsig#";
    private readonly ILogger _logger = loggers.CreateLogger<StoredKeys>();

    /// <summary>Lets Data Protection use the certificates for keys that it makes and reads.</summary>
    public static void Protect(IServiceCollection services, DataProtectionSettings settings)
    {
        var protection = services.AddDataProtection();
        if (settings.Certificate is { } certificate)
            protection.ProtectKeysWithCertificate(certificate);
        if (settings.Previous.Count > 0)
            protection.UnprotectKeysWithAnyCertificate([.. settings.Previous]);
    }

    /// <summary>
    /// Encrypts with the certificate whatever is not, in one transaction. Instances that start together do it once: a row is
    /// changed only while it is what was read.
    /// </summary>
    /// <exception cref="StartRefusedException">A key is encrypted for a certificate that is not configured.</exception>
    public async Task EncryptAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancellationToken);
        var changed = rows.Select(row => (row.Id, Old: row.Xml, New: Encrypted(row.Xml))).Where(row => row.New is not null).ToList();
        if (changed.Count == 0)
            return;
        await db.Database.OpenConnectionAsync(cancellationToken);
        var deletion = await OverwriteDeletedAsync(db, cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            foreach (var (id, old, encrypted) in changed)
                await db.DataProtectionKeys.Where(key => key.Id == id && key.Xml == old)
                    .ExecuteUpdateAsync(set => set.SetProperty(key => key.Xml, encrypted), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        await ForgetDeletedAsync(db, deletion, cancellationToken);
        LogEncrypted(changed.Count, settings.DataProtection.Certificate!.Subject);
    }

    /// <summary>
    /// Makes a key where there is none that can be used. Left to the first use, two instances that start together would make one each, and
    /// what one of them encrypts until they have read both, the other could not open.
    /// </summary>
    public void MakeFirst() => services.GetDataProtector(typeof(StoredKeys).FullName!).Protect([]);

    /// <summary>Changes nothing: for what runs beside a console.</summary>
    /// <exception cref="StartRefusedException">A key is encrypted for a certificate that is not configured.</exception>
    public async Task RefuseUnopenedAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var xml in await db.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).Select(key => key.Xml).ToListAsync(cancellationToken))
        {
            foreach (var secret in Secrets(Parsed(xml)))
                RefuseUnopened(IssuedTo(secret));
        }
    }

    /// <summary>What a row should hold; null where it holds it.</summary>
    private string? Encrypted(string? xml)
    {
        if (Parsed(xml) is not { } key)
            return null;
        var changed = false;
        foreach (var secret in Secrets(key))
        {
            if (IssuedTo(secret) is not { } certificate || IsSame(certificate, settings.DataProtection.Certificate))
                continue;
            RefuseUnopened(certificate);
            if (settings.DataProtection.Certificate is null)
                continue;
            secret.ReplaceWith(Encrypt(new EncryptedXmlDecryptor(services).Decrypt(secret.Elements().Single())));
            changed = true;
        }
        if (settings.DataProtection.Certificate is not null)
        {
            foreach (var plain in key.Descendants().Where(e => (bool?)e.Attribute(Protection + "requiresEncryption") == true).ToList())
            {
                plain.ReplaceWith(Encrypt(new XElement(plain)));
                changed = true;
            }
        }
        return changed ? key.ToString(SaveOptions.DisableFormatting) : null;
    }

    /// <summary>Null for what is not a key: Data Protection says so itself.</summary>
    private static XElement? Parsed(string? xml)
    {
        try
        {
            return XElement.Parse(xml ?? "", LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static List<XElement> Secrets(XElement? key) => key?.Descendants(Protection + "encryptedSecret").ToList() ?? [];

    private void RefuseUnopened(X509Certificate2? certificate)
    {
        if (certificate is not null && !settings.DataProtection.All.Any(known => IsSame(certificate, known)))
            throw new StartRefusedException(
                $"The stored keys are encrypted with the certificate {certificate.Subject} (SHA-1 {certificate.Thumbprint}): name its file in DataProtection:Certificate or DataProtection:PreviousCertificates.");
    }

    /// <summary>As Data Protection stores it when it makes a key.</summary>
    private XElement Encrypt(XElement plain)
    {
        var info = new CertificateXmlEncryptor(settings.DataProtection.Certificate!, loggers).Encrypt(plain);
        return new XElement(
            Protection + "encryptedSecret", new XAttribute("decryptorType", info.DecryptorType.AssemblyQualifiedName!), info.EncryptedElement);
    }

    /// <summary>The certificate that a secret is encrypted for; null where something else has encrypted it.</summary>
    private static X509Certificate2? IssuedTo(XElement secret) =>
        secret.Descendants(Signature + "X509Certificate").FirstOrDefault() is { } certificate
            ? X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate.Value)) : null;

    private static bool IsSame(X509Certificate2 one, X509Certificate2? other) => other is not null && one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    /// <summary>SQLite leaves what is deleted in the file until its room is needed. What the setting was is handed back.</summary>
    private async Task<long> OverwriteDeletedAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        if (settings.SqliteFile is null)
            return 0;
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA secure_delete;";
        var before = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        command.CommandText = "PRAGMA secure_delete=ON;";
        await command.ExecuteScalarAsync(cancellationToken);
        return before;
    }

    private async Task ForgetDeletedAsync(AtStatusDbContext db, long before, CancellationToken cancellationToken)
    {
        if (settings.SqliteFile is null)
            return;
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"PRAGMA secure_delete={(before == 2 ? "FAST" : before)}; PRAGMA wal_checkpoint(TRUNCATE);");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Count} stored keys are now encrypted with the certificate {Subject}. Backups made before hold them readable, or encrypted with the previous certificate.")]
    private partial void LogEncrypted(int count, string subject);
}

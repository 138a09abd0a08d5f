using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Hosting;

/// <summary>The keys in the database, with and without certificates that encrypt them.</summary>
public sealed class StoredKeyTests : IDisposable
{
    private const string Password = "a pass, word";
    private static readonly Uri Target = new("https://example.com/secret-path");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atstatus-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pfx")]
    [InlineData("pem")]
    [InlineData("pem and key")]
    [InlineData("pem and encrypted key")]
    public async Task What_was_stored_in_the_open_is_encrypted_at_the_first_start_with_a_certificate(string form)
    {
        var (stored, plainKeys) = await FirstStartAsync();
        using var certificate = Certificate("CN=Keys");
        var settings = Files(certificate, form);

        await using (var app = await StartAsync(settings))
        {
            Assert.Equal(Target, app.Services.GetRequiredService<TargetProtector>().Url(stored));
            Assert.All(await KeysAsync(app), xml => Assert.Contains("encryptedSecret", xml, StringComparison.Ordinal));
            Assert.Single(app.Logs, line => line.Contains("are now encrypted with the certificate CN=Keys", StringComparison.Ordinal));
            Assert.DoesNotContain(app.Logs, line => line.Contains(Password, StringComparison.Ordinal));
            using var client = await app.SignedInAsync();
        }
        // Nor has the file kept what was there.
        var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "data", "atstatus.db"), Stop);
        Assert.All(plainKeys, key => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(key))));

        // The next start has nothing to do, and new keys are encrypted as they are made.
        await using (var app = await StartAsync(settings))
        {
            Assert.DoesNotContain(app.Logs, line => line.Contains("are now encrypted", StringComparison.Ordinal));
            app.Services.GetRequiredService<IKeyManager>().CreateNewKey(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(90));
            Assert.All(await KeysAsync(app), xml => Assert.DoesNotContain("requiresEncryption", xml, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_previous_certificate_still_opens_and_its_keys_are_rewritten_for_the_new_one()
    {
        var (stored, _) = await FirstStartAsync();
        using var old = Certificate("CN=Old");
        using var renewed = Certificate("CN=New");
        await using (await StartAsync(Files(old, "pfx", "old")))
        {
        }

        var settings = Files(renewed, "pem", "new");
        settings["DataProtection:PreviousCertificates"] = "old.pfx";
        settings["DataProtection:CertificatePassword"] = Password;
        await using (var app = await StartAsync(settings))
        {
            Assert.Equal(Target, app.Services.GetRequiredService<TargetProtector>().Url(stored));
            Assert.All(await KeysAsync(app), xml => Assert.Contains(Convert.ToBase64String(renewed.RawData), xml, StringComparison.Ordinal));
        }

        // From now on the old one is needed no more.
        settings.Remove("DataProtection:PreviousCertificates");
        await using var later = await StartAsync(settings);
        Assert.Equal(Target, later.Services.GetRequiredService<TargetProtector>().Url(stored));
    }

    [Fact]
    public async Task A_start_without_a_certificate_that_is_needed_is_refused_and_changes_nothing()
    {
        await FirstStartAsync();
        using var old = Certificate("CN=Old");
        using var other = Certificate("CN=Other");
        List<string> before;
        await using (var app = await StartAsync(Files(old, "pfx", "old")))
            before = await KeysAsync(app);

        foreach (var settings in (Dictionary<string, string>[])[[], Files(other, "pfx", "other")])
        {
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(settings));
            Assert.Equal(
                $"The stored keys are encrypted with the certificate CN=Old (SHA-1 {old.Thumbprint}): name its file in DataProtection:Certificate or DataProtection:PreviousCertificates.",
                refused.Message);
        }
        await using var again = await StartAsync(Files(old, "pfx", "old"));
        Assert.Equal(before, await KeysAsync(again));
    }

    [Fact]
    public async Task Without_a_certificate_of_its_own_a_console_still_opens_with_a_previous_one()
    {
        var (stored, _) = await FirstStartAsync();
        using var old = Certificate("CN=Old");
        await using (await StartAsync(Files(old, "pfx", "old")))
        {
        }
        await using var app = await StartAsync(new() { ["DataProtection:PreviousCertificates"] = "old.pfx", ["DataProtection:CertificatePassword"] = Password });
        Assert.Equal(Target, app.Services.GetRequiredService<TargetProtector>().Url(stored));
    }

    [Theory]
    [InlineData("wrong password", "it is no PFX or PEM file, its private key is missing, or DataProtection:CertificatePassword is not its password.")]
    [InlineData("no password", "it is no PFX or PEM file, its private key is missing, or DataProtection:CertificatePassword is not its password.")]
    [InlineData("wrong password of a key", "it is no PFX or PEM file, its private key is missing, or DataProtection:CertificatePassword is not its password.")]
    [InlineData("another's key", "it is no PFX or PEM file, its private key is missing, or DataProtection:CertificatePassword is not its password.")]
    [InlineData("rubbish", "it is no PFX or PEM file, its private key is missing, or DataProtection:CertificatePassword is not its password.")]
    [InlineData("no private key", "it has no private key.")]
    [InlineData("elliptic curve", "its key is not an RSA key.")]
    [InlineData("not yet valid", "its certificate is not valid before ")]
    [InlineData("folder", "it cannot be read.")]
    public async Task A_certificate_that_cannot_be_used_is_one_line_that_names_the_key(string fault, string why)
    {
        using var good = Certificate("CN=Keys");
        var settings = Files(good, fault.Contains("key", StringComparison.Ordinal) ? "pem and encrypted key" : "pfx");
        var file = settings["DataProtection:Certificate"];
        switch (fault)
        {
            case "wrong password" or "wrong password of a key":
                settings["DataProtection:CertificatePassword"] = "hunter2";
                break;
            case "no password":
                settings.Remove("DataProtection:CertificatePassword");
                break;
            case "another's key":
                using (var another = RSA.Create(2048))
                    Write(settings["DataProtection:CertificateKey"], another.ExportPkcs8PrivateKeyPem());
                break;
            case "rubbish":
                Write(file, "hunter2");
                break;
            case "no private key":
                settings.Remove("DataProtection:CertificateKey");
                Write(file, good.ExportCertificatePem());
                break;
            case "elliptic curve":
                using (var authority = TestAuthority.Root())
                    await File.WriteAllBytesAsync(PathOf(file), authority.Certificate.Export(X509ContentType.Pfx, Password), Stop);
                break;
            case "folder":
                File.Delete(PathOf(file));
                Directory.CreateDirectory(PathOf(file));
                break;
            default:
                using (var bad = Certificate("CN=Keys", DateTimeOffset.Now.AddYears(1)))
                    settings = Files(bad, "pfx");
                break;
        }
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(settings));
        Assert.StartsWith($"DataProtection:Certificate names {file}: {why}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_has_expired_still_opens_and_encrypts_and_the_log_warns()
    {
        var (stored, _) = await FirstStartAsync();
        using var expired = Certificate("CN=Expired", DateTimeOffset.Now.AddYears(-3));
        await using var app = await StartAsync(Files(expired, "pfx"));
        Assert.Equal(Target, app.Services.GetRequiredService<TargetProtector>().Url(stored));
        Assert.All(await KeysAsync(app), xml => Assert.Contains("encryptedSecret", xml, StringComparison.Ordinal));
        Assert.Contains(app.Logs, line => line.Contains($"It EXPIRED on {expired.NotAfter:yyyy-MM-dd}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_verb_without_the_certificate_is_refused_in_one_line_and_makes_no_key()
    {
        await FirstStartAsync();
        using var certificate = Certificate("CN=Old");
        var settings = Files(certificate, "pfx");
        List<string> before;
        await using (var app = await StartAsync(settings))
            before = await KeysAsync(app);

        var run = await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--reset-password", ConsoleApp.AdminEmail);
        Assert.Equal(
            new ProgramRun(1, "", $"The stored keys are encrypted with the certificate CN=Old (SHA-1 {certificate.Thumbprint}): name its file in DataProtection:Certificate or DataProtection:PreviousCertificates."),
            run);
        run = await ProgramRun.OfAsync([$"--contentRoot={_folder.FullName}", .. settings.Select(s => $"--{s.Key}={s.Value}"), "--reset-password", ConsoleApp.AdminEmail]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        await using var again = await StartAsync(settings);
        Assert.Equal(before, await KeysAsync(again));
    }

    [Fact]
    public async Task A_verb_that_finds_no_key_makes_none_and_fails_in_one_line()
    {
        await using (var app = await StartAsync([]))
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
            await db.DataProtectionKeys.ExecuteDeleteAsync(Stop);
        }
        var run = await ProgramRun.OfAsync($"--contentRoot={_folder.FullName}", "--reset-password", ConsoleApp.AdminEmail);
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Matches("^--reset-password failed: [A-Za-z]+$", run.Error);
    }

    [Fact]
    public async Task Several_previous_certificates_are_taken_and_they_may_have_expired()
    {
        var (stored, _) = await FirstStartAsync();
        using var old = Certificate("CN=Old");
        await using (await StartAsync(Files(old, "pfx", "old")))
        {
        }
        using var renewed = Certificate("CN=New");
        using var expired = Certificate("CN=Expired", DateTimeOffset.Now.AddYears(-3));
        var settings = Files(renewed, "pfx", "new");
        Files(expired, "pfx", "expired");
        settings["DataProtection:PreviousCertificates:0"] = "expired.pfx";
        settings["DataProtection:PreviousCertificates:1"] = "old.pfx";
        await using var app = await StartAsync(settings);
        Assert.Equal(Target, app.Services.GetRequiredService<TargetProtector>().Url(stored));
    }

    /// <summary>A start as it was before there were certificates: what it stored, and the keys as they can be read in the file.</summary>
    private async Task<(string Stored, List<string> Keys)> FirstStartAsync()
    {
        await using var app = await StartAsync([]);
        app.Services.GetRequiredService<IKeyManager>().CreateNewKey(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        var stored = app.Services.GetRequiredService<TargetProtector>().ProtectUrl(Target);
        var keys = (await KeysAsync(app)).Select(xml => xml.Split("<value>")[1].Split("</value>")[0]).ToList();
        Assert.Equal(2, keys.Count);
        return (stored, keys);
    }

    private static async Task<List<string>> KeysAsync(ConsoleApp app)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        return await db.DataProtectionKeys.OrderBy(k => k.Id).Select(k => k.Xml!).ToListAsync(Stop);
    }

    private Task<ConsoleApp> StartAsync(Dictionary<string, string> settings) =>
        ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = _folder.FullName, Settings = settings });

    private Dictionary<string, string> Files(X509Certificate2 certificate, string form, string name = "keys")
    {
        using var key = certificate.GetRSAPrivateKey()!;
        switch (form)
        {
            case "pfx":
                File.WriteAllBytes(PathOf($"{name}.pfx"), certificate.Export(X509ContentType.Pfx, Password));
                return new() { ["DataProtection:Certificate"] = $"{name}.pfx", ["DataProtection:CertificatePassword"] = Password };
            case "pem":
                Write($"{name}.pem", $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
                return new() { ["DataProtection:Certificate"] = $"{name}.pem" };
            default:
                Write($"{name}.crt", certificate.ExportCertificatePem());
                Write($"{name}.key", form == "pem and key"
                    ? key.ExportRSAPrivateKeyPem()
                    : key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
                var settings = new Dictionary<string, string> { ["DataProtection:Certificate"] = $"{name}.crt", ["DataProtection:CertificateKey"] = $"{name}.key" };
                if (form != "pem and key")
                    settings["DataProtection:CertificatePassword"] = Password;
                return settings;
        }
    }

    private void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private static X509Certificate2 Certificate(string subject, DateTimeOffset? from = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var start = from ?? DateTimeOffset.Now.AddDays(-1);
        using var made = request.CreateSelfSigned(start, start.AddYears(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }
}

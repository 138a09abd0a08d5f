using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>What the guard lets through is dialled as it was judged. What it refuses is in <see cref="GuardAttacks"/>.</summary>
public sealed class GuardedConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_judged_address_is_the_dialled_one()
    {
        await using var judged = LoopbackReceiver.StartAt(IPAddress.Parse("127.0.0.9"));
        using var rig = SendingRig.Guarded("127.0.0.9/32");
        rig.Resolver.Add("rebind.example", "127.0.0.9").Add("rebind.example", "127.0.0.1");

        var result = await rig.SendAsync(judged.UrlFor("rebind.example"));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal(1, judged.Connections);
        Assert.Equal(1, rig.Resolver.Calls);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.0/8")]
    [InlineData("[::ffff:127.0.0.1]", "127.0.0.0/8")]
    [InlineData("localhost", "127.0.0.0/8")]
    [InlineData("localhost.", "127.0.0.0/8")]
    [InlineData("loopback.example", "127.0.0.1/32")]
    public async Task Allowed_networks_let_through(string host, string network)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = SendingRig.Guarded(network);
        rig.Resolver.Add("loopback.example", "127.0.0.1");

        var check = await rig.Policy.CheckAsync(receiver.UrlFor(host).AbsoluteUri, Token);
        var result = await rig.SendAsync(receiver.UrlFor(host));

        Assert.True(check.IsAcceptable);
        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal(1, receiver.Connections);
    }

    [Theory]
    [InlineData(TlsTrust.System)]
    [InlineData(TlsTrust.Authority)]
    [InlineData(TlsTrust.Pinned)]
    [InlineData(TlsTrust.Unverified)]
    public async Task A_certificate_cannot_send_the_console_for_its_issuer(TlsTrust trust)
    {
        using var trap = new ConnectionTrap();
        using var certificate = Issued($"http://127.0.0.1:{trap.Port}/issuer.crt", "hooks.example");
        using var entered = LoopbackReceiver.SelfSigned(null, "hooks.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, AllowInsecureTls = true });
        rig.Resolver.Add("hooks.example", "127.0.0.1");

        var options = new SendOptions { TlsTrust = trust, TlsCertificate = entered.ExportCertificatePem() };
        await rig.SendAsync(SendingRig.Request(receiver.UrlFor("hooks.example")) with { Options = options });

        Assert.Equal(1, receiver.Connections);
        trap.AssertSilent();
    }

    /// <summary>A certificate of an issuer that is not at hand, and that says where it can be fetched.</summary>
    private static X509Certificate2 Issued(string issuerAt, string host)
    {
        using var issuer = LoopbackReceiver.SelfSigned(null, "Some Authority");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAt]));
        var signer = X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);
        using var leaf = request.Create(issuer.SubjectName, signer, issuer.NotBefore, issuer.NotAfter, [1, 2, 3, 4]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}

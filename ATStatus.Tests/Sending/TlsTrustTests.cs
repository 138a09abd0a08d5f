using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Whom each rule lets in, over real handshakes with certificates made here.</summary>
public sealed class TlsTrustTests : IDisposable
{
    private const string Host = "hooks.example";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly TestAuthority _root = TestAuthority.Root();
    private readonly TestAuthority _other = TestAuthority.Root("Other Root");
    private readonly SendingRig _rig = RigOf(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, AllowInsecureTls = true });

    public void Dispose()
    {
        _root.Dispose();
        _other.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task The_system_does_not_know_a_private_authority()
    {
        using var certificate = _root.Issue(Host);

        var result = await SendAsync(certificate, TlsTrust.System, null);

        Assert.Equal(FailureKind.Tls, result.Failure);
        Assert.Equal("The receiver's TLS certificate is not trusted: it is self-signed, or its issuer is unknown or missing.", result.Error);
    }

    [Fact]
    public async Task An_authority_lets_in_what_it_issued_for_the_host_and_nothing_else()
    {
        using var good = _root.Issue(Host);
        using var foreign = _other.Issue(Host);
        using var misnamed = _root.Issue("other.example");
        using var expired = _root.Issue(Host, DateTimeOffset.UtcNow.AddYears(-2));
        using var early = _root.Issue(Host, DateTimeOffset.UtcNow.AddDays(2));
        using var client = _root.Issue(Host, purpose: ClientAuthentication);
        using var own = LoopbackReceiver.SelfSigned(null, Host);

        Assert.Equal(SendVerdict.Delivered, (await SendAsync(good, TlsTrust.Authority, _root.Pem)).Verdict);
        AssertRefused("its issuer is unknown", await SendAsync(foreign, TlsTrust.Authority, _root.Pem));
        AssertRefused("is for another host name", await SendAsync(misnamed, TlsTrust.Authority, _root.Pem));
        AssertRefused("has expired", await SendAsync(expired, TlsTrust.Authority, _root.Pem));
        AssertRefused("is not valid yet", await SendAsync(early, TlsTrust.Authority, _root.Pem));
        AssertRefused("is not trusted", await SendAsync(client, TlsTrust.Authority, _root.Pem));
        AssertRefused("is not trusted", await SendAsync(own, TlsTrust.Authority, _root.Pem));
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(good, TlsTrust.Authority, _other.Pem + "\n" + _root.Pem)).Verdict);
    }

    [Fact]
    public async Task An_authority_is_trusted_beside_the_system_s()
    {
        using var certificate = _other.Issue(Host);
        var system = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        system.CustomTrustStore.Add(_other.Certificate);
        using var rig = RigOf(_rig.Options, system);

        Assert.Equal(SendVerdict.Delivered, (await SendAsync(certificate, TlsTrust.Authority, _root.Pem, rig)).Verdict);
        // A pin takes it away.
        AssertRefused("is not the one entered", await SendAsync(certificate, TlsTrust.Pinned, _root.Pem, rig));
    }

    [Fact]
    public async Task An_intermediate_that_the_receiver_presents_leads_to_the_authority()
    {
        using var intermediate = _root.Intermediate();
        using var certificate = intermediate.Issue(Host);
        await using var receiver = LoopbackReceiver.StartTls(
            certificate, [intermediate.Certificate, _root.Certificate], ScriptedResponse.Raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));

        // Twice, each on a connection of its own: a resumed TLS session is verified too.
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Authority, _root.Pem)).Verdict);
            Assert.Equal(i, receiver.Connections);
        }

        AssertRefused("issuer is unknown or missing", await SendAsync(certificate, TlsTrust.Authority, _root.Pem));
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(certificate, TlsTrust.Authority, intermediate.Pem + "\n" + _root.Pem)).Verdict);
    }

    [Fact]
    public async Task A_pin_lets_in_exactly_that_certificate_whoever_issued_it()
    {
        using var certificate = _root.Issue(Host);
        using var sibling = _root.Issue(Host);
        using var expired = LoopbackReceiver.SelfSigned(DateTimeOffset.UtcNow.AddYears(-3), "other.example");

        Assert.Equal(SendVerdict.Delivered, (await SendAsync(certificate, TlsTrust.Pinned, certificate.ExportCertificatePem())).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(expired, TlsTrust.Pinned, expired.ExportCertificatePem())).Verdict);
        AssertRefused("is not the one entered for this notification", await SendAsync(sibling, TlsTrust.Pinned, certificate.ExportCertificatePem()));
        AssertRefused("is not the one entered", await SendAsync(certificate, TlsTrust.Pinned, _root.Pem));
        AssertRefused("is not the one entered", await SendAsync(certificate, TlsTrust.Pinned, "no certificate"));
    }

    [Fact]
    public async Task Unverified_needs_the_permission_at_every_attempt()
    {
        using var certificate = LoopbackReceiver.SelfSigned(DateTimeOffset.UtcNow.AddYears(-3), "other.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        await using var plain = LoopbackReceiver.Start();

        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Unverified, null)).Verdict);
        _rig.Options.AllowInsecureTls = false;
        var forbidden = await SendAsync(receiver, TlsTrust.Unverified, null);

        AssertRefused("Webhooks:AllowInsecureTls is not on", forbidden);
        Assert.Empty(forbidden.RequestHeaders);
        Assert.Single(receiver.Requests);
        // Where there is no certificate, there is nothing to verify.
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(plain, TlsTrust.Unverified, null)).Verdict);
    }

    [Fact]
    public async Task A_connection_is_only_used_again_under_the_rule_that_accepted_it()
    {
        using var certificate = _root.Issue(Host);
        await using var receiver = LoopbackReceiver.StartTls(certificate);

        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Unverified, null)).Verdict);
        AssertRefused("is not trusted", await SendAsync(receiver, TlsTrust.System, null));
        AssertRefused("is not trusted", await SendAsync(receiver, TlsTrust.Authority, _other.Pem));
        AssertRefused("is not the one", await SendAsync(receiver, TlsTrust.Pinned, _other.Pem));
        Assert.Equal(4, receiver.Connections);
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Authority, _root.Pem)).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Pinned, certificate.ExportCertificatePem())).Verdict);
        Assert.Equal(6, receiver.Connections);

        // Each has kept its own.
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Unverified, "left over in a form")).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Authority, _root.Pem)).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await SendAsync(receiver, TlsTrust.Pinned, certificate.ExportCertificatePem())).Verdict);
        Assert.Equal(6, receiver.Connections);
        Assert.Equal(6, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_new_connection_s_steps_are_timed_and_a_used_one_has_none()
    {
        using var certificate = _root.Issue(Host);
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        await using var plain = LoopbackReceiver.Start();

        var first = (await SendAsync(receiver, TlsTrust.Authority, _root.Pem)).Timings;
        Assert.True(first is { Lookup: not null, Connect: not null, Tls: not null });
        Assert.True(first.Tls > TimeSpan.Zero);
        Assert.Equal(ConnectionTimings.None, (await SendAsync(receiver, TlsTrust.Authority, _root.Pem)).Timings);
        // A step that fails counts as long as it lasted; what would come after it has not begun.
        Assert.True((await SendAsync(receiver, TlsTrust.System, null)).Timings is { Lookup: not null, Connect: not null, Tls: not null });
        Assert.True((await SendAsync(plain, TlsTrust.System, null)).Timings is { Lookup: not null, Connect: not null, Tls: null });
        Assert.Equal(ConnectionTimings.None, (await SendAsync(plain, TlsTrust.System, null)).Timings);
        Assert.True((await _rig.SendAsync(new Uri("https://nowhere.example/"))).Timings is { Lookup: not null, Connect: null, Tls: null });
    }

    private static SendingRig RigOf(WebhookOptions options, X509ChainPolicy? system = null)
    {
        var rig = new SendingRig(options, certificatePolicy: system);
        rig.Resolver.Add(Host, "127.0.0.1");
        return rig;
    }

    private async Task<SendResult> SendAsync(X509Certificate2 certificate, TlsTrust trust, string? pem, SendingRig? rig = null)
    {
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        return await SendAsync(receiver, trust, pem, rig);
    }

    private Task<SendResult> SendAsync(LoopbackReceiver receiver, TlsTrust trust, string? pem, SendingRig? rig = null) =>
        (rig ?? _rig).SendAsync(SendingRig.Request(receiver.UrlFor(Host)) with
        {
            Options = new() { TlsTrust = trust, TlsCertificate = pem },
        });

    private static void AssertRefused(string words, SendResult result)
    {
        Assert.Equal(FailureKind.Tls, result.Failure);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>Limits, cancellation, TLS, names and wiring of the sender.</summary>
public sealed class SenderTests
{
    /// <summary>How long a test waits, on the real clock, for what should happen at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_seconds_are_the_limit()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Stall());
        using var rig = new SendingRig(time: clock);

        var sending = rig.SendAsync(receiver.Url);
        await receiver.WaitForAsync(1);
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        var result = await sending.WaitAsync(Patience, Token);

        Assert.Equal(FailureKind.Timeout, result.Failure);
        Assert.Equal(TimeSpan.FromSeconds(10), result.Duration);
        Assert.Equal("No response within 10 seconds.", result.Error);
    }

    [Fact]
    public async Task Cancelling_before_an_answer_is_cancelled()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Stall());
        using var rig = new SendingRig();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var sending = rig.Sender.SendAsync(SendingRig.Request(receiver.Url), cancel.Token);
        await receiver.WaitForAsync(1);
        await cancel.CancelAsync();
        var result = await sending.WaitAsync(Patience, Token);

        Assert.Equal(FailureKind.Cancelled, result.Failure);
        Assert.Equal(SendVerdict.Retry, result.Verdict);
        Assert.Null(result.StatusCode);
    }

    [Fact]
    public async Task A_token_cancelled_beforehand_sends_nothing()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();

        var result = await rig.Sender.SendAsync(SendingRig.Request(receiver.Url), new CancellationToken(canceled: true));

        Assert.Equal(FailureKind.Cancelled, result.Failure);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_wrong_certificate_is_a_TLS_failure_that_says_what_is_wrong()
    {
        await AssertCertificateAsync(LoopbackReceiver.SelfSigned(null, "hooks.example"), "is not trusted");
        await AssertCertificateAsync(LoopbackReceiver.SelfSigned(null, "other.example"), "is for another host name");
        await AssertCertificateAsync(LoopbackReceiver.SelfSigned(DateTimeOffset.UtcNow.AddYears(-3), "hooks.example"), "has expired");
    }

    [Fact]
    public async Task A_trusted_certificate_is_checked_against_the_URL_s_name()
    {
        using var certificate = LoopbackReceiver.SelfSigned(null, "hooks.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificate);
        using var rig = new SendingRig(certificatePolicy: policy);
        rig.Resolver.Add("hooks.example", "127.0.0.1").Add("other.example", "127.0.0.1");

        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(receiver.UrlFor("hooks.example"))).Verdict);
        Assert.Equal(FailureKind.Tls, (await rig.SendAsync(receiver.UrlFor("other.example"))).Failure);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_without_TLS_is_a_TLS_failure()
    {
        await using var server = new PlainTextServer("HTTP/1.1 400 Bad Request\r\n\r\n");
        using var rig = new SendingRig();

        var result = await rig.SendAsync(new Uri($"https://127.0.0.1:{server.Port}/T0KEN"));

        Assert.Equal(FailureKind.Tls, result.Failure);
        Assert.Equal("The TLS handshake failed.", result.Error);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_refuses()
    {
        await using var receiver = LoopbackReceiver.StartAt(IPAddress.Parse("127.0.0.3"));
        using var rig = new SendingRig();
        rig.Resolver.Add("hooks.example", "127.0.0.2", "::ffff:127.0.0.3");

        var result = await rig.SendAsync(receiver.UrlFor("hooks.example"));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal(1, rig.Resolver.Calls);
    }

    [Fact]
    public async Task RequireHttps_holds_when_sending_too()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, RequireHttps = true });

        var result = await rig.SendAsync(receiver.Url);

        Assert.Equal(SendVerdict.Refused, result.Verdict);
        Assert.Contains("Webhooks:RequireHttps", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Theory]
    [InlineData("ftp://hooks.example/")]
    [InlineData("/relative")]
    public async Task Another_scheme_is_a_bug_of_the_caller(string url)
    {
        using var rig = new SendingRig();

        await Assert.ThrowsAsync<ArgumentException>(() => rig.SendAsync(new Uri(url, UriKind.RelativeOrAbsolute)));
    }

    [Fact]
    public void A_request_s_text_shows_neither_secret_nor_token()
    {
        var text = SendingRig.Request(new Uri("https://hooks.example/services/T0KEN?k=T0KEN"), "whsec_x").ToString();

        Assert.DoesNotContain("whsec", text, StringComparison.Ordinal);
        Assert.DoesNotContain("T0KEN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_kinds_have_the_names_of_the_contract()
    {
        string[] names = ["http_status", "timeout", "connection", "dns", "tls", "address_refused", "cancelled", "template"];

        Assert.Equal(names, Enum.GetValues<FailureKind>().Select(k => k.WireName()));
        Assert.All(Enum.GetValues<FailureKind>(), kind =>
        {
            Assert.True(FailureKinds.TryParse(kind.WireName(), out var parsed));
            Assert.Equal(kind, parsed);
            Assert.NotEmpty(kind.Label());
        });
        Assert.False(FailureKinds.TryParse("Timeout", out _));
        Assert.False(FailureKinds.TryParse(null, out _));
    }

    [Fact]
    public async Task The_host_s_wiring_is_complete_and_guards()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var services = new ServiceCollection().AddSingleton(new WebhookOptions()).AddSending().BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true });

        var sender = services.GetServices<IDeliverySender>().First();
        var result = await sender.SendAsync(SendingRig.Request(receiver.UrlFor("localhost")), Token);

        Assert.Equal("webhook", sender.Kind);
        Assert.Equal(FailureKind.AddressRefused, result.Failure);
        Assert.Equal(0, receiver.Connections);
        Assert.NotNull(services.GetRequiredService<EndpointPolicy>());
    }

    private static async Task AssertCertificateAsync(X509Certificate2 certificate, string words)
    {
        using (certificate)
        {
            await using var receiver = LoopbackReceiver.StartTls(certificate);
            using var rig = new SendingRig();
            rig.Resolver.Add("hooks.example", "127.0.0.1");

            var result = await rig.SendAsync(receiver.UrlFor("hooks.example", "/T0KEN"));

            Assert.Equal(FailureKind.Tls, result.Failure);
            Assert.Equal(SendVerdict.Retry, result.Verdict);
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
            Assert.Empty(receiver.Requests);
        }
    }
}

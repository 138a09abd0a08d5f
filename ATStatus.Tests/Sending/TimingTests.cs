using System.Net;
using System.Net.Sockets;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Which steps of opening a connection are timed, and that the one that failed or hung is among them.</summary>
public sealed class TimingTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task A_name_is_looked_up_and_an_address_is_not()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();
        rig.Resolver.Add("receiver.example", "127.0.0.1");
        Assert.Equal("lookup connect", Steps(await rig.SendAsync(receiver.UrlFor("receiver.example"))));
        Assert.Equal("connect", Steps(await rig.SendAsync(receiver.Url)));
    }

    [Fact]
    public async Task A_new_connection_is_opened_and_one_that_is_used_again_is_not()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();
        Assert.Equal("connect", Steps(await rig.SendAsync(receiver.Url)));
        Assert.Equal("", Steps(await rig.SendAsync(receiver.Url)));
    }

    [Fact]
    public async Task Https_has_its_handshake_too()
    {
        using var certificate = LoopbackReceiver.SelfSigned(null, "receiver.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        using var rig = new SendingRig();
        rig.Resolver.Add("receiver.example", "127.0.0.1");
        var result = await rig.SendAsync(SendingRig.Request(receiver.UrlFor("receiver.example")) with
        {
            Options = new() { TlsTrust = TlsTrust.Pinned, TlsCertificate = certificate.ExportCertificatePem() },
        });
        Assert.Null(result.Failure);
        Assert.Equal("lookup connect tls", Steps(result));
    }

    [Fact]
    public async Task A_refused_certificate_failed_in_its_handshake()
    {
        using var certificate = LoopbackReceiver.SelfSigned(null, "receiver.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        using var rig = new SendingRig();
        rig.Resolver.Add("receiver.example", "127.0.0.1");
        var result = await rig.SendAsync(receiver.UrlFor("receiver.example"));
        Assert.Equal((FailureKind.Tls, FailureCause.CertificateUntrusted), (result.Failure, FailureCauses.Of(result.Error)));
        Assert.Equal("lookup connect tls", Steps(result));
    }

    [Fact]
    public async Task A_refused_connection_failed_while_it_was_opened()
    {
        using var refusing = LoopbackReceiver.RefusingPort(out var port);
        using var rig = new SendingRig();
        var result = await rig.SendAsync(new Uri($"http://127.0.0.1:{port}/"));
        Assert.Equal(FailureCause.ConnectionRefused, FailureCauses.Of(result.Error));
        Assert.Equal("connect", Steps(result));
    }

    [Fact]
    public async Task A_name_that_is_not_found_failed_in_its_look_up()
    {
        using var rig = new SendingRig();
        Assert.Equal("lookup", Steps(await rig.SendAsync(new Uri("http://nowhere.example/"))));
    }

    [Fact]
    public async Task A_resolver_that_hangs_used_up_the_time()
    {
        using var rig = Hasty();
        rig.Resolver.Silent = "silent.example";
        var result = await rig.SendAsync(new Uri("http://silent.example/"));
        Assert.Equal((FailureKind.Timeout, "lookup"), (result.Failure, Steps(result)));
        Assert.InRange(result.Timings.Lookup!.Value, Short * 0.5, result.Duration);
    }

    [Fact]
    public async Task A_handshake_that_hangs_used_up_the_time()
    {
        // Accepts, and never says a word.
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        using var rig = Hasty();
        var result = await rig.SendAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/"));
        Assert.Equal((FailureKind.Timeout, "connect tls"), (result.Failure, Steps(result)));
        Assert.InRange(result.Timings.Tls!.Value, Short * 0.5, result.Duration);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_used_up_the_time_after_the_connection()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Stall());
        using var rig = Hasty();
        var result = await rig.SendAsync(receiver.Url);
        Assert.Equal((FailureKind.Timeout, "connect"), (result.Failure, Steps(result)));
        Assert.True(result.Timings.Connect < result.Duration * 0.9, $"{result.Timings} of {result.Duration}");
    }

    [Fact]
    public void Every_cause_is_found_again_by_its_words()
    {
        Assert.All(Enum.GetValues<FailureCause>(), cause => Assert.Equal(cause, FailureCauses.Of(cause.DisplayText())));
        Assert.Null(FailureCauses.Of("The receiver answered 500 Internal Server Error."));
        Assert.Null(FailureCauses.Of(null));
    }

    private static SendingRig Hasty() => new(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, Timeout = Short });

    private static string Steps(SendResult result) => string.Join(' ', new[]
    {
        result.Timings.Lookup is null ? null : "lookup",
        result.Timings.Connect is null ? null : "connect",
        result.Timings.Tls is null ? null : "tls",
    }.OfType<string>());
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Receivers that want a certificate of the console's: over TLS 1.2 the handshake fails, over TLS 1.3 only what comes after it.</summary>
public sealed class ClientCertificateTests
{
    private const string Host = "hooks.example";

    public enum Refusal
    {
        Alert,
        Close,
        Reset,
    }

    private static readonly SslProtocols[] Protocols = [SslProtocols.Tls12, SslProtocols.Tls13];
    private static readonly bool[] Both = [false, true];

    public static TheoryData<SslProtocols, Refusal, bool> Refusals =>
        [.. from protocol in Protocols from refusal in Enum.GetValues<Refusal>() from proxied in Both select (protocol, refusal, proxied)];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_receiver_that_asks_for_one_and_breaks_off_is_a_failure_of_tls_that_says_so(SslProtocols protocol, Refusal refusal, bool proxied)
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue(Host);
        await using var receiver = new Demanding(certificate, protocol, refusal);
        await using var proxy = ForwardProxy.Start();
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, Proxy = proxied ? proxy.Url() : null });
        if (!proxied)
            rig.Resolver.Add(Host, "127.0.0.1");

        // Twice: a resumed session must not hide it.
        for (var i = 0; i < 2; i++)
        {
            var result = await rig.SendAsync(
                SendingRig.Request(new Uri($"https://{Host}:{receiver.Port}/")) with { Options = Trusting(root) });

            Assert.Equal((FailureKind.Tls, "The receiver asked for a client certificate and closed the connection without one."), (result.Failure, result.Error));
            Assert.Equal(SendVerdict.Retry, result.Verdict);
            Assert.Null(result.Timings.Reused);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_receiver_that_asks_and_takes_what_comes_without_one_is_no_failure(SslProtocols protocol)
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue(Host);
        await using var receiver = new Demanding(certificate, protocol, refusal: null);
        using var rig = new SendingRig();
        rig.Resolver.Add(Host, "127.0.0.1");

        var result = await rig.SendAsync(
            SendingRig.Request(new Uri($"https://{Host}:{receiver.Port}/")) with { Options = Trusting(root) });

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
    }

    [Fact]
    public async Task One_that_does_not_ask_and_closes_is_a_failed_connection()
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue(Host);
        await using var receiver = LoopbackReceiver.StartTls(certificate, ScriptedResponse.Close());
        using var rig = new SendingRig();
        rig.Resolver.Add(Host, "127.0.0.1");

        var result = await rig.SendAsync(SendingRig.Request(receiver.UrlFor(Host)) with { Options = Trusting(root) });

        Assert.Equal((FailureKind.Connection, FailureCause.ClosedWithoutAnswer), (result.Failure, FailureCauses.Of(result.Error)));
    }

    private static SendOptions Trusting(TestAuthority root) => new() { TlsTrust = TlsTrust.Authority, TlsCertificate = root.Pem };

    /// <summary>Asks for a client certificate; answers 200 where it does not refuse.</summary>
    private sealed class Demanding : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly X509Certificate2 _certificate;
        private readonly SslProtocols _protocol;
        private readonly Refusal? _refusal;
        private readonly Task _accepting;

        public Demanding(X509Certificate2 certificate, SslProtocols protocol, Refusal? refusal)
        {
            (_certificate, _protocol, _refusal) = (certificate, protocol, refusal);
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            // Stopped when nobody accepts any more: asked to accept, a listener that is stopped throws.
            await _accepting;
            _listener.Stop();
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                    await ServeAsync(socket);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Disposed.
            }
        }

        private async Task ServeAsync(Socket socket)
        {
            await using var tls = new SslStream(new NetworkStream(socket));
            try
            {
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        EnabledSslProtocols = _protocol,
                        ClientCertificateRequired = true,
                        // Refused in the handshake, the client gets an alert.
                        RemoteCertificateValidationCallback = (_, _, _, _) => _refusal != Refusal.Alert,
                    },
                    _stop.Token);
                if (_refusal == Refusal.Reset)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
                if (_refusal is not null)
                    return;
                await tls.ReadAtLeastAsync(new byte[16 * 1024], 1, throwOnEndOfStream: false, _stop.Token);
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _stop.Token);
            }
            catch (Exception error) when (error is IOException or AuthenticationException or ObjectDisposedException or SocketException)
            {
                // The client went away, or was refused.
            }
        }
    }
}

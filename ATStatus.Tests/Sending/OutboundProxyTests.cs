using System.Net;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>Sending through <c>Webhooks:Proxy</c>: what the proxy hears, what it never hears, and what nobody is told of its account.</summary>
public sealed class OutboundProxyTests
{
    private const string Host = "hooks.example";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plain_request_is_forwarded_and_its_receiver_sees_the_contract_s_headers_only()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(proxy.Url());

        // The name means nothing here: the proxy looks it up.
        var first = await rig.SendAsync(receiver.UrlFor(Host));
        var second = await rig.SendAsync(receiver.UrlFor(Host));

        Assert.Equal((SendVerdict.Delivered, SendVerdict.Delivered), (first.Verdict, second.Verdict));
        Assert.Equal(Enumerable.Repeat($"POST http://{Host}:{receiver.Port}/hook", 2), proxy.Asked);
        Assert.Equal(1, proxy.Connections);
        Assert.Equal(first.RequestHeaders.Select(h => h.Key).Order(), receiver.Requests[0].Headers.Select(h => h.Key).Order());
        Assert.Equal($"{Host}:{receiver.Port}", receiver.Requests[0].Header("Host"));
        Assert.Equal(ConnectionTimings.None, first.Timings);
    }

    [Fact]
    public async Task An_https_request_goes_through_a_tunnel_and_its_receiver_is_verified_here()
    {
        using var root = TestAuthority.Root();
        using var other = TestAuthority.Root("Other Root");
        using var certificate = root.Issue(Host);
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(proxy.Url());

        var accepted = await rig.SendAsync(Request(receiver.UrlFor(Host), root));
        Assert.Equal(SendVerdict.Delivered, accepted.Verdict);
        AssertRefused("is not trusted", await rig.SendAsync(receiver.UrlFor(Host)));
        AssertRefused("is not trusted", await rig.SendAsync(Request(receiver.UrlFor(Host), other)));
        AssertRefused("is for another host name", await rig.SendAsync(Request(receiver.UrlFor("else.example"), root)));
        // Through the first one's tunnel, which is still open.
        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(Request(receiver.UrlFor(Host), root))).Verdict);

        Assert.Equal(
            [$"CONNECT {Host}:{receiver.Port}", $"CONNECT {Host}:{receiver.Port}", $"CONNECT {Host}:{receiver.Port}", $"CONNECT else.example:{receiver.Port}"],
            proxy.Asked);
        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(accepted.RequestHeaders.Select(h => h.Key).Order(), receiver.Requests[0].Headers.Select(h => h.Key).Order());
    }

    [Fact]
    public async Task The_account_is_given_to_a_proxy_that_asks_for_it_and_to_nobody_else()
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue(Host);
        await using var secure = LoopbackReceiver.StartTls(certificate);
        await using var plain = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start("us er:p@ss:word");
        using var rig = RigOf(proxy.Url("us%20er:p%40ss%3Aword@"));

        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(plain.UrlFor(Host))).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(Request(secure.UrlFor(Host), root))).Verdict);

        Assert.Contains($"POST http://{Host}:{plain.Port}/hook", proxy.Asked);
        Assert.Contains($"CONNECT {Host}:{secure.Port}", proxy.Asked);
        Assert.Null(Assert.Single(plain.Requests).Header("Proxy-Authorization"));
        Assert.Null(Assert.Single(secure.Requests).Header("Proxy-Authorization"));
    }

    [Theory]
    [InlineData("http://10.0.0.8/")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:10.0.0.8]/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://localhost.:{0}/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("http://intern.example/")]
    [InlineData("https://mixed.example/")]
    public async Task What_can_be_refused_here_is_refused_before_the_proxy_hears_of_it(string url)
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(proxy.Url());
        rig.Resolver.Add("intern.example", "10.1.2.3").Add("mixed.example", "8.8.8.8", "192.168.1.1");
        url = url.Replace("{0}", $"{receiver.Port}", StringComparison.Ordinal);

        var result = await rig.SendAsync(new Uri(url));

        Assert.Equal(FailureKind.AddressRefused, result.Failure);
        Assert.Contains("Webhooks:AllowedNetworks", result.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (proxy.Connections, receiver.Connections));
        Assert.False((await rig.Policy.CheckAsync(url, Token)).IsAcceptable);
    }

    [Fact]
    public async Task A_name_that_is_public_here_goes_to_the_proxy_and_one_that_nobody_knows_here_too()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(proxy.Url());
        rig.Resolver.Add("public.example", "8.8.8.8");

        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(receiver.UrlFor("public.example"))).Verdict);
        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(receiver.UrlFor("unknown.example"))).Verdict);

        var warning = Assert.Single((await rig.Policy.CheckAsync("https://unknown.example/", Token)).Warnings);
        Assert.Equal("The host name unknown.example could not be resolved here; the proxy has to.", warning);
    }

    [Fact]
    public async Task A_look_up_that_hangs_here_holds_up_nothing_but_two_seconds()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        await using var receiver = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(proxy.Url(), clock);
        rig.Resolver.Silent = Host;

        var sending = rig.SendAsync(receiver.UrlFor(Host));
        await Eventually.TrueAsync(() => rig.Resolver.Calls == 1);
        Assert.Equal(0, proxy.Connections);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(SendVerdict.Delivered, (await sending.WaitAsync(Patience, Token)).Verdict);
    }

    [Fact]
    public async Task The_proxy_s_own_name_is_looked_up_as_every_other_is()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(new UriBuilder(proxy.Url()) { Host = "proxy.example" }.Uri);

        var unknown = await rig.SendAsync(receiver.UrlFor(Host));
        rig.Resolver.Add("proxy.example", "127.0.0.1");
        var known = await rig.SendAsync(receiver.UrlFor(Host));

        Assert.Equal((FailureKind.Connection, FailureCause.ProxyUnreachable), (unknown.Failure, FailureCauses.Of(unknown.Error)));
        Assert.Equal(SendVerdict.Delivered, known.Verdict);
    }

    [Fact]
    public async Task The_built_in_receiver_is_not_asked_for_at_the_proxy()
    {
        await using var proxy = ForwardProxy.Start();
        using var rig = new SendingRig(new WebhookOptions { Proxy = proxy.Url() }, [new Inside()]);

        var result = await rig.SendAsync(new Uri("https://test-receiver.invalid/"));

        Assert.Equal(202, result.StatusCode);
        Assert.Equal((0, 0), (proxy.Connections, rig.Resolver.Calls));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task What_goes_wrong_at_the_proxy_is_told_without_its_account(string scheme)
    {
        const string Account = "operator:hunter2@";
        await using var refusing = ForwardProxy.StartRefusing();
        await using var asking = ForwardProxy.Start("somebody:else");
        using var closed = LoopbackReceiver.RefusingPort(out var port);
        var url = new Uri($"{scheme}://{Host}/");

        var unreachable = await ResultAsync(new Uri($"http://{Account}127.0.0.1:{port}"), url);
        Assert.Equal((FailureKind.Connection, "The proxy (Webhooks:Proxy) could not be reached."), (unreachable.Failure, unreachable.Error));
        foreach (var (proxy, status) in new[] { (refusing, 403), (asking, 407) })
        {
            var result = await ResultAsync(proxy.Url(Account), url);
            Assert.NotEmpty(proxy.Asked);
            if (scheme == "http")
                Assert.Equal((FailureKind.HttpStatus, status), (result.Failure, result.StatusCode));
            else
                Assert.Equal((FailureKind.Connection, "The proxy (Webhooks:Proxy) refused to connect to the receiver."), (result.Failure, result.Error));
        }
    }

    private static async Task<SendResult> ResultAsync(Uri proxy, Uri url)
    {
        using var rig = RigOf(proxy);
        var result = await rig.SendAsync(url);
        var shown = string.Join('\n', [result.Error, result.ResponseBody, .. result.RequestHeaders.Concat(result.ResponseHeaders).Select(h => h.ToString())]);
        Assert.DoesNotContain("operator", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        return result;
    }

    private static SendRequest Request(Uri url, TestAuthority authority) =>
        SendingRig.Request(url) with { Options = new() { TlsTrust = TlsTrust.Authority, TlsCertificate = authority.Pem } };

    /// <summary>With the guard closed: the proxy's own address needs no opening.</summary>
    private static SendingRig RigOf(Uri proxy, TimeProvider? time = null) => new(new WebhookOptions { Proxy = proxy }, time: time);

    private static void AssertRefused(string words, SendResult result)
    {
        Assert.Equal(FailureKind.Tls, result.Failure);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    private sealed class Inside : IInProcessEndpoint
    {
        public bool Claims(Uri url) => true;

        public Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Accepted));
    }
}

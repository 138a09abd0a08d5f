using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>A kept-alive connection that dies under a request: sent once more at once, on a new connection, within the same attempt.</summary>
public sealed class ReusedConnectionTests
{
    private const string Host = "hooks.example";

    public enum Route
    {
        Plain,
        Tls,
        Proxy,
        Tunnel,
    }

    private static readonly bool[] Both = [false, true];

    public static TheoryData<Route, bool> Routes => [.. from route in Enum.GetValues<Route>() from resets in Both select (route, resets)];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_reused_connection_that_closes_without_an_answer_is_followed_by_a_new_one(Route route, bool resets)
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue(Host);
        ScriptedResponse[] script = [ScriptedResponse.Status(200), resets ? ScriptedResponse.Reset() : ScriptedResponse.Close(), ScriptedResponse.Status(200)];
        await using var receiver = route is Route.Tls or Route.Tunnel ? LoopbackReceiver.StartTls(certificate, script) : LoopbackReceiver.Start(script);
        await using var proxy = ForwardProxy.Start();
        using var rig = RigOf(options => options.Proxy = route is Route.Proxy or Route.Tunnel ? proxy.Url() : null);
        if (route is Route.Plain or Route.Tls)
            rig.Resolver.Add(Host, "127.0.0.1");
        var options = new SendOptions { TlsTrust = TlsTrust.Authority, TlsCertificate = root.Pem };
        var request = SendingRig.Request(receiver.UrlFor(Host)) with { Options = options };

        var first = await rig.SendAsync(request);
        var second = await rig.SendAsync(request);

        Assert.Equal((SendVerdict.Delivered, SendVerdict.Delivered), (first.Verdict, second.Verdict));
        Assert.Equal(3, receiver.Requests.Count);
        Assert.Equal(2, receiver.Connections);
        Assert.Equal(receiver.Requests[1].Header("X-Request-ID"), receiver.Requests[2].Header("X-Request-ID"));
        Assert.Equal(receiver.Requests[1].Header("X-Webhook-Signature"), receiver.Requests[2].Header("X-Webhook-Signature"));
        Assert.Equal(receiver.Requests[1].Headers.Select(h => h.Key), receiver.Requests[2].Headers.Select(h => h.Key));
        Assert.Equal(receiver.Requests[1].Body, receiver.Requests[2].Body);
        Assert.Null(first.Timings.Reused);
        Assert.NotNull(second.Timings.Reused);
        if (route is Route.Plain or Route.Tls)
            Assert.True(second.Timings is { Lookup: not null, Connect: not null });
        Assert.Equal(route == Route.Tls, second.Timings.Tls is not null);
    }

    [Fact]
    public async Task The_new_connection_is_none_of_those_that_lie_in_the_pool()
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(signal.Task));
        using var rig = RigOf();
        var opening = Enumerable.Range(0, 4).Select(_ => rig.SendAsync(receiver.Url)).ToArray();
        await receiver.WaitForAsync(4);
        signal.SetResult();
        await Task.WhenAll(opening);
        Assert.Equal(4, receiver.Connections);

        receiver.Script(ScriptedResponse.Close(), ScriptedResponse.Status(200));
        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(receiver.Url)).Verdict);

        Assert.Equal(5, receiver.Connections);
        // That one is not kept for the next either: it is never taken for another.
        Assert.Equal(SendVerdict.Delivered, (await rig.SendAsync(receiver.Url)).Verdict);
        Assert.Equal(5, receiver.Connections);
    }

    [Fact]
    public async Task It_is_sent_again_once_and_no_more()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Close(), ScriptedResponse.Close(), ScriptedResponse.Status(200));
        using var rig = RigOf();
        await rig.SendAsync(receiver.Url);

        var result = await rig.SendAsync(receiver.Url);

        Assert.Equal((FailureKind.Connection, FailureCause.ClosedWithoutAnswer), (result.Failure, FailureCauses.Of(result.Error)));
        Assert.NotNull(result.Timings.Reused);
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_by_then_says_how_the_new_connection_failed()
    {
        var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Close());
        using var rig = RigOf();
        rig.Resolver.Add(Host, "127.0.0.1");
        await rig.SendAsync(receiver.UrlFor(Host));
        rig.Resolver.Set(Host);

        var result = await rig.SendAsync(receiver.UrlFor(Host));

        Assert.Equal(FailureKind.Dns, result.Failure);
        Assert.NotNull(result.Timings.Reused);
        await receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_connection_that_closes_without_an_answer_is_a_failed_attempt(bool resets)
    {
        await using var receiver = LoopbackReceiver.Start(resets ? ScriptedResponse.Reset() : ScriptedResponse.Close(), ScriptedResponse.Status(200));
        using var rig = RigOf();

        var result = await rig.SendAsync(receiver.Url);

        Assert.Equal(FailureKind.Connection, result.Failure);
        Assert.Null(result.Timings.Reused);
        Assert.Single(receiver.Requests);
    }

    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    public async Task Where_a_byte_of_the_answer_came_it_is_not_sent_again(string beginning)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Raw(beginning), ScriptedResponse.Status(200));
        using var rig = RigOf();
        await rig.SendAsync(receiver.Url);

        var result = await rig.SendAsync(receiver.Url);

        Assert.Equal(FailureKind.Connection, result.Failure);
        Assert.Null(result.Timings.Reused);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Both_sendings_have_one_time_limit()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Close().After(signal.Task), ScriptedResponse.Stall());
        using var rig = RigOf(time: clock);
        await rig.SendAsync(receiver.Url);

        var sending = rig.SendAsync(receiver.Url);
        await receiver.WaitForAsync(2);
        clock.Advance(TimeSpan.FromSeconds(6));
        signal.SetResult();
        await receiver.WaitForAsync(3);
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(4));
        var result = await sending.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((FailureKind.Timeout, TimeSpan.FromSeconds(10)), (result.Failure, result.Duration));
        Assert.Equal(TimeSpan.FromSeconds(6), result.Timings.Reused);
    }

    [Fact]
    public async Task A_reused_connection_that_is_merely_silent_is_not_given_up_for_another()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200), ScriptedResponse.Stall());
        using var rig = RigOf(time: clock);
        await rig.SendAsync(receiver.Url);

        var sending = rig.SendAsync(receiver.Url);
        await receiver.WaitForAsync(2);
        clock.Advance(TimeSpan.FromSeconds(10));
        var result = await sending.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((FailureKind.Timeout, (TimeSpan?)null), (result.Failure, result.Timings.Reused));
        Assert.Equal(2, receiver.Requests.Count);
    }

    private static SendingRig RigOf(Action<WebhookOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new WebhookOptions { AllowedNetworks = SendingRig.Loopback };
        configure?.Invoke(options);
        return new SendingRig(options, time: time);
    }
}

using System.Net;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Every way of writing a loopback address: refused by the form and by the connection, and nothing is ever dialled.</summary>
public sealed class GuardedConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f.0x0.0x0.0x1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("0177.0x0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[0:0:0:0:0:0:0:1]")]
    [InlineData("[::]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("[64:ff9b:1::127.0.0.1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[2001:0:0:0:0:0:80ff:fffe]")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    [InlineData("a.localhost")]
    [InlineData("a.b.localhost.")]
    [InlineData("\u24DB\u24DE\u24D2\u24D0\u24DB\u24D7\u24DE\u24E2\u24E3")]
    [InlineData("ｌocalhost")]
    [InlineData("local\u00ADhost")]
    [InlineData("１２７.０.０.１")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("127。0。0。1")]
    [InlineData("loopback.example")]
    [InlineData("loopback.example.")]
    [InlineData("mapped.example")]
    [InlineData("six.example")]
    [InlineData("mixed.example")]
    [InlineData("mixed-six.example")]
    [InlineData("nat64.example")]
    public async Task Refused_by_the_form_and_by_the_connection(string host)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = SendingRig.Guarded();
        rig.Resolver
            .Add("loopback.example", "127.0.0.1").Add("loopback.example.", "127.0.0.1")
            .Add("mapped.example", "::ffff:127.0.0.1").Add("six.example", "::1")
            .Add("mixed.example", "8.8.8.8", "127.0.0.1").Add("mixed-six.example", "2606:4700::1111", "::1")
            .Add("nat64.example", "64:ff9b::7f00:1");
        var url = $"http://{host}:{receiver.Port}/hook";

        var check = await rig.Policy.CheckAsync(url, Token);
        var result = await rig.SendAsync(new Uri(url));

        Assert.False(check.IsAcceptable);
        Assert.Contains("Webhooks:AllowedNetworks", Assert.Single(check.Errors), StringComparison.Ordinal);
        Assert.Equal(FailureKind.AddressRefused, result.Failure);
        Assert.Equal(SendVerdict.Refused, result.Verdict);
        Assert.Equal(check.Errors[0], result.Error);
        Assert.Equal(0, receiver.Connections);
    }

    [Theory]
    [InlineData("[fe80::1%251]")]
    [InlineData("[::1%25lo]")]
    [InlineData("[::1%1]")]
    public async Task A_zone_is_no_way_around(string host)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = SendingRig.Guarded();
        var url = $"http://{host}:{receiver.Port}/";

        Assert.False((await rig.Policy.CheckAsync(url, Token)).IsAcceptable);
        Assert.Equal(FailureKind.AddressRefused, (await rig.SendAsync(new Uri(url))).Failure);
    }

    [Theory]
    [InlineData("\u043Bocalhost")]
    [InlineData("l\u043Ecalhost")]
    [InlineData("localhos\u0442")]
    [InlineData("127.0.0.1.example")]
    [InlineData("localhost.example")]
    [InlineData("256.0.0.1")]
    [InlineData("4294967297")]
    public async Task A_look_alike_is_just_another_name(string host)
    {
        using var rig = SendingRig.Guarded();

        var check = await rig.Policy.CheckAsync($"https://{host}/", Token);

        Assert.True(check.IsAcceptable);
        Assert.Contains("could not be resolved", Assert.Single(check.Warnings), StringComparison.Ordinal);
        Assert.All(check.Uri!.AbsoluteUri, c => Assert.True(char.IsAscii(c)));
    }

    [Fact]
    public async Task A_name_that_is_public_when_checked_and_private_when_dialled_is_refused()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = SendingRig.Guarded();
        rig.Resolver.Add("rebind.example", "8.8.8.8").Add("rebind.example", "127.0.0.1");
        var url = receiver.UrlFor("rebind.example");

        var check = await rig.Policy.CheckAsync(url.AbsoluteUri, Token);
        var result = await rig.SendAsync(url);

        Assert.True(check.IsAcceptable);
        Assert.Equal(FailureKind.AddressRefused, result.Failure);
        Assert.Equal(0, receiver.Connections);
    }

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

    [Fact]
    public async Task A_redirect_to_a_guarded_address_is_not_followed()
    {
        await using var inside = LoopbackReceiver.StartAt(IPAddress.Parse("127.0.0.8"));
        await using var receiver = LoopbackReceiver.Start(Answer.Status(307, "", ("Location", inside.Url.AbsoluteUri)));
        using var rig = SendingRig.Guarded("127.0.0.1/32");

        Assert.Equal(307, (await rig.SendAsync(receiver.Url)).StatusCode);
        Assert.Equal(0, inside.Connections);
    }
}

using System.Net;
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
}

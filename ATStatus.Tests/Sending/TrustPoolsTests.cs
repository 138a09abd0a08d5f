using ATStatus.Core.Sending;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

public sealed class TrustPoolsTests
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(5);
    private readonly FakeTimeProvider _clock = new();
    private readonly List<ReceiverTrust> _closed = [];

    [Fact]
    public void What_a_form_left_beside_a_rule_makes_no_pool_of_its_own()
    {
        using var pools = Pools();

        Assert.Same(pools.For(ReceiverTrust.System), pools.For(Of(TlsTrust.System, "left over")));
        Assert.Same(pools.For(Of(TlsTrust.Unverified, null)), pools.For(Of(TlsTrust.Unverified, "left over")));
        Assert.NotSame(pools.For(Of(TlsTrust.Pinned, "a")), pools.For(Of(TlsTrust.Pinned, "b")));
        Assert.NotSame(pools.For(Of(TlsTrust.Pinned, "a")), pools.For(Of(TlsTrust.Authority, "a")));
    }

    [Fact]
    public void Pools_that_nobody_has_used_for_a_while_are_closed_when_another_is_opened()
    {
        using var pools = Pools();
        var kept = pools.For(Pin("kept"));
        for (var i = 0; i < 100; i++)
            pools.For(Pin($"tried {i}"));
        Assert.Equal(101, pools.Others);

        _clock.Advance(IdleLimit - TimeSpan.FromSeconds(1));
        Assert.Same(kept, pools.For(Pin("kept")));
        _clock.Advance(TimeSpan.FromSeconds(2));
        pools.For(Pin("new"));

        Assert.Equal(2, pools.Others);
        Assert.Equal(100, _closed.Count);
        Assert.Same(kept, pools.For(Pin("kept")));
    }

    [Fact]
    public void A_rule_has_a_pool_of_its_own_for_new_connections()
    {
        using var pools = Pools();

        Assert.NotSame(pools.For(ReceiverTrust.System), pools.For(ReceiverTrust.System, isFresh: true));
        Assert.NotSame(pools.For(Pin("a")), pools.For(Pin("a"), isFresh: true));
        Assert.Same(pools.For(Pin("a"), isFresh: true), pools.For(Pin("a"), isFresh: true));
    }

    [Fact]
    public void The_end_closes_all()
    {
        var pools = Pools();
        pools.For(ReceiverTrust.System);
        pools.For(Pin("a"));

        pools.Dispose();

        Assert.Equal([Pin("a"), ReceiverTrust.System], _closed);
        Assert.Throws<ObjectDisposedException>(() => pools.For(Pin("a")));
    }

    private static ReceiverTrust Pin(string pem) => Of(TlsTrust.Pinned, pem);

    private static ReceiverTrust Of(TlsTrust trust, string? pem) => ReceiverTrust.Of(new() { TlsTrust = trust, TlsCertificate = pem });

    private TrustPools Pools() => new((trust, _) => new HttpMessageInvoker(new Closing(() => _closed.Add(trust))), IdleLimit, _clock);

    private sealed class Closing(Action closed) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            closed();
            base.Dispose(disposing);
        }
    }
}

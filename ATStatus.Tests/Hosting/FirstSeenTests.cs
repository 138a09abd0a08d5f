using ATStatus.Admin.Hosting.Http;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Hosting;

/// <summary>Warnings about what strangers send: once each, and only so many an hour.</summary>
public sealed class FirstSeenTests
{
    [Fact]
    public void A_full_hour_keeps_nothing_from_the_next_one_and_each_value_is_seen_once()
    {
        var time = new FakeTimeProvider();
        var seen = new FirstSeen(2, time);
        Assert.True(seen.IsFirst("a"));
        Assert.False(seen.IsFirst("A"));
        Assert.True(seen.IsFirst("b"));
        Assert.False(seen.IsFirst("c"));

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(seen.IsFirst("c"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(seen.IsFirst("a"));
        Assert.True(seen.IsFirst("c"));
        Assert.True(seen.IsFirst("d"));
        Assert.False(seen.IsFirst("e"));
    }
}

using ATStatus.Admin.Features.Overview;
using ATStatus.Core.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Features;

public sealed class LiveRefreshTests
{
    private readonly DeliveryFeed _feed = new();
    private readonly FakeTimeProvider _time = new();
    private int _refreshes;

    [Fact]
    public void A_burst_is_one_refresh_and_silence_is_asked_by_the_clock()
    {
        using var live = new LiveRefresh(_feed, _time, Count);

        for (var i = 0; i < 100; i++)
            _feed.Signal();
        Assert.Equal(0, _refreshes);
        _time.Advance(LiveRefresh.Gather);
        Assert.Equal(1, _refreshes);

        _time.Advance(LiveRefresh.Slow);
        Assert.Equal(2, _refreshes);
    }

    [Fact]
    public void A_change_during_a_refresh_brings_one_more_after_it()
    {
        var underWay = new TaskCompletionSource();
        using var live = new LiveRefresh(_feed, _time, () =>
        {
            _refreshes++;
            return underWay.Task;
        });
        _feed.Signal();
        _time.Advance(LiveRefresh.Gather);

        _feed.Signal();
        _time.Advance(LiveRefresh.Slow);
        Assert.Equal(1, _refreshes);
        underWay.SetResult();
        _time.Advance(LiveRefresh.Gather);

        Assert.Equal(2, _refreshes);
    }

    [Fact]
    public void Disposed_it_is_silent()
    {
        var live = new LiveRefresh(_feed, _time, Count);
        _feed.Signal();
        live.Dispose();

        _feed.Signal();
        _time.Advance(LiveRefresh.Slow + LiveRefresh.Slow);

        Assert.Equal(0, _refreshes);
    }

    private Task Count()
    {
        _refreshes++;
        return Task.CompletedTask;
    }
}

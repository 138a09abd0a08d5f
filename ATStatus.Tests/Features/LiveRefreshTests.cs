using ATStatus.Admin.Features;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Features;

public sealed class LiveRefreshTests
{
    private readonly DeliveryFeed _deliveries = new();
    private readonly ChangeFeed _changes = new();
    private readonly FakeTimeProvider _time = new();
    private int _refreshes;

    [Fact]
    public void A_burst_is_one_refresh_and_silence_is_asked_by_the_clock()
    {
        using var live = Gathering(Count);

        for (var i = 0; i < 100; i++)
            (i % 2 == 0 ? (Feed)_deliveries : _changes).Signal();
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
        using var live = Gathering(() =>
        {
            _refreshes++;
            return underWay.Task;
        });
        _changes.Signal();
        _time.Advance(LiveRefresh.Gather);

        _changes.Signal();
        _time.Advance(LiveRefresh.Slow);
        Assert.Equal(1, _refreshes);
        underWay.SetResult();
        _time.Advance(LiveRefresh.Gather);

        Assert.Equal(2, _refreshes);
    }

    [Fact]
    public void A_refresh_that_fails_is_followed_by_others()
    {
        using var live = Gathering(() =>
        {
            _refreshes++;
            throw new InvalidOperationException("The page was left.");
        });

        _changes.Signal();
        _time.Advance(LiveRefresh.Gather);
        _changes.Signal();
        _time.Advance(LiveRefresh.Gather);

        Assert.Equal(2, _refreshes);
    }

    [Fact]
    public async Task Asking_at_once_waits_for_nothing_and_then_for_a_moment()
    {
        using var live = new LiveRefresh(_deliveries, _time, LiveRefresh.Usual, Count);

        _deliveries.Signal();
        await Eventually.TrueAsync(() => Volatile.Read(ref _refreshes) == 1);
        for (var i = 0; i < 100; i++)
            _deliveries.Signal();
        // By the clock it is asked once for all of them, not for each.
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return Volatile.Read(ref _refreshes) == 2;
        });
    }

    [Fact]
    public void Disposed_it_is_silent_and_subscribed_to_nothing()
    {
        var live = Gathering(Count);
        _changes.Signal();
        Assert.True(_changes.HasSubscribers);
        live.Dispose();
        live.Dispose();

        _changes.Signal();
        _time.Advance(LiveRefresh.Slow + LiveRefresh.Slow);

        Assert.Equal(0, _refreshes);
        Assert.False(_changes.HasSubscribers || _deliveries.HasSubscribers);
    }

    private LiveRefresh Gathering(Func<Task> ask) => new([_deliveries, _changes], _time, LiveRefresh.Slow, LiveRefresh.Gather, ask);

    private Task Count()
    {
        Interlocked.Increment(ref _refreshes);
        return Task.CompletedTask;
    }
}

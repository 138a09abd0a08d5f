using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Deliveries;

/// <summary>Who may send at this moment: the same rules for first attempts and for retries, each in their own half-full pool.</summary>
public sealed class ConcurrencyLimiterTests
{
    private static readonly WebhookOptions Options = new() { Workers = 16, SendsPerNotification = 3 };
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrencyLimiter _slots;
    private long _deliveries;

    public ConcurrencyLimiterTests() => _slots = new ConcurrencyLimiter(Options, _time);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Alone_it_has_as_many_as_it_may_and_one_each_once_half_of_the_workers_are_busy(bool isRetry)
    {
        for (var i = 0; i < Options.SendsPerNotification; i++)
            Assert.Null(Take(1, isRetry));
        Assert.Equal(HoldReason.Capacity, Take(1, isRetry));

        var half = Workers(isRetry) / 2;
        var notification = 2;
        for (; _slots.Taken < half; notification++)
            Assert.Null(Take(notification, isRetry));
        Assert.Equal(HoldReason.Capacity, Take(2, isRetry));
        Assert.Equal(HoldReason.Capacity, Take(1, isRetry));
        // A newcomer has its first all the same, and no second.
        Assert.Null(Take(notification, isRetry));
        Assert.Equal(HoldReason.Capacity, Take(notification, isRetry));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_other_pool_may_be_full(bool isRetry)
    {
        for (var i = 0; i < Workers(!isRetry); i++)
            Assert.Null(Take(100 + i, !isRetry));
        for (var i = 0; i < Options.SendsPerNotification; i++)
            Assert.Null(Take(1, isRetry));
        // But its sends of both kinds are counted together.
        Assert.Equal(HoldReason.Capacity, Take(1, isRetry));
        Assert.Equal(HoldReason.Capacity, Take(1, !isRetry));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Those_that_time_out_have_half_of_the_workers(bool isRetry)
    {
        var half = Workers(isRetry) / 2;
        for (var i = 1; i <= half; i++)
            Assert.Null(Take(i, isRetry, timesOut: true));
        Assert.Equal(HoldReason.SlowEndpoints, Take(half + 1, isRetry, timesOut: true));
        Assert.Null(Take(half + 1, isRetry));
    }

    private static int Workers(bool isRetry) => isRetry ? Options.RetryWorkers : Options.Workers;

    private HoldReason? Take(int notification, bool isRetry, bool timesOut = false) =>
        _slots.Take(++_deliveries, notification, timesOut, isRetry);
}

using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Dispatch;

/// <summary>A notification's rate limit, with real workers and a real receiver, by the fake clock: held, nothing lost, in order.</summary>
public sealed class RateLimitDispatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, RatePer.Second, 5)]
    [InlineData(4, RatePer.Second, 14)]
    [InlineData(30, RatePer.Minute, 6)]
    [InlineData(12, RatePer.Second, 30)]
    public async Task No_window_has_more_than_the_limit_and_the_burst_nothing_is_lost_and_the_order_is_kept(int count, RatePer per, int events)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => (o.SendsPerNotification, o.Workers) = (1, 1));
        await AddAsync(rig, receiver, count, per);
        await rig.RaiseAsync(events / 2);
        await rig.IdleAsync();
        var held = (await rig.App.DeliveriesAsync()).Where(d => d.Hold is not null).ToList();
        Assert.NotEmpty(held);
        Assert.All(held, d => Assert.Equal((HoldReason.Rate, 0, DeliveryState.Pending), (d.Hold, d.AttemptCount, d.State)));
        Assert.StartsWith("On hold: rate limit", HoldReason.Rate.DisplayText(), StringComparison.Ordinal);
        // What comes meanwhile queues up behind them, also where the limit would let it through by now.
        rig.App.Time.Advance(TimeSpan.FromSeconds(per == RatePer.Second ? 0.3 : 3));
        await rig.RaiseAsync(events - events / 2);

        await StepAsync(rig, async () => (await rig.App.DeliveriesAsync()).All(d => d.State == DeliveryState.Delivered));

        var rows = await rig.App.DeliveriesAsync();
        Assert.Equal(rows.Select(d => d.RequestId.ToString()), receiver.Requests.Select(r => r.Header("X-Request-ID")!));
        var limit = RateLimit.Of(new() { RateLimit = count, RatePer = per })!;
        AssertWithin(limit, rows.SelectMany(d => d.Attempts).Select(a => a.StartedAt));
    }

    [Fact]
    public async Task Retries_and_redeliveries_count_and_tests_do_not()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var id = await AddAsync(rig, receiver, 1, RatePer.Minute);
        await rig.RaiseAsync(1);
        await receiver.WaitForAsync(1);
        await rig.IdleAsync();
        for (var i = 0; i < 5; i++)
            await rig.App.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.Equal(6, receiver.Requests.Count);

        // The retry falls due after some 55 to 66 s; another first attempt has used the minute before that.
        rig.App.Time.Advance(TimeSpan.FromSeconds(61));
        await rig.RaiseAsync(1);
        await StepAsync(rig, async () => (await rig.App.DeliveriesAsync()).Where(d => !d.IsTest).All(d => d.State == DeliveryState.Delivered), TimeSpan.FromSeconds(5));
        var first = (await rig.App.DeliveriesAsync())[0];
        await rig.App.Get<Core.Recovery.RedeliveryService>().RedeliverAsync(first.Id, Stop);
        await Eventually.TrueAsync(async () => (await rig.App.DeliveriesAsync()).Single(d => d.Id == first.Id).Hold == HoldReason.Rate);
        await StepAsync(rig, async () => (await rig.App.DeliveriesAsync()).All(d => d.State == DeliveryState.Delivered), TimeSpan.FromSeconds(5));

        AssertWithin(
            RateLimit.Of(new() { RateLimit = 1, RatePer = RatePer.Minute })!,
            (await rig.App.DeliveriesAsync()).Where(d => !d.IsTest).SelectMany(d => d.Attempts).Select(a => a.StartedAt));
    }

    [Fact]
    public async Task Taking_the_limit_away_lets_what_waits_go()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var id = await AddAsync(rig, receiver, 1, RatePer.Minute);
        await rig.RaiseAsync(8);
        await rig.IdleAsync();
        var saved = (await rig.App.Get<NotificationQueries>().FindAsync(id, Stop))!;
        await rig.App.Get<NotificationService>().UpdateAsync(id, saved.Version, Input(receiver, new()), Stop);
        await rig.AllDeliveredAsync(8);
    }

    [Fact]
    public async Task Those_without_a_limit_do_not_wait_for_one_that_has_one()
    {
        await using var limited = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var free = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        await AddAsync(rig, limited, 1, RatePer.Minute);
        await rig.App.NotificationAsync(free.Url, name: "Free", events: EventType.ComponentCreated);
        await rig.RaiseAsync(10);
        await free.WaitForAsync(10);
        await rig.IdleAsync();
        Assert.Single(limited.Requests);
    }

    private static async Task StepAsync(DispatchRig rig, Func<Task<bool>> until, TimeSpan? by = null)
    {
        for (var steps = 0; !await until(); steps++)
        {
            Assert.True(steps < 200, "It does not come to an end.");
            await rig.IdleAsync();
            rig.Advance(by ?? TimeSpan.FromMilliseconds(250));
        }
    }

    private static void AssertWithin(RateLimit limit, IEnumerable<DateTime> starts)
    {
        DateTime[] begun = [.. starts.Order()];
        for (var i = 0; i < begun.Length; i++)
            Assert.InRange(begun.Skip(i).TakeWhile(at => at - begun[i] < limit.Span).Count(), 1, limit.Count + limit.Burst);
    }

    private static Task<int> AddAsync(DispatchRig rig, LoopbackReceiver receiver, int count, RatePer per) =>
        rig.App.Get<NotificationService>().CreateAsync(Input(receiver, new() { RateLimit = count, RatePer = per }), Stop);

    private static NotificationInput Input(LoopbackReceiver receiver, SendOptions options) =>
        new("webhook", "Limited", new(receiver.Url.AbsoluteUri) { Options = options }, new([EventType.ComponentCreated]));
}

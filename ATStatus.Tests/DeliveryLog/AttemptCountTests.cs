using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using CsCheck;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.DeliveryLog;

public sealed class AttemptCountTests
{
    private static readonly double[] Shares = [0.5, 0.95, 1];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_percentile_is_within_the_bucket_that_holds_it() => Gen.Int[0, 400_000].List[1, 200].Sample(durations =>
    {
        var counts = new long[DurationBuckets.Count];
        foreach (var duration in durations)
            counts[DurationBuckets.Of(duration)]++;
        var sorted = durations.Order().ToList();
        foreach (var share in Shares)
        {
            var exact = sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
            var estimate = DurationBuckets.Percentile(counts, share)!.Value;
            // The same bucket; its own upper bound belongs to it.
            Assert.Equal(DurationBuckets.Of(exact), DurationBuckets.Of((int)Math.Ceiling(estimate)), tolerance: exact > 300_000 ? 1 : 0);
        }
    });

    [Fact]
    public void Of_nothing_there_is_no_percentile() => Assert.Null(DurationBuckets.Percentile(new long[DurationBuckets.Count], 0.5));

    [Fact]
    public async Task Each_attempt_is_counted_once_however_often_it_counts()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(204));
        await using var app = await CoreApp.StartAsync(configure: o => o.RetryJitter = 0);
        var page = await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        var delivery = await RaiseAsync(app, page.Id);
        await app.RunJobAsync(delivery);
        Assert.Equal((0, 1), await CountedAsync(app, notification));

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobAsync(delivery);
        Assert.Equal((1, 1), await CountedAsync(app, notification));
        Assert.Equal((1, 1), await CountedAsync(app, notification));
    }

    [Fact]
    public async Task Tests_and_cancelled_attempts_do_not_count_and_removed_ones_still_do()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await app.Get<TestSendService>().SendSavedAsync(notification, EventType.ComponentCreated, Stop);
        var delivery = await RaiseAsync(app, page.Id);
        await app.RunJobAsync(delivery);
        await using (var db = app.Open())
        {
            db.DeliveryAttempts.Add(new DeliveryAttempt { DeliveryId = delivery, Number = 2, StartedAt = app.Now, Failure = FailureKind.Cancelled });
            await db.SaveChangesAsync(Stop);
        }
        Assert.Equal((1, 0), await CountedAsync(app, notification));

        await using (var db = app.Open())
            await db.Deliveries.ExecuteDeleteAsync(Stop);
        Assert.Equal((1, 0), await CountedAsync(app, notification));
    }

    [Fact]
    public async Task One_that_a_stop_breaks_off_says_nothing_about_its_receiver()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Stall());
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await RaiseAsync(app, page.Id);
        var run = app.RunEventAsync(Assert.Single(await app.DeliveriesAsync()).EventId);
        await receiver.WaitForAsync(1);

        app.Get<JobStop>().After(TimeSpan.Zero);

        Assert.Equal(new EventOutcome("1 retrying", IsInterrupted: false), await run);
        Assert.Equal(FailureKind.Cancelled, Assert.Single(Assert.Single(await app.DeliveriesAsync()).Attempts).Failure);
        Assert.Equal((0, 0), await CountedAsync(app, notification));
        await using var db = app.Open();
        var health = await db.NotificationHealth.SingleAsync(Stop);
        Assert.Equal((0, null, null), (health.ConsecutiveFailures, health.LastAttemptAt, health.LastFailure));
    }

    [Fact]
    public async Task What_was_recorded_before_is_counted_in_batches_and_a_deleted_notification_is_passed_over()
    {
        await using var app = await CoreApp.StartAsync();
        var (kept, deleted) = (await app.NotificationAsync(new Uri("http://127.0.0.1:9/")), await app.NotificationAsync(new Uri("http://127.0.0.1:9/")));
        await using (var db = app.Open())
        {
            var notifications = await db.Notifications.ToDictionaryAsync(n => n.Id, Stop);
            var storedEvent = new StoredEvent
            {
                Type = EventType.IncidentCreated,
                OccurredAt = app.Now,
                Title = "An incident",
                Payload = [1],
            };
            foreach (var id in new[] { kept, deleted })
            {
                var delivery = Delivery.For(storedEvent, notifications[id], app.Now);
                for (var number = 1; number <= (id == kept ? 5_500 : 10); number++)
                    delivery.Attempts.Add(new DeliveryAttempt { Number = number, StartedAt = app.Now.AddMinutes(-number), DurationMs = number % 300 });
                db.Deliveries.Add(delivery);
            }
            await db.SaveChangesAsync(Stop);
            db.Notifications.Remove(notifications[deleted]);
            await db.SaveChangesAsync(Stop);
        }

        await using (var db = app.Open())
            await db.Checkpoints.ExecuteDeleteAsync(Stop);
        await app.Get<UncountedAttempts>().CountAsync(Stop);
        await app.Get<UncountedAttempts>().CountAsync(Stop);
        var month = await app.Get<NotificationStatistics>().FindAsync(kept, StatisticsPeriod.Month, Stop);
        Assert.Equal(5_500, month.Total.Succeeded);
        Assert.InRange(month.Total.Median!.Value, 130, 170);
        Assert.InRange(month.Total.Percentile95!.Value, 250, 400);
        Assert.Equal(month.Total.Attempts, month.Points.Sum(p => p.Attempts));
        var day = await app.Get<NotificationStatistics>().FindAsync(kept, StatisticsPeriod.Day, Stop);
        // 24 hours that end with the present one, of which nothing but its first minute is over.
        Assert.Equal(23 * 60, day.Total.Attempts);
        Assert.Equal(24, day.Points.Count);
        Assert.All(day.Points.SkipLast(1), point => Assert.Equal(60, point.Attempts));
    }

    [Fact]
    public async Task The_last_error_is_the_last_delivery_that_was_given_up()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(503), ScriptedResponse.Status(204));
        await using var app = await CoreApp.StartAsync(configure: o => o.MaxAttempts = 1);
        var page = await app.SampleDataAsync();
        var notification = await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        Assert.Null((await app.Get<NotificationStatistics>().FindAsync(notification, StatisticsPeriod.Day, Stop)).LastFailed);
        var deliveries = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            deliveries.Add(await RaiseAsync(app, page.Id));
            await app.RunJobAsync(deliveries[i]);
        }

        var found = await app.Get<NotificationStatistics>().FindAsync(notification, StatisticsPeriod.Day, Stop);
        Assert.Equal((deliveries[1], 503, FailureKind.HttpStatus), (found.LastFailed!.DeliveryId, found.LastFailed.StatusCode, found.LastFailed.Failure));
        Assert.Equal(1 / 3d, found.SuccessRate!.Value, precision: 10);
    }

    private static async Task<long> RaiseAsync(CoreApp app, int page)
    {
        await app.Get<Core.StatusPages.ComponentService>().CreateAsync(
            new Core.StatusPages.ComponentInput(page, $"C{Guid.NewGuid():N}", ComponentStatus.Operational), Stop);
        return (await app.DeliveriesAsync())[^1].Id;
    }

    private static async Task<(long Succeeded, long Failed)> CountedAsync(CoreApp app, int notification)
    {
        var found = await app.Get<NotificationStatistics>().FindAsync(notification, StatisticsPeriod.Day, Stop);
        return (found.Total.Succeeded, found.Total.Failed);
    }
}

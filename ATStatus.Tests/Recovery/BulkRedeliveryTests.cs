using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static ATStatus.Tests.Recovery.RecoverySteps;

namespace ATStatus.Tests.Recovery;

/// <summary>Many deliveries, chosen one by one, sent again at once: to a real receiver, and what is left out.</summary>
public sealed class BulkRedeliveryTests
{
    [Fact]
    public async Task Chosen_ones_are_redelivered_whether_they_arrived_or_not_each_with_its_own_bytes()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.MaxAttempts = 1);
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(4);
        await rig.AllDeliveredAsync(4);
        receiver.Script(ScriptedResponse.Status(500));
        await rig.RaiseAsync(4);
        await Eventually.TrueAsync(async () => (await RowsAsync(rig.App)).Count(d => d.State == DeliveryState.Failed) == 4);
        receiver.Script(ScriptedResponse.Status(200));
        var before = receiver.Requests;
        var chosen = (await RowsAsync(rig.App)).Where(d => d.Id % 2 == 0).ToList();

        var progress = new List<BulkResult>();
        var result = await Bulk(rig.App).RunAsync(BulkKind.Redeliver, [.. chosen.Select(d => d.Id)], progress.Add, cancellationToken: Stop);

        Assert.Equal((4, 0, false), (result.Done, result.Refused.Count, result.IsStopped));
        Assert.Equal([1, 2, 3, 4], progress.Select(t => t.Tried));
        await rig.AllDeliveredAsync(6);
        var again = (await receiver.WaitForAsync(before.Count + 4)).Skip(before.Count).ToList();
        Assert.Equal(chosen.Select(d => d.RequestId.ToString()).Order(), again.Select(r => r.Header("X-Request-ID")!).Order());
        Assert.All(again, request => Assert.Equal(
            before.Single(first => first.Header("X-Request-ID") == request.Header("X-Request-ID")).Body, request.Body));
    }

    [Fact]
    public async Task Chosen_ones_are_delivered_afterwards_in_their_order_and_the_others_stay()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => (o.SendsPerNotification, o.MaxAttempts) = (1, 1));
        var id = await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        receiver.Script(ScriptedResponse.Status(500));
        await rig.RaiseAsync(1);
        await Eventually.TrueAsync(async () => (await RowsAsync(rig.App)).Count(d => d.State == DeliveryState.Failed) == 1);
        receiver.Script(ScriptedResponse.Status(200));
        await SkipAsync(rig, id, 30);
        var rows = await RowsAsync(rig.App);
        // Chosen in no order, and more than one batch.
        var chosen = rows.Where(d => d.Id % 3 != 0).Select(d => d.Id).Reverse().ToList();

        var progress = new List<BulkResult>();
        var result = await Bulk(rig.App, batchSize: 8).RunAsync(BulkKind.Recover, chosen, progress.Add, cancellationToken: Stop);

        Assert.Equal((chosen.Count, 0), (result.Done, result.Refused.Count));
        Assert.Equal((chosen.Count + 7) / 8, progress.Count);
        await rig.AllDeliveredAsync(chosen.Count);
        var sent = (await receiver.WaitForAsync(chosen.Count + 1)).Skip(1).Select(r => r.Header("X-Request-ID"));
        Assert.Equal(rows.Where(d => d.Id % 3 != 0).Select(d => d.RequestId.ToString()), sent);
        Assert.All((await RowsAsync(rig.App)).Where(d => d.Id % 3 == 0), d => Assert.Equal(DeliveryState.Skipped, d.State));
    }

    [Theory]
    [InlineData(BulkKind.Redeliver)]
    [InlineData(BulkKind.Recover)]
    public async Task What_cannot_be_sent_is_left_out_and_counted_by_its_reason(BulkKind kind)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var notifications = app.Get<NotificationService>();
        var (on, off, deleted) = (await app.NotificationAsync(receiver.Url), await app.NotificationAsync(receiver.Url), await app.NotificationAsync(receiver.Url));
        var before = (await RowsAsync(app)).Select(d => d.Id).ToHashSet();
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded, cancellationToken: Stop);
        await app.Get<ComponentService>().SetStatusAsync(page.Components[1].Id, ComponentStatus.Degraded, doNotNotify: true, cancellationToken: Stop);
        await AddSkippedAsync(app, on, 2);
        await AddSkippedAsync(app, off, 1);
        await AddSkippedAsync(app, deleted, 1);
        await notifications.SetEnabledAsync(off, false, Stop);
        await notifications.DeleteAsync(deleted, Stop);
        await AddTestAsync(app, on);
        var mine = (await RowsAsync(app)).Where(d => d.NotificationId == on && d.Subject == $"component/{page.Components[0].Id}").Select(d => d.Id).Single();
        await app.RunJobAsync(mine);
        var under = await AddPendingAsync(app, on);
        var ids = (await RowsAsync(app)).Where(d => !before.Contains(d.Id)).Select(d => d.Id).Append(999_999);

        var outlook = await Bulk(app).LookAsync(kind, [.. ids], Stop);

        var rows = await RowsAsync(app);
        Assert.Contains(rows, d => d.Id == under && d.State == DeliveryState.Pending);
        Assert.Equal(1, outlook.Refused[BulkRefusal.Test]);
        Assert.Equal(1, outlook.Refused[BulkRefusal.UnderWay]);
        Assert.Equal(1, outlook.Refused[BulkRefusal.Missing]);
        Assert.Equal(rows.Count(d => d.NotificationId == off), outlook.Refused[BulkRefusal.NotificationOff]);
        Assert.Equal(rows.Count(d => d.NotificationId is null), outlook.Refused[BulkRefusal.NotificationDeleted]);
        Assert.Equal(kind == BulkKind.Recover ? (1, 1) : (0, 0), (outlook.Refused.GetValueOrDefault(BulkRefusal.Arrived), outlook.Refused.GetValueOrDefault(BulkRefusal.DoNotNotify)));
        // The two that were skipped; redelivered can be what arrived and what was kept quiet, too.
        Assert.Equal(kind == BulkKind.Recover ? 2 : 4, outlook.Possible.Count);
    }

    [Theory]
    [InlineData(BulkKind.Redeliver)]
    [InlineData(BulkKind.Recover)]
    public async Task What_somebody_else_was_faster_with_is_refused_and_begins_no_second_round(BulkKind kind)
    {
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(Nowhere);
        await AddSkippedAsync(app, id, 5);
        var outlook = await Bulk(app).LookAsync(kind, [.. (await RowsAsync(app)).Select(d => d.Id)], Stop);
        await app.Get<RedeliveryService>().RedeliverAsync(outlook.Possible[1], Stop);

        var result = await Bulk(app).RunAsync(kind, outlook.Possible, cancellationToken: Stop);

        Assert.Equal(4, result.Done);
        Assert.Equal(1, Assert.Single(result.Refused).Value);
        Assert.All(await RowsAsync(app), d => Assert.Equal((DeliveryState.Pending, 1), (d.State, d.Version)));
    }

    [Fact]
    public async Task Two_people_who_deliver_the_same_afterwards_do_it_once()
    {
        var database = TestDatabase.Sqlite();
        await using var first = await CoreApp.StartAsync(database, keepDatabase: true);
        await using var second = await CoreApp.StartAsync(database);
        var id = await first.NotificationAsync(Nowhere);
        await AddSkippedAsync(first, id, 60);
        var ids = (await RowsAsync(first)).Select(d => d.Id).ToList();

        var results = await Task.WhenAll(
            Bulk(first, batchSize: 5).RunAsync(BulkKind.Recover, ids, cancellationToken: Stop), Bulk(second, batchSize: 5).RunAsync(BulkKind.Recover, ids, cancellationToken: Stop));

        Assert.Equal(60, results.Sum(r => r.Done));
        Assert.All(await RowsAsync(first), d => Assert.Equal((DeliveryState.Pending, 1), (d.State, d.Version)));
    }

    [Theory]
    [InlineData(BulkKind.Redeliver)]
    [InlineData(BulkKind.Recover)]
    public async Task Stopped_it_ends_after_what_is_under_way(BulkKind kind)
    {
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(Nowhere);
        await AddSkippedAsync(app, id, 9);
        using var stop = new CancellationTokenSource();

        var result = await Bulk(app, batchSize: 2).RunAsync(
            kind, [.. (await RowsAsync(app)).Select(d => d.Id)], progress => { if (progress.Done >= 2) stop.Cancel(); }, cancellationToken: stop.Token);

        Assert.Equal((2, true), (result.Done, result.IsStopped));
        Assert.Equal(2, (await RowsAsync(app)).Count(d => d.State == DeliveryState.Pending));
    }

    private static BulkRedelivery Bulk(CoreApp app, int batchSize = 100) => new(
        app.Get<IDbContextFactory<Core.Persistence.AtStatusDbContext>>(), app.Get<RedeliveryService>(),
        app.Get<JobHandOver>(), app.Get<IDispatchSignals>(), app.Get<DeliveryFeed>(), app.Time)
    { BatchSize = batchSize };

    /// <summary>What is raised while it is off.</summary>
    private static async Task SkipAsync(DispatchRig rig, int notification, int count)
    {
        var notifications = rig.App.Get<NotificationService>();
        await notifications.SetEnabledAsync(notification, false, Stop);
        await rig.RaiseAsync(count);
        await notifications.SetEnabledAsync(notification, true, Stop);
    }

    private static async Task AddTestAsync(CoreApp app, int notification)
    {
        await using var db = app.Open();
        var test = NewEvent(app);
        test.IsTest = true;
        var delivery = Delivery.ForTest(test, notification, "Test", "webhook", "url", null, app.Now);
        delivery.Claim(Guid.NewGuid(), app.Now, TimeSpan.FromMinutes(1), null);
        delivery.Abandon(app.Now);
        db.Deliveries.Add(delivery);
        await db.SaveChangesAsync(Stop);
    }

    private static async Task<long> AddPendingAsync(CoreApp app, int notification)
    {
        await using var db = app.Open();
        var to = await db.Notifications.SingleAsync(n => n.Id == notification, Stop);
        var delivery = Delivery.For(NewEvent(app), to, app.Now, HoldReason.Capacity);
        db.Deliveries.Add(delivery);
        await db.SaveChangesAsync(Stop);
        return delivery.Id;
    }
}

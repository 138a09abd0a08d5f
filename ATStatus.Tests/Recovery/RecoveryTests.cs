using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static ATStatus.Tests.Recovery.RecoverySteps;

namespace ATStatus.Tests.Recovery;

/// <summary>Resending what a notification missed: how it goes, and what interrupts it.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task What_was_skipped_while_it_was_off_arrives_once_in_the_order_in_which_it_happened()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.SendsPerNotification = 1);
        var id = await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        var notifications = rig.App.Get<NotificationService>();
        await notifications.SetEnabledAsync(id, false, Stop);
        await rig.RaiseAsync(Batch * 2 + 5);
        var off = (await rig.App.Get<RecoveryQueries>().FindAsync(id, Stop))!.DisabledAt!.Value;
        await notifications.SetEnabledAsync(id, true, Stop);

        await rig.App.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, off), Ada, Stop);
        await RunToEndAsync(rig.App, TimeSpan.FromSeconds(60));
        await rig.AllDeliveredAsync(Batch * 2 + 5);

        var saved = (await rig.App.DeliveriesAsync()).Select(d => d.RequestId.ToString());
        Assert.Equal(saved, receiver.Requests.Select(r => r.Header("X-Request-ID")));
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.Equal(AttemptTrigger.Redelivery, Assert.Single(d.Attempts).Trigger));
    }

    [Fact]
    public async Task In_order_nothing_that_happens_meanwhile_overtakes()
    {
        await using var app = await CoreApp.StartAsync(configure: o => o.SendsPerNotification = 1);
        var page = await app.SampleDataAsync();
        var id = await app.Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Ordered", new(Nowhere.AbsoluteUri), new(EventTypes.All) { InOrder = true }), Stop);
        await AddSkippedAsync(app, id, Batch * 3, page.Components[0].Id);
        await app.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, app.Now.AddHours(-1)), Ada, Stop);
        await RunToEndAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded, cancellationToken: Stop);

        // No worker runs here: all of it is held, and the newer one of the same component has no job before the older ones.
        await Eventually.TrueAsync(() => app.Enqueued(QueueNames.Own) == 1);
        var rows = await RowsAsync(app);
        Assert.All(rows, d => Assert.NotNull(d.Hold));
        await app.RunJobAsync(rows[^1].Id);
        Assert.Equal(HoldReason.Order, (await RowsAsync(app))[^1].Hold);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_stopped_and_repeats_none()
    {
        var database = TestDatabase.Sqlite();
        const int count = Batch * 3 + 7;
        int id;
        await using (var before = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            id = await before.NotificationAsync(Nowhere);
            await AddSkippedAsync(before, id, count);
            await before.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, before.Now), Ada, Stop);
            await Runner(before).StepAsync(Stop);
            Assert.Equal(Batch, (await before.Get<RecoveryQueries>().FindAsync(id, Stop))!.Running!.Reopened);
        }
        await using var after = await CoreApp.StartAsync(database);
        // Those of the first batch have arrived or failed meanwhile: they must not begin once more.
        await using (var db = after.Open())
        {
            await db.Deliveries.Where(d => d.Hold != null).ExecuteUpdateAsync(row => row
                .SetProperty(d => d.State, DeliveryState.Failed).SetProperty(d => d.Hold, (HoldReason?)null)
                .SetProperty(d => d.DueAt, (DateTime?)null).SetProperty(d => d.SettledAt, after.Now), Stop);
        }
        await RunToEndAsync(after, release: true);

        var rows = await RowsAsync(after);
        Assert.Equal(Batch, rows.Count(d => d.State == DeliveryState.Failed));
        Assert.Equal(count - Batch, rows.Count(d => d.State == DeliveryState.Pending));
        // One version for each time it was written: by the runner, and of the later ones by nobody else.
        Assert.All(rows, d => Assert.Equal(1, d.Version));
        Assert.Equal(count, (await after.Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries[0].Reopened);
    }

    [Fact]
    public async Task One_that_another_instance_began_at_the_same_moment_is_refused_as_if_it_ran_already()
    {
        var rival = new Rival();
        await using var app = await CoreApp.StartAsync(more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(o => o.AddInterceptors(rival)));
        rival.Open = app.Open;
        var id = await app.NotificationAsync(Nowhere);
        await AddSkippedAsync(app, id, 3);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(
            () => app.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, app.Now), Ada, Stop));
        Assert.Contains("already", refused.Message, StringComparison.Ordinal);
        Assert.Equal("rival", Assert.Single((await app.Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries).RequestedBy);

        // Once that has ended, another may begin.
        await app.Get<RecoveryService>().CancelAsync((await app.Get<RecoveryQueries>().FindAsync(id, Stop))!.Running!.Id, Stop);
        await app.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, app.Now), Ada, Stop);
    }

    /// <summary>Another instance, which begins between the question whether something runs and the insert.</summary>
    private sealed class Rival : DbConnectionInterceptor
    {
        private bool _hasBegun;

        public Func<AtStatusDbContext>? Open { get; set; }

        // For the save's transaction: before it, because SQLite has one writer at a time.
        public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (!_hasBegun && eventData.Context!.ChangeTracker.Entries<RecoveryRun>().SingleOrDefault(e => e.State == EntityState.Added) is { } mine)
            {
                _hasBegun = true;
                await using var db = Open!();
                db.Recoveries.Add(new RecoveryRun
                {
                    NotificationId = mine.Entity.NotificationId,
                    Since = mine.Entity.Since,
                    RequestedAt = mine.Entity.RequestedAt,
                    RequestedBy = "rival",
                });
                await db.SaveChangesAsync(cancellationToken);
            }
            return result;
        }
    }

    [Fact]
    public async Task Two_instances_do_it_once()
    {
        var database = TestDatabase.Sqlite();
        await using var first = await CoreApp.StartAsync(database, keepDatabase: true);
        await using var second = await CoreApp.StartAsync(database);
        const int count = Batch * 4;
        var id = await first.Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Ordered", new(Nowhere.AbsoluteUri), new(EventTypes.All) { InOrder = true }), Stop);
        await AddSkippedAsync(first, id, count);
        await first.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, first.Now), Ada, Stop);
        await Assert.ThrowsAsync<IllegalTransitionException>(
            () => second.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, first.Now), Ada, Stop));

        await Task.WhenAll(RunToEndAsync(first), RunToEndAsync(second));

        Assert.All(await RowsAsync(first), d => Assert.Equal((DeliveryState.Pending, 1), (d.State, d.Version)));
        Assert.Equal(count, (await first.Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries[0].Reopened);
    }

    [Fact]
    public async Task Of_20000_few_wait_at_a_time_and_what_happens_meanwhile_does_not_wait_behind_them()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(TimeSpan.FromMilliseconds(20)));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var id = await rig.App.NotificationAsync(receiver.Url);
        await AddSkippedAsync(rig.App, id, 20_000);
        await rig.App.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, rig.App.Now.AddHours(-1)), Ada, Stop);
        for (var i = 0; i < 20; i++)
            await Runner(rig.App).StepAsync(Stop);
        await receiver.WaitForAsync(20);

        await using (var db = rig.App.Open())
        {
            Assert.InRange(await db.Deliveries.CountAsync(d => d.Hold != null, Stop), 1, Batch * 2);
            Assert.InRange(await db.Deliveries.CountAsync(d => d.State == DeliveryState.Skipped, Stop), 15_000, 20_000 - Batch);
        }
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        Assert.InRange(jobs.EnqueuedCount(QueueNames.Own) + jobs.ScheduledCount() + jobs.ProcessingCount(), 0, 8);

        rig.App.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.App.Get<ComponentService>().SetStatusAsync(rig.Page.Components[0].Id, ComponentStatus.Degraded, cancellationToken: Stop);
        var begun = receiver.Requests.Count;
        await Eventually.TrueAsync(
            async () =>
            {
                await Runner(rig.App).StepAsync(Stop);
                return receiver.Requests.Any(r => r.Header("X-Webhook-Event") == "component.status_changed");
            },
            TimeSpan.FromSeconds(60));
        Assert.InRange(receiver.Requests.Count - begun, 1, Batch * 3);
    }

    [Fact]
    public async Task Switching_it_off_ends_it_and_stopping_it_leaves_the_rest()
    {
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(Nowhere);
        await AddSkippedAsync(app, id, Batch * 2);
        var service = app.Get<RecoveryService>();
        var request = new RecoveryRequest(id, app.Now.AddHours(-1));

        var stopped = await service.BeginAsync(request, Ada, Stop);
        await Runner(app).StepAsync(Stop);
        await service.CancelAsync(stopped, Stop);
        await RunToEndAsync(app);
        Assert.Equal(Batch, (await RowsAsync(app)).Count(d => d.State == DeliveryState.Skipped));

        await service.BeginAsync(request, Ada, Stop);
        await app.Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        await RunToEndAsync(app);
        // What waited is skipped again, so that nothing is lost: the next time it is all counted.
        await Eventually.TrueAsync(async () => (await service.CountAsync(request, Stop)).Skipped == Batch * 2);
        var recoveries = (await app.Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries;
        Assert.All(recoveries, r => Assert.True(r is { IsCancelled: true, FinishedAt: not null }));
        Assert.Equal([0, Batch], recoveries.Select(r => r.Reopened));
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => service.BeginAsync(request, Ada, Stop));
        Assert.Contains("switched off", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_in_words()
    {
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(Nowhere);
        var service = app.Get<RecoveryService>();

        var ahead = await Assert.ThrowsAsync<InvalidInputException>(() => service.CountAsync(new RecoveryRequest(id, app.Now.AddMinutes(1)), Stop));
        Assert.Equal("Choose a moment that has passed.", ahead.Errors[nameof(RecoveryRequest.Since)]);
        var neither = await Assert.ThrowsAsync<InvalidInputException>(() => service.BeginAsync(new RecoveryRequest(id, app.Now, false, false), Ada, Stop));
        Assert.Equal("Choose what to resend.", neither.Errors[nameof(RecoveryRequest.Failed)]);
        var nothing = await Assert.ThrowsAsync<IllegalTransitionException>(() => service.BeginAsync(new RecoveryRequest(id, app.Now), Ada, Stop));
        Assert.Equal("Nothing failed or was skipped since then.", nothing.Message);
        await Assert.ThrowsAsync<NotFoundException>(() => service.BeginAsync(new RecoveryRequest(id + 1, app.Now), Ada, Stop));
    }

    [Fact]
    public async Task A_deleted_notification_takes_its_recovery_with_it()
    {
        await using var app = await CoreApp.StartAsync();
        var id = await app.NotificationAsync(Nowhere);
        await AddSkippedAsync(app, id, Batch * 2);
        await app.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, app.Now.AddHours(-1)), Ada, Stop);
        await Runner(app).StepAsync(Stop);
        await app.Get<NotificationService>().DeleteAsync(id, Stop);
        Assert.False(await Runner(app).StepAsync(Stop));
        Assert.All(await RowsAsync(app), d => Assert.Equal(DeliveryState.Skipped, d.State));
    }

    [Fact]
    public async Task The_dashboard_does_not_go_on_showing_as_failed_what_was_delivered_afterwards()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.MaxAttempts = 1);
        var id = await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.FailedCount() == 1);

        await rig.App.Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, rig.App.Now.AddHours(-1)), Ada, Stop);
        await RunToEndAsync(rig.App);
        await rig.AllDeliveredAsync(1);
        Assert.Equal(0, jobs.FailedCount());
        Assert.Equal([AttemptTrigger.Event, AttemptTrigger.Redelivery], (await rig.App.DeliveriesAsync())[0].Attempts.Select(a => a.Trigger));
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static ATStatus.Tests.Recovery.RecoverySteps;

namespace ATStatus.Tests.Recovery;

/// <summary>Which deliveries can be resent, all together or one by one.</summary>
public sealed class RecoveryDeliveriesTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Of_all_states_and_causes_only_what_was_missed_since_then_begins_anew(bool failed, bool skipped)
    {
        await using var app = await CoreApp.StartAsync();
        var (id, other) = (await app.NotificationAsync(Nowhere), await app.NotificationAsync(Nowhere, name: "Other"));
        var since = app.Now;
        var expected = await AddOneOfEachAsync(app, id, other, failed, skipped);
        var request = new RecoveryRequest(id, since, failed, skipped);

        var count = await app.Get<RecoveryService>().CountAsync(request, Stop);
        Assert.Equal((failed ? 2 : 0, skipped ? 2 : 0), (count.Failed, count.Skipped));
        Assert.Equal(since.AddMinutes(-30), count.Oldest);
        var before = await RowsAsync(app);
        await app.Get<RecoveryService>().BeginAsync(request, Ada, Stop);
        await RunToEndAsync(app);

        var now = app.Now;
        foreach (var (row, after) in before.Zip(await RowsAsync(app)))
        {
            // What the state machine makes of it is what the statement must have made of it.
            if (expected.Contains(row.Id))
            {
                row.Requeue(now);
                row.HoldBack(HoldReason.Order);
                row.Version++;
            }
            Assert.Equal(Columns(app, row), Columns(app, after));
        }
        var recovery = Assert.Single((await app.Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries);
        Assert.Equal((expected.Count, expected.Count, false, Ada.Name), (recovery.Total, recovery.Reopened, recovery.IsCancelled, recovery.RequestedBy));
    }

    [Theory]
    [InlineData(SkipCause.NotificationOff)]
    [InlineData(SkipCause.DoNotNotify)]
    public async Task A_single_one_that_was_skipped_for_whatever_reason_can_be_redelivered_by_hand(SkipCause cause)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        var id = await rig.App.NotificationAsync(receiver.Url);
        await rig.App.Get<NotificationService>().SetEnabledAsync(id, cause != SkipCause.NotificationOff, Stop);
        await rig.App.Get<IncidentService>().CreateAsync(
            new IncidentInput(rig.Page.Id, "Down", IncidentSeverity.Minor, IncidentStatus.Investigating, "m", []) { DoNotNotify = cause == SkipCause.DoNotNotify }, Ada, Stop);
        await rig.App.Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        var skipped = Assert.Single(await rig.App.DeliveriesAsync());
        Assert.Equal(cause, skipped.SkipCause);

        await rig.App.Get<RedeliveryService>().RedeliverAsync(skipped.Id, Stop);
        await rig.AllDeliveredAsync(1);
        Assert.Equal(skipped.RequestId.ToString(), Assert.Single(receiver.Requests).Header("X-Request-ID"));
        Assert.Null((await rig.App.DeliveriesAsync())[0].SkipCause);
    }

    private static string Columns(CoreApp app, Delivery delivery)
    {
        using var db = app.Open();
        return string.Join(", ", db.Entry(delivery).Properties.Select(p => $"{p.Metadata.Name}={p.CurrentValue}"));
    }

    /// <summary>A row for each state and cause, of this notification, another and a deleted one, before the moment and after it. Returns the missed ones.</summary>
    private static async Task<HashSet<long>> AddOneOfEachAsync(CoreApp app, int id, int other, bool failed, bool skipped)
    {
        await using var db = app.Open();
        var notifications = await db.Notifications.AsNoTracking().ToDictionaryAsync(n => n.Id, Stop);
        var storedEvent = NewEvent(app);
        var (then, now) = (app.Now.AddMinutes(-30), app.Now);
        var recoverable = new List<Delivery>();
        var options = app.Get<WebhookOptions>();
        Delivery Add(Action<Delivery> become, bool isRecoverable = false, int? of = -1, DateTime? at = null)
        {
            var delivery = Delivery.For(storedEvent, notifications[of is -1 or null ? id : of.Value], at ?? now);
            become(delivery);
            if (of is null)
                delivery.NotificationId = null;
            db.Deliveries.Add(delivery);
            if (isRecoverable)
                recoverable.Add(delivery);
            return delivery;
        }
        Action<Delivery> End(SendVerdict verdict, DateTime? at = null) => d =>
        {
            d.Claim(Guid.NewGuid(), at ?? now, options.Timeout, null);
            d.Record(Result(verdict, at ?? now), at ?? now, 1, _ => TimeSpan.Zero);
        };
        Action<Delivery> Skip(SkipCause cause, DateTime? at = null) => d => d.Skip(at ?? now, cause, "because");

        Add(_ => { });
        Add(d => d.HoldBack(HoldReason.Circuit));
        Add(d => d.Claim(Guid.NewGuid(), now, options.Timeout, "1"));
        Add(d => { d.Claim(Guid.NewGuid(), now, options.Timeout, null); d.Record(Result(SendVerdict.Retry, now), now, 3, _ => TimeSpan.FromHours(1)); });
        Add(End(SendVerdict.Delivered));
        // Recorded before the moment, failed after it.
        Add(End(SendVerdict.Retry), failed, at: then);
        Add(End(SendVerdict.Gone), failed);
        Add(End(SendVerdict.Retry, then), at: then);
        // It waited when it was switched off.
        Add(Skip(SkipCause.NotificationOff), skipped, at: then);
        Add(Skip(SkipCause.NotificationOff), skipped);
        Add(Skip(SkipCause.NotificationOff, then), at: then);
        Add(Skip(SkipCause.DoNotNotify));
        Add(Skip(SkipCause.NotificationDeleted), of: null);
        Add(Skip(SkipCause.TestNotSent)).IsTest = true;
        Add(End(SendVerdict.Gone)).IsTest = true;
        Add(End(SendVerdict.Gone), of: other);
        Add(Skip(SkipCause.NotificationOff), of: other);
        Add(End(SendVerdict.Gone), of: null);
        await db.SaveChangesAsync(Stop);
        return [.. recoverable.Select(d => d.Id)];
    }

    private static SendResult Result(SendVerdict verdict, DateTime at) => new()
    {
        StartedAt = new DateTimeOffset(at),
        Duration = TimeSpan.Zero,
        Failure = verdict == SendVerdict.Delivered ? null : FailureKind.HttpStatus,
        StatusCode = verdict switch
        {
            SendVerdict.Delivered => 200,
            SendVerdict.Gone => 410,
            _ => 500,
        },
    };
}

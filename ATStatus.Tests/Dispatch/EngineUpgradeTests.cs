using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ATStatus.Tests.Dispatch;

/// <summary>What an earlier version has left waiting, with a job for each delivery, is sent by this one.</summary>
public sealed class EngineUpgradeTests
{
    private const int Pending = 1_000;
    private const int Held = 200;
    private const int Sending = 50;
    private const int Scheduled = 50;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_of_what_an_earlier_version_left_arrives_and_each_attempt_is_counted_once()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var old = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            await old.SampleDataAsync();
            for (var i = 0; i < 5; i++)
                await old.NotificationAsync(receiver.Url, name: $"Receiver {i}", events: EventType.ComponentCreated);
            await using var db = old.Open();
            await db.GetService<IMigrator>().MigrateAsync("DeletedNotifications", Stop);
            await db.Database.ExecuteSqlRawAsync(Rows(), Stop);
        }

        await using var rig = await DispatchRig.StartAsync(o => o.RetryJitter = 0, database);
        await rig.App.Get<UncountedAttempts>().StartAsync(Stop);
        await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
        await Eventually.TrueAsync(async () =>
        {
            rig.Advance(TimeSpan.FromSeconds(1));
            await rig.App.Get<Sweeper>().SweepAsync(firstOfProcess: true, Stop);
            await using var db = rig.App.Open();
            return !await db.Deliveries.AnyAsync(d => d.State != DeliveryState.Delivered, Stop);
        }, TimeSpan.FromMinutes(2));

        var requests = receiver.Requests.Select(r => r.Header("X-Request-ID")!).ToList();
        Assert.Equal(Pending + Held + Sending + Scheduled, requests.Distinct().Count());
        Assert.InRange(requests.Count - requests.Distinct().Count(), 0, Sending);
        await using var after = rig.App.Open();
        Assert.Equal(
            await after.DeliveryAttempts.CountAsync(a => a.Failure != Core.Sending.FailureKind.Cancelled, Stop), await after.HourlyAttemptCounts.SumAsync(h => h.Count, Stop));
        Assert.Equal(Sending, await after.DeliveryAttempts.CountAsync(a => a.Failure == Core.Sending.FailureKind.Cancelled, Stop));
    }

    [Fact]
    public async Task A_job_that_an_earlier_version_stored_runs_as_a_delivery_s_own()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(_ => { });
        await rig.App.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await rig.AllDeliveredAsync(1);
        // As it stands in the storage: the type, its method, and one number.
        var stored = new InvocationData(
            "ATStatus.Core.Deliveries.DeliveryJob, ATStatus.Core", "RunAsync", """["System.Int64, System.Private.CoreLib"]""", """["1"]""").DeserializeJob();
        Assert.Equal(typeof(DeliveryJob), stored.Type);
        await using (var db = rig.App.Open())
        {
            DateTime? now = rig.App.Now;
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.State, DeliveryState.Pending).SetProperty(d => d.DueAt, now).SetProperty(d => d.SettledAt, (DateTime?)null), Stop);
        }
        rig.App.Get<IBackgroundJobClient>().Create(stored, new EnqueuedState("deliveries"));
        await rig.AllDeliveredAsync(1);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public void What_an_earlier_version_reads_in_storage_and_rows_keeps_its_name_and_its_queues_hold_no_event()
    {
        Assert.Equal(("deliveries", "retries", "atstatus:live-deliveries"), (QueueNames.Own, QueueNames.Retries, QueueNames.LiveJobs));
        Assert.Equal("5:job", QueueNames.LiveJob(5, "job"));
        Assert.DoesNotContain(QueueNames.Events, new[] { QueueNames.Own, QueueNames.Retries });
        Assert.NotEqual(QueueNames.LiveJobs, QueueNames.LiveEvents);
        Assert.NotEqual(typeof(DeliveryJob), typeof(EventJob));
        Assert.Superset(new HashSet<string> { "Capacity", "Circuit", "Order", "SlowEndpoints", "Paused" }, Enum.GetNames<HoldReason>().ToHashSet());
    }

    /// <summary>Rows as the earlier version wrote them: it had no column for what has a job of its own, and none for a save's number.</summary>
    private static string Rows() => $"""
        INSERT INTO Events (Id, Type, OccurredAt, StatusPageId, SubjectId, Title, TitleFolded, Payload, IsTest)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {(Pending + Held + Sending + Scheduled) / 5})
        SELECT i, 'ComponentCreated', '2026-01-14 11:59:00', 1, i, 'Part ' || i, 'part ' || i, X'7B7D', 0 FROM n;
        INSERT INTO Deliveries (Id, EventId, NotificationId, NotificationName, Kind, RequestId, State, Hold, IsTest, EventType, Subject, CreatedAt, DueAt, AttemptCount,
            RoundAttempts, IsRedelivery, LeaseId, LeasedAt, LeaseUntil, LastFailure, LastStatusCode, Version)
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {Pending + Held + Sending + Scheduled - 1}),
            s(i, state) AS (SELECT i, CASE WHEN i < {Pending + Held} THEN 'Pending' WHEN i < {Pending + Held + Sending} THEN 'Sending' ELSE 'Retrying' END FROM n)
        SELECT i + 1, 1 + i / 5, 1 + i % 5, 'Receiver', 'webhook',
            upper(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
            state, CASE WHEN state = 'Pending' AND i >= {Pending} THEN 'Capacity' END, 0, 'ComponentCreated', 'component/' || (1 + i / 5),
            '2026-01-14 11:59:00', CASE state WHEN 'Retrying' THEN '2026-01-14 12:00:03' ELSE '2026-01-14 11:59:00' END,
            state <> 'Pending', state = 'Retrying', 0,
            CASE state WHEN 'Sending' THEN '5F0C7C0E-7D2B-4A53-9A3C-0F8F3A1B2C3D' END, CASE state WHEN 'Sending' THEN '2026-01-14 11:59:01' END,
            CASE state WHEN 'Sending' THEN '2026-01-14 11:59:41' END, CASE state WHEN 'Retrying' THEN 'HttpStatus' END, CASE state WHEN 'Retrying' THEN 503 END, 1 FROM s;
        INSERT INTO DeliveryAttempts (DeliveryId, Number, Trigger, StartedAt, DurationMs, Failure, StatusCode, RequestHeaders, ResponseHeaders, ResponseBodyTruncated)
        SELECT Id, 1, 'Event', '2026-01-14 11:59:01', 12, 'HttpStatus', 503, '', '', 0 FROM Deliveries WHERE State = 'Retrying';
        DELETE FROM Bookmarks WHERE Name = 'AttemptHours';
        INSERT INTO Bookmarks (Name, Value) SELECT 'AttemptHours', max(Id) - 20 FROM DeliveryAttempts;
        INSERT INTO AttemptHours (NotificationId, Hour, IsFailure, Bucket, Count)
        SELECT d.NotificationId, '2026-01-14 11:00:00', 1, 0, count(*) FROM DeliveryAttempts a JOIN Deliveries d ON d.Id = a.DeliveryId
            WHERE a.Id <= (SELECT Value FROM Bookmarks WHERE Name = 'AttemptHours') GROUP BY d.NotificationId;
        """;
}

using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Dispatch;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Deliveries;

/// <summary>What an event's job claims and when, what each claim looks at once more, and what leaves the job.</summary>
public sealed class EventClaimTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_claimed_is_in_flight_and_all_else_is_pending()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var rig = await DispatchRig.StartAsync(o => (o.Workers, o.Timeout) = (3, TimeSpan.FromMinutes(2)));
        for (var i = 0; i < 10; i++)
            await rig.App.NotificationAsync(receiver.Url, name: $"Receiver {i}", events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await receiver.WaitForAsync(3);

        var rows = (await rig.App.DeliveriesAsync()).ToLookup(d => d.State);
        Assert.Equal(receiver.Requests.Select(r => r.Header("X-Request-ID")).Order(), rows[DeliveryState.Sending].Select(d => d.RequestId.ToString()).Order());
        Assert.Equal(7, rows[DeliveryState.Pending].Count());
        Assert.All(rows[DeliveryState.Pending], d => Assert.True(d.IsForEventJob));
        answer.SetResult();
        await rig.AllDeliveredAsync(10);
        Assert.Equal(3, receiver.MostAtOnce);
    }

    [Fact]
    public async Task Each_claim_looks_again_at_circuit_slowness_order_and_destination()
    {
        await using var old = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var renewed = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var ids = new Dictionary<string, int>();
        foreach (var name in new[] { "Circuit", "Timed out", "Measured slow", "In order", "Moved" })
            ids[name] = await app.NotificationAsync(old.Url, name: name, events: EventType.ComponentCreated);
        var eventId = await RaiseAsync(app, page);

        await using (var db = app.Open())
        {
            DateTime? later = app.Now.AddHours(1);
            await db.NotificationHealth.Where(h => h.NotificationId == ids["Circuit"])
                .ExecuteUpdateAsync(row => row.SetProperty(h => h.OpenedAt, app.Now).SetProperty(h => h.NextProbeAt, later), Stop);
            await db.NotificationHealth.Where(h => h.NotificationId == ids["Timed out"]).ExecuteUpdateAsync(row => row.SetProperty(h => h.LastTimedOut, true), Stop);
        }
        Assert.Null(app.Get<ConcurrencyLimiter>().TryTakeOwn(4711, ids["Measured slow"], isSlow: false, isProbe: false));
        app.Get<ConcurrencyLimiter>().LeaveOwn(4711, TimeSpan.FromSeconds(5));
        await EditAsync(app, ids["In order"], old.Url, inOrder: true);
        await EditAsync(app, ids["Moved"], renewed.Url, inOrder: false);

        Assert.Equal(new EventOutcome("1 delivered, 4 held", IsInterrupted: false), await app.RunEventAsync(eventId));
        Assert.Equal(
            [("Circuit", HoldReason.Circuit), ("Timed out", HoldReason.SlowEndpoints), ("Measured slow", HoldReason.SlowEndpoints), ("In order", HoldReason.Order), ("Moved", (HoldReason?)null)],
            (await app.DeliveriesAsync()).Select(d => (d.NotificationName, d.Hold)));
        Assert.Empty(old.Requests);
        Assert.Single(renewed.Requests);
    }

    [Fact]
    public async Task What_is_held_at_the_save_is_what_is_paused_fails_or_is_slow_and_never_for_want_of_capacity()
    {
        await using var app = await CoreApp.StartAsync(configure: o => (o.Workers, o.SendsPerNotification) = (1, 1));
        var page = await app.SampleDataAsync();
        var circuit = await app.NotificationAsync(Nowhere, name: "Circuit", events: EventType.ComponentCreated);
        var timedOut = await app.NotificationAsync(Nowhere, name: "Timed out", events: EventType.ComponentCreated);
        var measured = await app.NotificationAsync(Nowhere, name: "Measured slow", events: EventType.ComponentCreated);
        await app.NotificationAsync(Nowhere, name: "Healthy", events: EventType.ComponentCreated);
        await using (var db = app.Open())
        {
            await db.NotificationHealth.Where(h => h.NotificationId == circuit)
                .ExecuteUpdateAsync(row => row.SetProperty(h => h.OpenedAt, app.Now).SetProperty(h => h.NextProbeAt, app.Now.AddHours(1)), Stop);
            await db.NotificationHealth.Where(h => h.NotificationId == timedOut).ExecuteUpdateAsync(row => row.SetProperty(h => h.LastTimedOut, true), Stop);
        }
        Assert.Null(app.Get<ConcurrencyLimiter>().TryTakeOwn(4711, measured, isSlow: false, isProbe: false));
        app.Get<ConcurrencyLimiter>().LeaveOwn(4711, TimeSpan.FromSeconds(5));

        for (var i = 0; i < 5; i++)
            await RaiseAsync(app, page, i);
        var held = (await app.DeliveriesAsync()).ToLookup(d => d.NotificationName, d => (d.Hold, d.IsOwn));
        Assert.All(held["Circuit"], d => Assert.Equal((HoldReason.Circuit, true), d));
        Assert.All(held["Timed out"].Concat(held["Measured slow"]), d => Assert.Equal((HoldReason.SlowEndpoints, true), d));
        Assert.All(held["Healthy"], d => Assert.Equal((null, false), d));

        await app.Get<Core.Dispatch.SendingPauseService>().PauseAsync(new Actor("op"), Stop);
        await RaiseAsync(app, page, 5);
        Assert.All((await app.DeliveriesAsync()).TakeLast(4), d => Assert.Equal((HoldReason.Paused, true), (d.Hold, d.IsOwn)));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public async Task A_claim_whose_send_has_not_begun_after_ten_seconds_is_given_back(int seconds)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var standstill = new Standstill();
        await using var app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(standstill)));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        var eventId = await RaiseAsync(app, page);

        standstill.Next = () => app.Time.Advance(TimeSpan.FromSeconds(seconds));
        await app.RunEventAsync(eventId);
        await app.Get<EventRuns>().WaitAsync(Stop);

        var row = Assert.Single(await app.DeliveriesAsync());
        Assert.Equal(seconds < 10 ? (DeliveryState.Delivered, 1) : (DeliveryState.Pending, 0), (row.State, row.AttemptCount));
        Assert.Equal((seconds > 10, (Guid?)null), (row.IsForEventJob, row.LeaseId));
        Assert.Equal(seconds < 10 ? 1 : 0, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_slow_send_leaves_its_job_which_says_so_and_a_stop_waits_until_it_is_recorded()
    {
        var answer = new TaskCompletionSource();
        await using var slow = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var quick = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var rig = await DispatchRig.StartAsync(o => o.Timeout = TimeSpan.FromMinutes(2));
        await rig.App.NotificationAsync(slow.Url, name: "Slow", events: EventType.ComponentCreated);
        await rig.App.NotificationAsync(quick.Url, name: "Quick", events: EventType.ComponentCreated);
        await rig.RaiseAsync(1);
        await slow.WaitForAsync(1);
        await rig.AllDeliveredAsync(1);

        rig.Advance(TimeSpan.FromSeconds(1.1));
        var jobs = rig.App.Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.SucceededListCount() == 1);
        Assert.Equal("1 delivered, 1 slow", (jobs.SucceededJobs(0, 1)[0].Value.Result as string)?.Trim('"'));
        Assert.Equal(1, rig.App.Get<ConcurrencyLimiter>().Taken);
        rig.App.Get<EventRuns>().Stop();
        var stopping = rig.App.Get<EventRuns>().WaitAsync(Stop);
        Assert.False(stopping.IsCompleted);
        answer.SetResult();
        await stopping;
        Assert.All(await rig.App.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Delivered, d.State));
    }

    [Fact]
    public async Task A_job_that_is_aborted_claims_nothing_more_and_leaves_its_state_alone()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var app = await CoreApp.StartAsync(configure: o => (o.Workers, o.Timeout) = (2, TimeSpan.FromMinutes(2)));
        var page = await app.SampleDataAsync();
        for (var i = 0; i < 5; i++)
            await app.NotificationAsync(receiver.Url, name: $"Receiver {i}", events: EventType.ComponentCreated);
        var eventId = await RaiseAsync(app, page);
        await using var scope = app.Services.CreateAsyncScope();
        using var token = new Aborted();
        scope.ServiceProvider.GetRequiredService<JobRun>().Cancellation = token;
        var job = ActivatorUtilities.CreateInstance<EventJob>(scope.ServiceProvider);
        var run = Task.Run(() => job.Run(eventId), Stop);
        await receiver.WaitForAsync(2);

        token.Fire();
        answer.SetResult();

        await Assert.ThrowsAsync<JobAbortedException>(() => run);
        var rows = await app.DeliveriesAsync();
        Assert.Equal((2, 3), (rows.Count(d => d.State == DeliveryState.Delivered), rows.Count(d => d.IsForEventJob)));
        // Whoever has it now finds the rest.
        Assert.Equal(new EventOutcome("3 delivered", IsInterrupted: false), await app.RunEventAsync(eventId));
        Assert.Equal(5, receiver.Requests.Count);
    }

    [Fact]
    public async Task The_sends_of_an_event_share_one_array_of_its_payload()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        for (var i = 0; i < 3; i++)
            await app.NotificationAsync(Nowhere, name: $"Receiver {i}", events: EventType.ComponentCreated);
        await RaiseAsync(app, page);
        var payloads = new List<byte[]>();
        foreach (var row in await app.DeliveriesAsync())
            payloads.Add(Assert.IsType<ClaimResult.Claimed>(await app.Get<DeliveryStore>().ClaimFirstAsync(row, null)).Claim.Payload);
        Assert.All(payloads, payload => Assert.Same(payloads[0], payload));
    }

    private static async Task<long> RaiseAsync(CoreApp app, StatusPage page, int number = 0)
    {
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {number}", ComponentStatus.Operational), Stop);
        return (await app.DeliveriesAsync())[^1].EventId;
    }

    private static async Task EditAsync(CoreApp app, int id, Uri url, bool inOrder)
    {
        var detail = (await app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        await app.Get<NotificationService>().UpdateAsync(
            id, detail.Version, new NotificationInput("webhook", detail.Name, new(url.AbsoluteUri, "another"), new([EventType.ComponentCreated]) { InOrder = inOrder }), Stop);
    }

    /// <summary>The process stands still after its next commit, for as long as that takes.</summary>
    private sealed class Standstill : DbTransactionInterceptor
    {
        public Action? Next { get; set; }

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            var next = Next;
            Next = null;
            next?.Invoke();
            return Task.CompletedTask;
        }
    }

    /// <summary>A token as Hangfire gives it to a job that a person has put back.</summary>
    private sealed class Aborted : IJobCancellationToken, IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public CancellationToken ShutdownToken => _source.Token;

        public void Fire() => _source.Cancel();

        public void Dispose() => _source.Dispose();

        public void ThrowIfCancellationRequested()
        {
            if (ShutdownToken.IsCancellationRequested)
                throw new JobAbortedException();
        }
    }
}

using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Outbox;

/// <summary>Change, event and deliveries exist together or not at all; whatever has no job gets one.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_change_its_event_and_its_deliveries_are_committed_together_and_handed_over_once()
    {
        await CreateAsync();
        await using var db = _app.Open();
        var storedEvent = await db.Events.SingleAsync();
        Assert.Equal(EventType.IncidentCreated, storedEvent.Type);
        var delivery = await db.Deliveries.SingleAsync();
        Assert.Equal(storedEvent.Id, delivery.EventId);
        Assert.Equal(DeliveryState.Pending, delivery.State);
        Assert.Equal(1, _app.Enqueued());
        Assert.Contains(storedEvent.Id, _app.Get<JobHandOver>().LiveEvents());
    }

    [Fact]
    public async Task A_unit_that_is_not_committed_leaves_nothing()
    {
        await using (var work = await _app.Get<EventOutbox>().BeginAsync())
        {
            var page = await work.Db.StatusPages.SingleAsync();
            page.Name = "Changed";
            await work.SaveAsync("status page");
            work.Record(
                EventType.ComponentCreated, page.ToRef(), 1, "x", new ComponentData(1, "x", null, ComponentStatus.Operational, 100m), [new Component { Id = 1, Name = "x" }]);
        }
        await using var db = _app.Open();
        Assert.Equal("Main Status", (await db.StatusPages.SingleAsync()).Name);
        Assert.Equal(0, await db.Events.CountAsync());
        Assert.Equal(0, await db.Deliveries.CountAsync());
        Assert.Equal(0, _app.Enqueued());
    }

    [Fact]
    public async Task Bad_input_writes_nothing_and_says_what_is_wrong_of_each_field()
    {
        var bad = new IncidentInput(_page.Id, " ", IncidentSeverity.Major, IncidentStatus.Investigating, new string('x', 10_001), [new(4711)]);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<IncidentService>().CreateAsync(bad, new Actor("op")));
        Assert.Equal(["Components", "Message", "Title"], error.Errors.Keys.Order());
        await using var db = _app.Open();
        Assert.Equal(0, await db.Incidents.CountAsync());
        Assert.Equal(0, await db.Events.CountAsync());
    }

    [Fact]
    public async Task A_notification_that_is_off_gets_its_delivery_as_skipped_with_the_reason()
    {
        await _app.Get<NotificationService>().SetEnabledAsync(1, false);
        await CreateAsync();
        var delivery = await OnlyAsync();
        Assert.Equal(DeliveryState.Skipped, delivery.State);
        Assert.Contains("switched off", delivery.Reason, StringComparison.Ordinal);
        Assert.Equal(0, _app.Enqueued());
    }

    [Fact]
    public async Task The_sweeper_hands_over_what_the_vanished_job_storage_held_and_nothing_twice()
    {
        await CreateAsync();
        await SweepAsync(first: true);
        Assert.Equal(1, _app.Enqueued());

        LoseTheJob();
        await SweepAsync(first: true);
        await SweepAsync(first: true);
        Assert.Equal(1, _app.Enqueued());
    }

    [Fact]
    public async Task The_sweeper_leaves_a_fresh_row_to_the_instance_that_is_handing_it_over()
    {
        await CreateAsync();
        LoseTheJob();
        await SweepAsync(first: false);
        Assert.Equal(0, _app.Enqueued());
        _app.Time.Advance(TimeSpan.FromSeconds(6));
        await SweepAsync(first: false);
        Assert.Equal(1, _app.Enqueued());
    }

    [Fact]
    public async Task A_retry_that_lost_its_job_is_handed_over_when_it_falls_due_and_not_before()
    {
        await CreateAsync();
        await _app.RunJobAsync((await OnlyAsync()).Id);
        LoseTheJob();
        var due = (await OnlyAsync()).DueAt!.Value;
        _app.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(due, await SweepAsync(first: false));
        Assert.Equal(0, _app.Enqueued());
        _app.Time.Advance(due - _app.Now);
        await SweepAsync(first: false);
        Assert.Equal(1, _app.Enqueued(QueueNames.Retries));
    }

    [Fact]
    public async Task What_a_dead_process_was_sending_is_written_down_at_the_start_of_the_next()
    {
        await CreateAsync();
        var claim = Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync((await OnlyAsync()).Id, null)).Claim;

        await SweepAsync(first: false);
        Assert.Equal(DeliveryState.Sending, (await OnlyAsync()).State);
        // What this very process sends is not an orphan, also at its first look.
        await SweepAsync(first: true);
        Assert.Equal(DeliveryState.Sending, (await OnlyAsync()).State);

        _app.Time.Advance(TimeSpan.FromSeconds(1));
        _app.Get<DeliveryStore>().LetGo(claim);
        await NextProcess().SweepAsync(firstOfProcess: true, CancellationToken.None);
        var delivery = await OnlyAsync();
        Assert.Equal(DeliveryState.Retrying, delivery.State);
        Assert.Equal(0, delivery.RoundAttempts);
        Assert.Equal(FailureKind.Cancelled, Assert.Single(delivery.Attempts).Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_storage_that_fails_loses_nothing(bool takesManyAtOnce)
    {
        await using var app = await CoreApp.StartAsync(more: services => services.AddSingleton<JobStorage>(new BrokenStorage(takesManyAtOnce)));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
        Assert.Equal(DeliveryState.Pending, Assert.Single(await app.DeliveriesAsync()).State);
    }

    [Fact]
    public async Task A_job_storage_that_takes_one_job_at_a_time_gets_each()
    {
        using var memory = new InMemoryStorage();
        await using var app = await CoreApp.StartAsync(more: services => services.AddSingleton<JobStorage>(new OneAtATime(memory)));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
        await app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Operational);
        Assert.Equal((await app.DeliveriesAsync()).Select(d => d.EventId).Distinct(), app.Get<JobHandOver>().LiveEvents().Keys.Order());
        Assert.Equal(2, app.Enqueued());
    }

    private Task<int> CreateAsync() => _app.Get<IncidentService>().CreateAsync(
        new IncidentInput(
            _page.Id, "API errors", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", [new(_page.Components[0].Id)]),
        new Actor("op"));

    private async Task<Delivery> OnlyAsync() => Assert.Single(await _app.DeliveriesAsync());

    private Task<DateTime?> SweepAsync(bool first) => _app.Get<Sweeper>().SweepAsync(first, CancellationToken.None);

    /// <summary>A sweeper as the next process would have it: begun after what is in the database.</summary>
    private Sweeper NextProcess() => ActivatorUtilities.CreateInstance<Sweeper>(_app.Services);

    /// <summary>The job storage forgets, as memory does at a restart.</summary>
    // As nobody's wish: a person's deletion would cancel the delivery.
    private void LoseTheJob() => _app.Get<IBackgroundJobClient>().ChangeState(Assert.Single(_app.EnqueuedJobs()), new WithdrawnState());

    private sealed class BrokenStorage(bool takesManyAtOnce) : JobStorage
    {
        public override bool HasFeature(string featureId) => takesManyAtOnce || base.HasFeature(featureId);

        public override IStorageConnection GetConnection() => throw new IOException("The storage is away.");

        public override IMonitoringApi GetMonitoringApi() => throw new IOException("The storage is away.");
    }

    /// <summary>As SQL Server's is: it makes a job with a statement of its own.</summary>
    private sealed class OneAtATime(JobStorage inner) : JobStorage
    {
        public override bool HasFeature(string featureId) => featureId != JobStorageFeatures.Transaction.CreateJob && inner.HasFeature(featureId);

        public override IStorageConnection GetConnection() => inner.GetConnection();

        public override IMonitoringApi GetMonitoringApi() => inner.GetMonitoringApi();
    }
}

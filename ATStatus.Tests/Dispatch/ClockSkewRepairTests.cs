using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Dispatch;

/// <summary>The clock was ahead and is set right: what was written meanwhile must not wait for that time to come.</summary>
public sealed class ClockSkewRepairTests : IAsyncLifetime
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private readonly LoopbackReceiver _receiver = LoopbackReceiver.Start();
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => options.CircuitFailures = 2);
        _page = await _app.SampleDataAsync();
        await _app.NotificationAsync(_receiver.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_retry_that_lies_further_ahead_than_any_wait_is_due_now()
    {
        _receiver.Script(ScriptedResponse.Status(503, "", ("Retry-After", "100000")), ScriptedResponse.Status(200));
        var id = await RaiseAsync();
        await _app.RunJobAsync(id);
        SetBack(Year);
        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await _app.RunJobAsync(id)).Kind);

        await SweepAsync();

        Assert.Equal(_app.Now, (await OnlyAsync()).DueAt);
        Assert.Single(_app.EnqueuedJobs(QueueNames.Retries));
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    public async Task A_wait_that_can_be_is_left_alone(int minutes)
    {
        _receiver.Script(ScriptedResponse.Status(503, "", ("Retry-After", "3600")), ScriptedResponse.Status(200));
        await _app.RunJobAsync(await RaiseAsync());
        var due = (await OnlyAsync()).DueAt;
        Assert.Equal(_app.Now.AddMinutes(15), due);
        _app.Time.Advance(TimeSpan.FromMinutes(minutes));
        SetBack(TimeSpan.FromMinutes(minutes));

        await SweepAsync();

        Assert.Equal(due, (await OnlyAsync()).DueAt);
        Assert.Empty(_app.EnqueuedJobs(QueueNames.Retries));
    }

    [Fact]
    public async Task What_was_saved_and_never_handed_over_goes_out()
    {
        var id = await RaiseAsync();
        SetBack(Year);
        // Its process died before anything came of its job.
        _app.Get<IBackgroundJobClient>().ChangeState(Assert.Single(_app.EnqueuedJobs()), new WithdrawnState());

        await SweepAsync();

        Assert.Single(_app.EnqueuedJobs());
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
    }

    [Fact]
    public async Task A_lease_of_a_process_that_died_ends_as_soon_as_any()
    {
        var id = await RaiseAsync();
        _app.Get<DeliveryStore>().LetGo(Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync(id, "job")).Claim);
        SetBack(Year);

        await SweepAsync();
        Assert.Equal(DeliveryState.Sending, (await OnlyAsync()).State);
        _app.Time.Advance(TimeSpan.FromSeconds(41));
        await SweepAsync();

        Assert.Equal(DeliveryState.Retrying, (await OnlyAsync()).State);
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);
    }

    [Fact]
    public async Task A_result_that_is_on_its_way_still_counts()
    {
        var signal = new TaskCompletionSource();
        _receiver.Script(ScriptedResponse.Status(200).After(signal.Task));
        var running = _app.RunJobAsync(await RaiseAsync());
        await _receiver.WaitForAsync(1);
        SetBack(Year);
        await SweepAsync();

        signal.SetResult();

        Assert.Equal(DeliveryOutcomeKind.Delivered, (await running).Kind);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task An_open_circuit_probes_and_what_it_holds_follows()
    {
        _receiver.Script(ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await _app.RunJobAsync(await RaiseAsync());
        await _app.RunJobAsync(await RaiseAsync());
        await using (var db = _app.Open())
            Assert.True((await db.NotificationHealth.AsNoTracking().SingleAsync()).IsOpen);
        await RaiseAsync();
        SetBack(Year);

        await SweepAsync();

        await using (var db = _app.Open())
            Assert.Equal(_app.Now, (await db.NotificationHealth.AsNoTracking().SingleAsync()).NextProbeAt);
        await Eventually.TrueAsync(async () =>
        {
            _app.Get<DeliveryDispatcher>().Tick();
            foreach (var delivery in (await _app.DeliveriesAsync()).Where(d => !d.State.IsSettled()))
                await _app.RunJobAsync(delivery.Id);
            _app.Time.Advance(TimeSpan.FromSeconds(1));
            return (await _app.DeliveriesAsync()).TrueForAll(d => d.State == DeliveryState.Delivered);
        });
    }

    private void SetBack(TimeSpan by) => _app.Time.AdjustTime(_app.Time.GetUtcNow() - by);

    private Task<DateTime?> SweepAsync() => _app.Get<Sweeper>().SweepAsync(firstOfProcess: false, CancellationToken.None);

    private async Task<Delivery> OnlyAsync() => Assert.Single(await _app.DeliveriesAsync());

    private async Task<long> RaiseAsync()
    {
        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {Guid.NewGuid()}", ComponentStatus.Operational));
        return (await _app.DeliveriesAsync())[^1].Id;
    }
}

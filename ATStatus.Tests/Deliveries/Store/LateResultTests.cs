using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Deliveries.Store;

/// <summary>The database could not be written for longer than a lease: what has arrived is recorded all the same, and not sent again.</summary>
public sealed class LateResultTests : IAsyncLifetime
{
    private readonly UnwritableDatabase _fault = new(UnwritableDatabase.Kind.ReadOnly);
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DeliveryStore Store => _app.Get<DeliveryStore>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: _fault.AddTo);
        _page = await _app.SampleDataAsync();
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"), events: EventType.ComponentCreated);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_this_process_holds_is_not_taken_for_lost_however_long_its_lease_is_over(bool firstLook)
    {
        var claim = await ClaimAsync(await RaiseAsync());
        _app.Time.Advance(TimeSpan.FromMinutes(2));

        await _app.Get<Sweeper>().SweepAsync(firstLook, Stop);
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(claim.DeliveryId)).Kind);
        Assert.Equal(DeliveryState.Sending, (await OnlyAsync()).State);

        Assert.Equal(DeliveryState.Delivered, (await Store.RecordAsync(claim, Result(200)))!.State);
        Assert.Null(Assert.Single((await OnlyAsync()).Attempts).Failure);
    }

    [Fact]
    public async Task Results_that_meet_a_closed_database_are_written_before_a_claim_of_their_expired_lease()
    {
        var claim = await ClaimAsync(await RaiseAsync());
        _fault.IsArmed = true;
        await CloseAsync();
        // Both wait, the claim in front; and the lease runs out meanwhile.
        var again = Store.ClaimAsync(claim.DeliveryId, null);
        var recorded = Store.RecordAsync(claim, Result(200));
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(again.IsCompleted || recorded.IsCompleted);

        _fault.IsArmed = false;
        await OpenAsync();

        Assert.Equal(DeliveryState.Delivered, (await recorded)!.State);
        Assert.IsType<ClaimResult.Nothing>(await again);
        Assert.Null(Assert.Single((await OnlyAsync()).Attempts).Failure);
    }

    [Theory]
    [InlineData(200, DeliveryState.Delivered)]
    [InlineData(500, DeliveryState.Retrying)]
    [InlineData(410, DeliveryState.Failed)]
    public async Task One_that_another_instance_has_taken_for_lost_is_recorded_in_place_of_that(int status, DeliveryState state)
    {
        var claim = await ClaimAsync(await RaiseAsync());
        await ByAnotherInstanceAsync(delivery =>
        {
            delivery.Abandon(_app.Now);
            delivery.HoldBack(HoldReason.Capacity);
        });

        Assert.Equal(state, (await Store.RecordAsync(claim, Result(status)))!.State);

        var delivery = await OnlyAsync();
        Assert.Equal((state, 1, 1, (HoldReason?)null), (delivery.State, delivery.AttemptCount, delivery.RoundAttempts, delivery.Hold));
        Assert.Equal(status, Assert.Single(delivery.Attempts).StatusCode);
    }

    [Theory]
    [InlineData(200, DeliveryState.Delivered)]
    [InlineData(500, null)]
    public async Task One_that_was_cancelled_after_it_was_taken_for_lost_is_delivered_all_the_same(int status, DeliveryState? state)
    {
        var claim = await ClaimAsync(await RaiseAsync());
        await ByAnotherInstanceAsync(delivery => delivery.Abandon(_app.Now));
        await _app.Get<DeliveryCancellation>().CancelAsync(claim.DeliveryId, "Cancelled by Ada", Stop);

        Assert.Equal(state, (await Store.RecordAsync(claim, Result(status)))?.State);

        var delivery = await OnlyAsync();
        Assert.Equal(
            (state ?? DeliveryState.Skipped, state is null ? SkipCause.Cancelled : (SkipCause?)null), (delivery.State, delivery.SkipCause));
        Assert.Equal(state is null ? null : status, Assert.Single(delivery.Attempts).StatusCode);
    }

    [Fact]
    public async Task Several_late_ones_in_one_transaction_do_not_hurt_the_others()
    {
        var claims = new List<Claim>();
        for (var i = 0; i < 3; i++)
            claims.Add(await ClaimAsync(await RaiseAsync()));
        await ByAnotherInstanceAsync(delivery => delivery.Abandon(_app.Now), claims[1].DeliveryId);
        Task<RecordedAttempt?>[] recorded;
        using (await _app.Get<SqliteWriteLock>().EnterAsync(Stop))
            recorded = [.. claims.Select(claim => Store.RecordAsync(claim, Result(200)))];

        Assert.All(await Task.WhenAll(recorded), r => Assert.Equal(DeliveryState.Delivered, r!.State));
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Null(Assert.Single(d.Attempts).Failure));
    }

    [Fact]
    public async Task Nothing_is_written_where_somebody_has_claimed_it_since()
    {
        var claim = await ClaimAsync(await RaiseAsync());
        await ByAnotherInstanceAsync(delivery => delivery.Abandon(_app.Now));
        await ByAnotherInstanceAsync(delivery => delivery.Claim(Guid.NewGuid(), _app.Now, TimeSpan.FromSeconds(40), null));

        Assert.Null(await Store.RecordAsync(claim, Result(200)));

        var delivery = await OnlyAsync();
        Assert.Equal((DeliveryState.Sending, 2), (delivery.State, delivery.AttemptCount));
        Assert.Equal(FailureKind.Cancelled, Assert.Single(delivery.Attempts).Failure);
    }

    [Fact]
    public async Task Nothing_is_written_twice_where_the_first_writing_had_succeeded_after_all()
    {
        var claim = await ClaimAsync(await RaiseAsync());
        await Store.RecordAsync(claim, Result(500));
        Assert.Null(await Store.RecordAsync(claim, Result(500)));
        Assert.Single((await OnlyAsync()).Attempts);
    }

    [Fact]
    public async Task Claims_that_wait_for_a_closed_database_end_when_the_console_stops()
    {
        var id = await RaiseAsync();
        _fault.IsArmed = true;
        await CloseAsync();
        var waiting = Store.ClaimAsync(id, null);
        Store.StopClaiming();
        Assert.IsType<ClaimResult.Nothing>(await waiting);
        Assert.IsType<ClaimResult.Nothing>(await Store.ClaimAsync(id, null));
        Assert.Equal(DeliveryState.Pending, (await OnlyAsync()).State);
    }

    [Fact]
    public async Task Claims_end_too_where_the_database_closes_while_the_console_is_stopping()
    {
        var id = await RaiseAsync();
        Task<ClaimResult> waiting;
        using (await _app.Get<SqliteWriteLock>().EnterAsync(Stop))
        {
            waiting = Store.ClaimAsync(id, null);
            Store.StopClaiming();
            Assert.False(waiting.IsCompleted);
            _fault.IsArmed = true;
            await CloseAsync();
            Assert.IsType<ClaimResult.Nothing>(await waiting);
        }
        Assert.Equal(DeliveryState.Pending, (await OnlyAsync()).State);
    }

    private async Task<long> RaiseAsync()
    {
        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {Guid.NewGuid()}", ComponentStatus.Operational), cancellationToken: Stop);
        return (await _app.DeliveriesAsync())[^1].Id;
    }

    private async Task<Claim> ClaimAsync(long id) => Assert.IsType<ClaimResult.Claimed>(await Store.ClaimAsync(id, null)).Claim;

    private async Task<Delivery> OnlyAsync() => Assert.Single(await _app.DeliveriesAsync());

    private SendResult Result(int status) => new()
    {
        StartedAt = _app.Time.GetUtcNow(),
        Duration = TimeSpan.Zero,
        StatusCode = status,
        Failure = status == 200 ? null : FailureKind.HttpStatus,
    };

    private Task CloseAsync() => Eventually.TrueAsync(async () =>
    {
        await _app.Get<DatabaseWritability>().LookAsync();
        return !_app.Get<DatabaseWritability>().IsWritable;
    });

    private Task OpenAsync() => Eventually.TrueAsync(async () =>
    {
        await _app.Get<DatabaseWritability>().LookAsync();
        return _app.Get<DatabaseWritability>().IsWritable;
    });

    private async Task ByAnotherInstanceAsync(Action<Delivery> change, long? id = null)
    {
        await using var db = _app.Open();
        change(await db.Deliveries.SingleAsync(d => id == null || d.Id == id, Stop));
        await db.SaveChangesAsync(Stop);
    }
}

using System.Data.Common;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.DeliveryLog;

/// <summary>What retention removes, what it keeps, and that it counts what it removed.</summary>
public sealed class DeliveryRetentionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DeliveryState.Delivered, 29, true)]
    [InlineData(DeliveryState.Delivered, 31, false)]
    [InlineData(DeliveryState.Failed, 31, true)]
    [InlineData(DeliveryState.Failed, 89, true)]
    [InlineData(DeliveryState.Failed, 91, false)]
    [InlineData(DeliveryState.Skipped, 89, true)]
    [InlineData(DeliveryState.Skipped, 91, false)]
    [InlineData(DeliveryState.Pending, 4000, true)]
    [InlineData(DeliveryState.Sending, 4000, true)]
    [InlineData(DeliveryState.Retrying, 4000, true)]
    public async Task Settled_deliveries_go_when_their_time_is_over_and_others_never(DeliveryState state, int age, bool stays)
    {
        await using var app = await CoreApp.StartAsync();
        await AddAsync(app, state, TimeSpan.FromDays(age));

        await app.Get<DeliveryRetention>().PruneAsync(Stop);

        Assert.Equal(stays, (await app.DeliveriesAsync()).Count == 1);
        await using var db = app.Open();
        Assert.Equal(stays ? 1 : 0, await db.DeliveryAttempts.CountAsync(Stop));
        // A delivered one's event stays until the longer limit is over.
        Assert.Equal(stays || age < 90 ? 1 : 0, await db.Events.CountAsync(Stop));
    }

    [Theory]
    [InlineData(DeliveryState.Delivered)]
    [InlineData(DeliveryState.Failed)]
    [InlineData(DeliveryState.Skipped)]
    public async Task Never_removes_none(DeliveryState state)
    {
        await using var app = await CoreApp.StartAsync(configure: options => (options.KeepDelivered, options.KeepFailed) = (null, null));
        await AddAsync(app, state, TimeSpan.FromDays(4000));

        await app.Get<DeliveryRetention>().PruneAsync(Stop);

        await using var db = app.Open();
        Assert.Equal((1, 1, 0), (await db.Deliveries.CountAsync(Stop), await db.Events.CountAsync(Stop), await db.PrunedDays.CountAsync(Stop)));
    }

    [Fact]
    public async Task The_time_runs_from_the_last_settling_and_an_old_row_does_not_hide_those_behind_it()
    {
        await using var app = await CoreApp.StartAsync();
        // More than one batch of rows that were redelivered yesterday, then one that was not.
        await AddAsync(app, DeliveryState.Delivered, TimeSpan.FromDays(200), count: 501, settled: TimeSpan.FromDays(1));
        await AddAsync(app, DeliveryState.Delivered, TimeSpan.FromDays(100));

        await app.Get<DeliveryRetention>().PruneAsync(Stop);

        await using var db = app.Open();
        Assert.Equal(501, await db.Deliveries.CountAsync(Stop));
        Assert.Equal(1, await db.Events.CountAsync(Stop));
    }

    [Fact]
    public async Task What_was_removed_is_counted_by_day()
    {
        await using var app = await CoreApp.StartAsync();
        await AddAsync(app, DeliveryState.Delivered, TimeSpan.FromDays(100), count: 1001);
        await AddAsync(app, DeliveryState.Failed, TimeSpan.FromDays(100), count: 2);
        await AddAsync(app, DeliveryState.Skipped, TimeSpan.FromDays(89.5));

        await app.Get<DeliveryRetention>().PruneAsync(Stop);
        app.Time.Advance(TimeSpan.FromDays(1));
        await app.Get<DeliveryRetention>().PruneAsync(Stop);
        await app.Get<DeliveryRetention>().PruneAsync(Stop);

        await using var db = app.Open();
        var days = await db.PrunedDays.OrderBy(p => p.Day).ToListAsync(Stop);
        Assert.Equal(
            [(app.Now.Date.AddDays(-1), 1001, 2, 1003, 2), (app.Now.Date, 0, 1, 1, 1)],
            days.Select(p => (p.Day, p.Delivered, p.Failed, p.Attempts, p.Events)));
        Assert.Equal((0, 0, 0), (await db.Deliveries.CountAsync(Stop), await db.DeliveryAttempts.CountAsync(Stop), await db.Events.CountAsync(Stop)));
    }

    /// <summary>What a person, or a worker, makes of a delivery after its row was read and before it is deleted.</summary>
    [Theory]
    [InlineData(DeliveryState.Delivered, false, null)]
    [InlineData(DeliveryState.Failed, false, null)]
    [InlineData(DeliveryState.Skipped, false, null)]
    [InlineData(DeliveryState.Delivered, true, null)]
    [InlineData(DeliveryState.Delivered, true, FailureKind.HttpStatus)]
    [InlineData(DeliveryState.Failed, true, null)]
    [InlineData(DeliveryState.Failed, true, FailureKind.HttpStatus)]
    [InlineData(DeliveryState.Skipped, true, FailureKind.HttpStatus)]
    public async Task One_that_began_a_new_round_between_reading_and_deleting_stays(
        DeliveryState state, bool sentAgain, FailureKind? failure)
    {
        var between = new BeforeDeleting();
        await using var app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(between)));
        await AddAsync(app, state, TimeSpan.FromDays(100), count: 2);
        var first = (await app.DeliveriesAsync())[0].Id;
        between.Act = async () =>
        {
            await using var db = app.Open();
            var delivery = await db.Deliveries.SingleAsync(d => d.Id == first, Stop);
            delivery.Requeue(app.Now);
            if (sentAgain)
            {
                delivery.Claim(Guid.NewGuid(), app.Now, TimeSpan.FromMinutes(1), null);
                var result = new SendResult
                {
                    StartedAt = app.Now,
                    Duration = TimeSpan.Zero,
                    Failure = failure,
                    StatusCode = failure is null ? 200 : 500,
                };
                delivery.Record(result, app.Now, maxAttempts: 1, _ => TimeSpan.Zero);
            }
            await db.SaveChangesAsync(Stop);
        };

        await app.Get<DeliveryRetention>().PruneAsync(Stop);

        Assert.True(between.HasActed);
        var left = Assert.Single(await app.DeliveriesAsync());
        var expected = !sentAgain ? DeliveryState.Pending : failure is null ? DeliveryState.Delivered : DeliveryState.Failed;
        Assert.Equal((first, expected), (left.Id, left.State));
        Assert.Equal(sentAgain ? 2 : 1, left.Attempts.Count);
        await using var after = app.Open();
        Assert.Equal(1, await after.Events.CountAsync(Stop));
        // The other one went, and is counted alone.
        var day = await after.PrunedDays.SingleAsync(Stop);
        Assert.Equal((1, 1), (day.Delivered + day.Failed, day.Attempts));
    }

    private static async Task AddAsync(CoreApp app, DeliveryState state, TimeSpan age, int count = 1, TimeSpan? settled = null)
    {
        var made = app.Now - age;
        await using var db = app.Open();
        var id = await app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
        var notification = await db.Notifications.SingleAsync(n => n.Id == id, Stop);
        var storedEvent = new StoredEvent
        {
            Type = EventType.IncidentCreated,
            OccurredAt = made,
            Title = "An incident",
            Payload = [1, 2, 3],
        };
        for (var i = 0; i < count; i++)
        {
            var delivery = Delivery.For(storedEvent, notification, made);
            delivery.Attempts.Add(DeliveryAttempt.Lost(1, AttemptTrigger.Event, made));
            var entry = db.Deliveries.Add(delivery);
            entry.Property(d => d.State).CurrentValue = state;
            entry.Property(d => d.AttemptCount).CurrentValue = 1;
            if (!state.IsSettled())
                continue;
            entry.Property(d => d.DueAt).CurrentValue = null;
            entry.Property(d => d.SettledAt).CurrentValue = app.Now - (settled ?? age);
        }
        await db.SaveChangesAsync(Stop);
    }

    /// <summary>Does something once, as soon as a question about deliveries has found some: before anything is deleted.</summary>
    private sealed class BeforeDeleting : DbCommandInterceptor
    {
        public Func<Task>? Act { get; set; }

        public bool HasActed { get; private set; }

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (Act is { } act && result.HasRows && command.CommandText.Contains("FROM \"Deliveries\"", StringComparison.Ordinal))
            {
                (Act, HasActed) = (null, true);
                await act();
            }
            return result;
        }
    }
}

using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Persistence;

/// <summary>A clock that may be wrong deletes nothing and switches nothing off.</summary>
public sealed class RetentionClockTests
{
    private static readonly TimeSpan Far = TimeSpan.FromDays(200);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_database_is_not_made_to_wait_and_each_look_is_stored()
    {
        await using var app = await StartAsync();
        var clock = app.Get<RetentionClock>();
        Assert.True(await clock.LookAsync(Stop));
        Assert.Equal(Now(app), await StoredAsync(app));
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await clock.LookAsync(Stop));
        Assert.Equal(Now(app), await StoredAsync(app));
        Assert.Null(clock.Pause);
    }

    [Fact]
    public async Task A_clock_that_is_far_ahead_for_a_minute_deletes_nothing()
    {
        await using var app = await StartAsync();
        await DeliveredAsync(app);
        var clock = app.Get<RetentionClock>();
        Assert.True(await clock.LookAsync(Stop));
        var stored = await StoredAsync(app);

        Move(app, Far);
        Assert.False(await clock.LookAsync(Stop));
        Assert.Equal(Far, clock.Pause!.MovedBy);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Move(app, -Far);
        Assert.False(await clock.LookAsync(Stop));
        var pause = clock.Pause!;
        Assert.Equal((Now(app), Now(app).AddHours(24), -Far), (pause.Since, pause.Until, pause.MovedBy));
        Assert.Equal(stored, await StoredAsync(app));

        app.Time.Advance(TimeSpan.FromHours(23));
        Assert.False(await clock.LookAsync(Stop));
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await clock.LookAsync(Stop));
        Assert.Equal(Now(app), await StoredAsync(app));
        Assert.Single(await app.DeliveriesAsync());
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(-59, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    public async Task An_hour_is_the_limit(int minutes, bool isBelieved)
    {
        await using var app = await StartAsync();
        Assert.True(await app.Get<RetentionClock>().LookAsync(Stop));
        app.Time.Advance(TimeSpan.FromHours(1));
        Move(app, TimeSpan.FromMinutes(minutes));
        Assert.Equal(isBelieved, await app.Get<RetentionClock>().LookAsync(Stop));
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(26, false)]
    [InlineData(24 * 200, false)]
    [InlineData(-2, false)]
    public async Task The_last_look_is_believed_over_a_restart_if_it_was_not_too_long_ago(int hours, bool isBelieved)
    {
        var database = TestDatabase.Sqlite();
        await using (var before = await StartAsync(database, keepDatabase: true))
            Assert.True(await before.Get<RetentionClock>().LookAsync(Stop));
        await using var app = await StartAsync(database);
        await DeliveredAsync(app);
        Move(app, TimeSpan.FromHours(hours));
        // The clock of the process has had no time but this.
        var clock = ActivatorUtilities.CreateInstance<RetentionClock>(app.Services);
        Assert.Equal(isBelieved, await clock.LookAsync(Stop));
        Assert.Equal(isBelieved, clock.Pause is null);
        if (isBelieved)
            return;
        // Again from the beginning after another restart, and not for ever.
        clock = ActivatorUtilities.CreateInstance<RetentionClock>(app.Services);
        Assert.False(await clock.LookAsync(Stop));
        app.Time.Advance(TimeSpan.FromHours(24));
        Assert.True(await clock.LookAsync(Stop));
        Assert.True(await clock.LookAsync(Stop));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(26, false)]
    [InlineData(-30, false)]
    public async Task A_console_that_is_restarted_every_night_deletes_again_after_a_day_of_agreement(int hoursStopped, bool goesOn)
    {
        await using var app = await StartAsync();
        await DeliveredAsync(app);
        Assert.True(await app.Get<RetentionClock>().LookAsync(Stop));
        Move(app, TimeSpan.FromHours(100));
        await RunAsync(hours: 20, mayDelete: false);
        Move(app, TimeSpan.FromHours(hoursStopped));
        await RunAsync(hours: 3, mayDelete: false);
        var clock = await RunAsync(hours: 1, mayDelete: goesOn);
        if (!goesOn)
            return;
        // What was kept is used up.
        Assert.Null(clock.Pause);
        Move(app, TimeSpan.FromHours(-3));
        await RunAsync(hours: 20, mayDelete: false);

        async Task<RetentionClock> RunAsync(int hours, bool mayDelete)
        {
            var clock = ActivatorUtilities.CreateInstance<RetentionClock>(app.Services);
            Assert.False(await clock.LookAsync(Stop));
            for (var i = 1; i <= hours; i++)
            {
                app.Time.Advance(TimeSpan.FromHours(1));
                Assert.Equal(mayDelete && i == hours, await clock.LookAsync(Stop));
            }
            return clock;
        }
    }

    [Fact]
    public async Task A_log_of_an_earlier_version_waits_for_a_day()
    {
        await using var app = await StartAsync();
        await DeliveredAsync(app);
        app.Time.Advance(TimeSpan.FromDays(100));
        Assert.False(await app.Get<RetentionClock>().LookAsync(Stop));
        app.Time.Advance(TimeSpan.FromHours(24));
        Assert.True(await app.Get<RetentionClock>().LookAsync(Stop));
    }

    [Fact]
    public async Task The_pruner_itself_keeps_to_it_until_a_person_says_that_the_clock_is_right()
    {
        await using var app = await StartAsync();
        await DeliveredAsync(app);
        var retention = app.Get<DeliveryRetention>();
        await retention.StartAsync(Stop);
        Move(app, Far);
        // Several of its looks.
        for (var i = 0; i < 3; i++)
        {
            app.Time.Advance(TimeSpan.FromHours(1));
            Assert.NotNull(app.Get<RetentionClock>().Pause);
            await Task.Yield();
        }
        Assert.Single(await app.DeliveriesAsync());

        await retention.DeleteNowAsync("ada@example.com", Stop);
        Assert.Empty(await app.DeliveriesAsync());
        Assert.Null(app.Get<RetentionClock>().Pause);
        await retention.StopAsync(Stop);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failing_notification_is_not_switched_off_by_a_jump_of_the_clock(bool jumps)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await StartAsync(configure: o => (o.MaxAttempts, o.SwitchOffFailures, o.CircuitFailures) = (1, 2, 0));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await FailAsync();
        if (jumps)
            Move(app, Far);
        else
            app.Time.Advance(Far);
        await FailAsync();
        await using var db = app.Open();
        Assert.Equal(jumps, (await db.Notifications.SingleAsync(Stop)).Enabled);

        async Task FailAsync()
        {
            await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, $"Part {Guid.NewGuid()}", ComponentStatus.Operational), Stop);
            await app.RunJobAsync((await app.DeliveriesAsync())[^1].Id);
        }
    }

    private static Task<CoreApp> StartAsync(TestDatabase? database = null, Action<WebhookOptions>? configure = null, bool keepDatabase = false) => CoreApp.StartAsync(
        database,
        configure,
        services => services.AddSingleton<TimeProvider, JumpingClock>(),
        keepDatabase);

    private static DateTime Now(CoreApp app) => app.Get<TimeProvider>().GetUtcNow().UtcDateTime;

    private static void Move(CoreApp app, TimeSpan by) => ((JumpingClock)app.Get<TimeProvider>()).Jump(by);

    private static async Task<DateTime?> StoredAsync(CoreApp app)
    {
        await using var db = app.Open();
        return (await db.DatabaseIdentities.SingleAsync(Stop)).RetentionLookedAt;
    }

    /// <summary>A delivery that was delivered now.</summary>
    private static async Task DeliveredAsync(CoreApp app)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "Part", ComponentStatus.Operational), Stop);
        await app.RunJobAsync(Assert.Single(await app.DeliveriesAsync()).Id);
    }
}

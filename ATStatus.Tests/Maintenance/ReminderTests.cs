using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using CsCheck;

namespace ATStatus.Tests.Maintenance;

/// <summary><c>maintenance.reminder</c>, by a clock that a test moves. Windows are tomorrow, 15 January, from 01:00 UTC.</summary>
public sealed class ReminderTests : SeriesTest
{
    [Fact]
    public async Task It_comes_once_when_its_time_has_come_with_the_windows_message()
    {
        var id = await ScheduleAsync(TimeSpan.FromHours(3));
        await TickAsync("2026-01-14T21:59:59");
        Assert.Empty(await RaisedAsync());
        await TickAsync("2026-01-14T22:00");
        await TickAsync("2026-01-14T22:10");
        Assert.Equal([$"maintenance.reminder {id}"], await RaisedAsync());
        var data = Assert.Single(await DataAsync(EventType.MaintenanceReminder));
        Assert.Equal(
            $$"""{"id":{{id}},"title":"Upgrade","status":"scheduled","message":"Work.","components":["API"],"windowStart":"2026-01-15T01:00:00Z","windowEnd":"2026-01-15T03:00:00Z"}""",
            data.GetRawText());
        await TickAsync("2026-01-15T01:00");
        Assert.Equal([$"maintenance.started {id}", $"component.status_changed {Parts[0]}"], await RaisedAsync());
    }

    [Fact]
    public async Task It_comes_late_where_the_console_was_down_and_not_after_the_start()
    {
        var id = await ScheduleAsync(TimeSpan.FromHours(3));
        await TickAsync("2026-01-15T00:30");
        Assert.Equal([$"maintenance.reminder {id}"], await RaisedAsync());

        var missed = await ScheduleAsync(TimeSpan.FromHours(3), "2026-01-16T02:00", "2026-01-16T04:00");
        await TickAsync("2026-01-16T01:10");
        Assert.DoesNotContain($"maintenance.reminder {missed}", await RaisedAsync());
    }

    [Theory]
    [InlineData(13, false)]
    [InlineData(14, false)]
    [InlineData(12, true)]
    public async Task Not_when_it_was_scheduled_inside_the_span(int hours, bool comes)
    {
        // The start is 13 hours away.
        await ScheduleAsync(TimeSpan.FromHours(hours));
        await TickAsync("2026-01-15T00:59");
        Assert.Equal(comes ? 1 : 0, (await RaisedAsync()).Count);
    }

    [Fact]
    public async Task Not_when_it_was_cancelled_or_started_early()
    {
        var cancelled = await ScheduleAsync(TimeSpan.FromHours(3));
        await Service.CancelAsync(cancelled, 0);
        var started = await ScheduleAsync(TimeSpan.FromHours(3));
        await Service.StartNowAsync(started, 0);
        await RaisedAsync();
        await TickAsync("2026-01-14T23:00");
        Assert.Empty(await RaisedAsync());
    }

    [Theory]
    // Later than the one reminded of, and the reminder's time ahead again.
    [InlineData("2026-01-15T06:00", "2026-01-15T02:00", true)]
    // Later, but its time has been: what the move itself raises says it all.
    [InlineData("2026-01-15T02:30", "2026-01-15T01:25", false)]
    // Earlier.
    [InlineData("2026-01-15T01:45", "2026-01-15T00:40", false)]
    public async Task Again_only_when_a_new_start_lies_later_than_the_one_reminded_of(string starts, string until, bool again)
    {
        var id = await ScheduleAsync(TimeSpan.FromHours(3));
        await TickAsync("2026-01-14T23:00");
        Assert.Equal([$"maintenance.reminder {id}"], await RaisedAsync());
        await ChangeAsync(id, input => input with { Starts = Local(starts), Ends = Local("2026-01-15T08:00"), RemindBefore = TimeSpan.FromHours(3) });
        await TickAsync(until);
        Assert.Equal(again ? [$"maintenance.scheduled {id}", $"maintenance.reminder {id}"] : [$"maintenance.scheduled {id}"], await RaisedAsync());
    }

    [Fact]
    public async Task Back_at_the_start_that_was_reminded_of_it_does_not_come_again()
    {
        var id = await ScheduleAsync(TimeSpan.FromHours(1), "2026-01-20T02:00", "2026-01-20T04:00");
        await TickAsync("2026-01-20T00:10");
        await ChangeAsync(id, input => input with { Starts = Local("2026-01-22T02:00"), Ends = Local("2026-01-22T04:00"), RemindBefore = TimeSpan.FromHours(1) });
        await ChangeAsync(id, input => input with { Starts = Local("2026-01-20T02:00"), Ends = Local("2026-01-20T04:00"), RemindBefore = TimeSpan.FromMinutes(15) });
        await TickAsync("2026-01-20T00:50");
        Assert.Single(await DataAsync(EventType.MaintenanceReminder));
    }

    [Fact]
    public async Task Set_or_taken_back_later_it_comes_or_not_and_nothing_else_is_raised()
    {
        var id = await ScheduleAsync(null);
        await ChangeAsync(id, input => input with { RemindBefore = TimeSpan.FromHours(3) });
        Assert.Equal(TimeSpan.FromHours(3), (await RowAsync(id)).RemindBefore);
        Assert.Equal(Utc("2026-01-14T22:00"), (await RowAsync(id)).RemindAt);
        await ChangeAsync(id, input => input);
        await TickAsync("2026-01-14T23:00");
        Assert.Empty(await RaisedAsync());
        await ChangeAsync(id, input => input with { RemindBefore = TimeSpan.FromHours(1) });
        await TickAsync("2026-01-15T00:00");
        Assert.Equal([$"maintenance.reminder {id}"], await RaisedAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(60 * 24 * 31)]
    public async Task A_span_that_cannot_be_is_refused_beside_its_field(int minutes)
    {
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ScheduleAsync(TimeSpan.FromMinutes(minutes)));
        Assert.Equal([nameof(MaintenanceInput.RemindBefore)], refused.Errors.Keys);
    }

    [Theory]
    // Scheduled without a notification, so is its reminder.
    [InlineData(true, null, null, DeliveryState.Skipped)]
    // Announced by a later save.
    [InlineData(true, "text", false, DeliveryState.Pending)]
    [InlineData(true, "start", false, DeliveryState.Pending)]
    // A move that nobody is notified of is not reminded of either; a corrected word changes nothing.
    [InlineData(false, "start", true, DeliveryState.Skipped)]
    [InlineData(false, "text", true, DeliveryState.Pending)]
    public async Task With_do_not_notify_it_is_recorded_and_skipped(bool doNotNotify, string? change, bool? changesSilently, DeliveryState state)
    {
        var receiver = await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.MaintenanceReminder]);
        var id = await Service.ScheduleAsync(Daily() with { Rule = null, RemindBefore = TimeSpan.FromHours(3), DoNotNotify = doNotNotify });
        if (change is not null)
        {
            await ChangeAsync(id, input => input with
            {
                Title = change == "text" ? "Other" : input.Title,
                Starts = change == "start" ? input.Starts!.Value.AddMinutes(1) : input.Starts,
                RemindBefore = TimeSpan.FromHours(3),
                DoNotNotify = changesSilently!.Value,
            });
        }
        await TickAsync("2026-01-15T00:00");
        var delivery = Assert.Single(await App.DeliveriesAsync());
        Assert.Equal((receiver, state, state == DeliveryState.Skipped ? EventOutbox.DoNotNotifyReason : null), (delivery.NotificationId, delivery.State, delivery.Reason));
        Assert.Equal($"maintenance/{id}", delivery.Subject);
    }

    [Fact]
    public async Task Each_window_of_a_series_has_its_own_and_a_series_that_does_not_notify_none_that_is_sent()
    {
        await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.MaintenanceReminder]);
        var first = await Service.ScheduleAsync(Daily() with { RemindBefore = TimeSpan.FromHours(3), DoNotNotify = true, DoNotNotifySeries = true });
        await TickAsync("2026-01-14T22:00");
        await TickAsync("2026-01-15T01:00");
        var second = await WaitingAsync();
        Assert.Equal((TimeSpan.FromHours(3), true), (second.RemindBefore, second.StartsAutomatically));
        await Service.NotifyAgainAsync(second.SeriesId!.Value);
        await TickAsync("2026-01-15T22:00");
        Assert.Equal([(first, DeliveryState.Skipped), (second.Id, DeliveryState.Pending)], (await App.DeliveriesAsync()).Select(d => (d.Event!.SubjectId, d.State)));
    }

    [Fact]
    public async Task All_following_take_it_over_and_this_one_alone_passes_nothing_on()
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { RemindBefore = TimeSpan.FromHours(1), StartsAutomatically = false });
        await Service.StartNowAsync(id, (await RowAsync(id)).Version);
        var second = await WaitingAsync();
        Assert.Equal((null, true), (second.RemindBefore, second.StartsAutomatically));
        await ChangeAsync(second.Id, input => input with { RemindBefore = TimeSpan.FromHours(1), StartsAutomatically = false, AllFollowing = true });
        await TickAsync("2026-01-15T03:00");
        await Service.StartNowAsync(second.Id, (await RowAsync(second.Id)).Version);
        var third = await WaitingAsync();
        Assert.Equal((TimeSpan.FromHours(1), false), (third.RemindBefore, third.StartsAutomatically));
    }

    /// <summary>Whatever is moved and looked at when, no start is reminded of twice, none before its time, and none that is not later.</summary>
    [Fact]
    public void Reminders_are_of_ever_later_starts_and_never_early() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3_000], Gen.Int[1, 400]).Array[1, 40]).Sample((first, steps) =>
        {
            var now = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
            var window = new MaintenanceWindow { Title = "t", Message = "m", Start = now.AddMinutes(first), RemindBefore = TimeSpan.FromMinutes(60) };
            window.PlanReminder(now);
            var planned = now;
            DateTime? last = null;
            foreach (var (what, minutes, passed) in steps)
            {
                now = now.AddMinutes(passed);
                if (what == 0)
                {
                    (window.Start, planned) = (now.AddMinutes(minutes), now);
                    window.PlanReminder(now);
                }
                else if (what == 1)
                {
                    (window.RemindBefore, planned) = (TimeSpan.FromMinutes(minutes), now);
                    window.PlanReminder(now);
                }
                else if (window.IsReminderDue(now))
                {
                    var due = window.Start - window.RemindBefore;
                    if (due > now || due <= planned || window.Start <= now || window.Start <= last)
                        return false;
                    last = window.Start;
                    window.Remind();
                    if (window.IsReminderDue(now))
                        return false;
                }
            }
            return true;
        }, iter: 500);

    private async Task<int> ScheduleAsync(TimeSpan? remind, string starts = "2026-01-15T02:00", string ends = "2026-01-15T04:00")
    {
        var id = await Service.ScheduleAsync(Daily(starts, ends) with { Rule = null, RemindBefore = remind });
        await RaisedAsync();
        return id;
    }
}

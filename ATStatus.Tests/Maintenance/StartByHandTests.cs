using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Problems;

namespace ATStatus.Tests.Maintenance;

/// <summary>Windows that do not start automatically. They are tomorrow, 15 January, from 01:00 to 03:00 UTC.</summary>
public sealed class StartByHandTests : SeriesTest
{
    [Fact]
    public async Task Its_start_comes_and_nothing_happens_until_somebody_starts_it()
    {
        var id = await ScheduleAsync();
        await TickAsync("2026-01-15T01:00");
        await TickAsync("2026-01-15T02:30");
        Assert.Empty(await RaisedAsync());
        var row = await RowAsync(id);
        Assert.True(row.IsWaitingToBeStarted(App.Now));
        Assert.False(row.IsWaitingToBeStarted(Utc("2026-01-15T00:59")));
        await Service.StartNowAsync(id, row.Version);
        Assert.Equal([$"maintenance.started {id}", $"component.status_changed {Parts[0]}"], await RaisedAsync());
        Assert.Equal(Utc("2026-01-15T02:30"), (await RowAsync(id)).Start);
        await TickAsync("2026-01-15T03:00");
        Assert.Equal($"maintenance.completed {id}", (await RaisedAsync())[0]);
    }

    [Theory]
    [InlineData("2026-01-15T03:00")]
    [InlineData("2026-01-19T03:00")]
    public async Task Past_its_end_it_is_cancelled_once_and_said_so_with_its_message(string when)
    {
        var id = await ScheduleAsync();
        await TickAsync("2026-01-15T02:59:58");
        Assert.Empty(await RaisedAsync());
        await TickAsync(when);
        await TickAsync(when);
        Assert.Equal([$"maintenance.updated {id}"], await RaisedAsync());
        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(id)).Status);
        Assert.Equal(
            $$"""{"id":{{id}},"title":"Upgrade","status":"cancelled","message":"Work.","components":["API"],"windowStart":"2026-01-15T01:00:00Z","windowEnd":"2026-01-15T03:00:00Z"}""",
            Assert.Single(await DataAsync(EventType.MaintenanceUpdated)).GetRawText());
    }

    [Fact]
    public async Task Of_a_series_the_next_one_is_planned_then_and_starts_by_hand_too()
    {
        var id = await Service.ScheduleAsync(Daily() with { StartsAutomatically = false });
        await RaisedAsync();
        await TickAsync("2026-01-15T03:00");
        var next = await WaitingAsync();
        Assert.Equal([$"maintenance.updated {id}", $"maintenance.scheduled {next.Id}"], await RaisedAsync());
        Assert.Equal((("2026-01-16T01:00", "2026-01-16T03:00"), false), (Times(next), next.StartsAutomatically));
    }

    [Fact]
    public async Task A_start_in_the_past_waits_too_and_switched_on_it_starts_at_once()
    {
        var id = await Service.ScheduleAsync(Daily("2026-01-14T12:00", "2026-01-14T14:00") with { Rule = null, StartsAutomatically = false });
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(id)).Status);
        await RaisedAsync();
        await ChangeAsync(id, input => input with { StartsAutomatically = true });
        Assert.Equal(MaintenanceStatus.InProgress, (await RowAsync(id)).Status);
        Assert.Equal($"maintenance.started {id}", (await RaisedAsync())[0]);
    }

    [Fact]
    public async Task Once_its_end_has_passed_it_cannot_be_started_any_more()
    {
        var id = await ScheduleAsync();
        App.Time.Advance(Utc("2026-01-15T03:00") - App.Now);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.StartNowAsync(id, 0));
        Assert.Contains("end of this maintenance has passed", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await RaisedAsync());
    }

    [Fact]
    public async Task Hand_and_clock_at_its_end_do_one_thing()
    {
        var id = await ScheduleAsync();
        await TickAsync("2026-01-15T03:00");
        await Assert.ThrowsAsync<EditConflictException>(() => Service.CancelAsync(id, 0, new MaintenanceCancelInput(Notify: true), new("ada@example.com")));
        Assert.Single(await RaisedAsync());
    }

    private async Task<int> ScheduleAsync()
    {
        var id = await Service.ScheduleAsync(Daily() with { Rule = null, StartsAutomatically = false });
        await RaisedAsync();
        return id;
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Maintenance;

/// <summary>Two windows of one series never run at once, whatever is done to one of them.</summary>
public sealed class SeriesOverlapTests : SeriesTest
{
    [Fact]
    public async Task A_running_window_cannot_be_extended_over_the_next_start()
    {
        var id = await Service.ScheduleAsync(Daily());
        await TickAsync("2026-01-15T01:00");
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ExtendAsync(id, "2026-01-16T02:01"));
        Assert.Equal(
            "The next window of this series starts on 16 January 2026, 02:00 (Europe/Berlin), and two cannot run at once. End this one by then.",
            refused.Errors[nameof(MaintenanceInput.Ends)]);
        Assert.Equal(("2026-01-15T01:00", "2026-01-15T03:00"), Times(await RowAsync(id)));
        await ExtendAsync(id, "2026-01-16T02:00");

        // And where the next one is moved or called off, there is room.
        await ChangeAsync((await WaitingAsync()).Id, input => input with { Starts = Local("2026-01-16T03:00") });
        await ExtendAsync(id, "2026-01-16T02:30");
        await Service.CancelAsync((await WaitingAsync()).Id, 1);
        await ExtendAsync(id, "2026-01-17T02:00");
        await Assert.ThrowsAsync<InvalidInputException>(() => ExtendAsync(id, "2026-01-17T02:01"));
    }

    [Fact]
    public async Task A_window_that_waits_cannot_be_made_to_last_over_the_start_that_would_be_planned_next()
    {
        var id = await Service.ScheduleAsync(Daily());
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ChangeAsync(id, input => input with { Ends = Local("2026-01-16T02:01") }));
        Assert.Equal([nameof(MaintenanceInput.Ends)], refused.Errors.Keys);
        await ChangeAsync(id, input => input with { Ends = Local("2026-01-16T02:00") });
        // Moved behind that start it stands for its own time still, and what follows comes after it.
        await ChangeAsync(id, input => input with { Starts = Local("2026-01-16T12:00"), Ends = Local("2026-01-17T02:00") });
        await Assert.ThrowsAsync<InvalidInputException>(() => ChangeAsync(id, input => input with { Ends = Local("2026-01-17T02:01") }));
    }

    [Fact]
    public async Task A_window_that_waits_cannot_be_moved_into_the_one_that_runs()
    {
        await Service.ScheduleAsync(Daily());
        await TickAsync("2026-01-15T01:00");
        var next = await WaitingAsync();
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ChangeAsync(next.Id, input => input with { Starts = Local("2026-01-15T03:59") }));
        Assert.Contains("runs until 15 January 2026, 04:00 (Europe/Berlin)", refused.Errors[nameof(MaintenanceInput.Ends)], StringComparison.Ordinal);
        await ChangeAsync(next.Id, input => input with { Starts = Local("2026-01-15T04:00") });
    }

    [Fact]
    public async Task A_window_cannot_be_started_while_another_of_its_series_runs()
    {
        var first = await Service.ScheduleAsync(Daily());
        await TickAsync("2026-01-15T01:00");
        var next = await WaitingAsync();
        await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.StartNowAsync(next.Id, 0));
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(next.Id)).Status);
        await Service.CompleteNowAsync(first, 1);
        await Service.StartNowAsync(next.Id, 0);
    }

    [Fact]
    public async Task A_window_cannot_be_started_where_it_would_run_over_the_start_of_the_next()
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { Starts = Local("2026-01-18T12:00"), Ends = Local("2026-01-18T14:00") });
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.StartNowAsync(id, 1));
        Assert.Contains("16 January 2026, 02:00", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_end_of_a_series_only_what_is_planned_counts()
    {
        var id = await Service.ScheduleAsync(Daily());
        await Service.EndSeriesAsync((await RowAsync(id)).SeriesId!.Value);
        await ChangeAsync(id, input => input with { Ends = Local("2026-01-20T02:00") });
        await Service.StartNowAsync(id, 1);
        await ExtendAsync(id, "2026-01-25T02:00");
    }

    [Fact]
    public async Task A_window_that_overlaps_since_an_earlier_version_can_get_another_title_and_none_is_planned_into_it()
    {
        var id = await Service.ScheduleAsync(Daily());
        await using (var db = App.Open())
            await db.MaintenanceWindows.Where(w => w.Id == id).ExecuteUpdateAsync(w => w.SetProperty(x => x.End, Utc("2026-01-17T12:00")));
        await ChangeAsync(id, input => input with { Title = "Long" });
        await TickAsync("2026-01-15T01:00");
        Assert.Equal("2026-01-18T01:00", Times(await WaitingAsync()).Start);
    }

    [Fact]
    public async Task A_window_that_overlaps_since_an_earlier_version_can_be_ended_earlier_and_not_later()
    {
        var id = await Service.ScheduleAsync(Daily());
        await TickAsync("2026-01-15T01:00");
        await using (var db = App.Open())
            await db.MaintenanceWindows.Where(w => w.Id == id).ExecuteUpdateAsync(w => w.SetProperty(x => x.End, Utc("2026-01-17T12:00")));
        await ExtendAsync(id, "2026-01-17T12:00");
        await ExtendAsync(id, "2026-01-16T12:00");
        await Assert.ThrowsAsync<InvalidInputException>(() => ExtendAsync(id, "2026-01-16T12:01"));
    }

    [Fact]
    public async Task On_a_page_that_is_restored_no_window_is_planned_into_the_one_that_runs()
    {
        var id = await Service.ScheduleAsync(Daily());
        await App.Get<StatusPageService>().SetArchivedAsync(Page, archived: true);
        await TickAsync("2026-01-15T01:00");
        await ExtendAsync(id, "2026-01-18T02:00");
        await App.Get<StatusPageService>().SetArchivedAsync(Page, archived: false);
        await TickAsync("2026-01-15T01:00");
        Assert.Equal("2026-01-18T01:00", Times(await WaitingAsync()).Start);
    }

    [Fact]
    public async Task A_move_to_another_zone_puts_no_window_into_the_one_that_runs()
    {
        await Service.ScheduleAsync(Daily("2026-01-15T02:00", "2026-01-16T02:00"));
        await TickAsync("2026-01-15T01:00");
        // Two in the morning of the 16th in Tokyo is eight hours earlier, while the first one runs.
        await App.Get<StatusPageService>().UpdateAsync(Page, 0, new StatusPageInput("Main", "main", TimeZone: "Asia/Tokyo", MoveSeries: true));
        Assert.Equal(("2026-01-16T17:00", "2026-01-17T17:00"), Times(await WaitingAsync()));
    }

    private async Task ExtendAsync(int id, string ends) => await Service.ExtendAsync(id, (await RowAsync(id)).Version, Local(ends));
}

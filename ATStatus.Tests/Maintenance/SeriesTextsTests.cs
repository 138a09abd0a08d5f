using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Maintenance;

/// <summary>What the windows of a series say comes from the series, never from the window before.</summary>
public sealed class SeriesTextsTests : SeriesTest
{
    [Theory]
    [InlineData("starts")]
    [InlineData("starts by hand")]
    [InlineData("is cancelled")]
    public async Task A_window_that_was_changed_alone_passes_nothing_on(string ends)
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { Title = "Once", Message = "Longer.", ComponentIds = [Parts[1], Parts[2]], Ends = Local("2026-01-15T06:00") });
        await (ends switch
        {
            "starts" => TickAsync("2026-01-15T01:00"),
            "starts by hand" => Service.StartNowAsync(id, 1),
            _ => Service.CancelAsync(id, 1),
        });

        var next = await WaitingAsync();
        Assert.Equal(("Upgrade", "Work.", ("2026-01-16T01:00", "2026-01-16T03:00")), (next.Title, next.Message, Times(next)));
        Assert.Equal(["API"], next.Components);
        Assert.Equal("Once", (await RowAsync(id)).Title);
    }

    [Fact]
    public async Task This_and_all_following_changes_the_series_and_announces_this_window_only()
    {
        var id = await Service.ScheduleAsync(Daily());
        await RaisedAsync();
        await ChangeAsync(id, input => input with
        {
            Title = "Patches",
            Message = "Short stops.",
            ComponentIds = [Parts[2], Parts[1]],
            Starts = Local("2026-01-15T03:00"),
            Ends = Local("2026-01-15T06:30"),
            AllFollowing = true,
        });

        Assert.Equal([$"maintenance.scheduled {id}"], await RaisedAsync());
        Assert.Equal(("2026-01-15T02:00", "2026-01-15T05:30"), Times(await RowAsync(id)));
        await TickAsync("2026-01-15T02:00");
        var next = await WaitingAsync();
        // Its start is the rule's, its length the new one.
        Assert.Equal(("Patches", "Short stops.", ("2026-01-16T01:00", "2026-01-16T04:30")), (next.Title, next.Message, Times(next)));
        Assert.Equal(["Web", "Mail"], next.Components);
        await TickAsync("2026-01-16T01:00");
        Assert.Equal(("Patches", ("2026-01-17T01:00", "2026-01-17T04:30")), (await WaitingAsync()) is var third ? (third.Title, Times(third)) : default);
    }

    [Fact]
    public async Task A_save_that_changes_neither_window_nor_series_raises_nothing_and_is_no_conflict_for_others()
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { AllFollowing = true });
        Assert.Equal(0, (await RowAsync(id)).Version);
    }

    [Fact]
    public async Task What_one_window_says_can_be_made_what_all_following_say_without_an_event()
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { Title = "Patches" });
        await RaisedAsync();
        await ChangeAsync(id, input => input with { AllFollowing = true });

        Assert.Empty(await RaisedAsync());
        // A save by somebody who saw the window before would write over it: the version says so.
        await Assert.ThrowsAsync<EditConflictException>(() => Service.RescheduleAsync(id, 1, Daily() with { Rule = null }));
        await TickAsync("2026-01-15T01:00");
        Assert.Equal("Patches", (await WaitingAsync()).Title);
    }

    [Fact]
    public async Task The_length_of_a_series_is_not_that_of_a_night_on_which_the_clocks_change()
    {
        // On 29 March the clocks skip 02:00 to 03:00 in Berlin: that window lasts an hour.
        var id = await Service.ScheduleAsync(Daily("2026-03-28T02:00", "2026-03-28T04:00"));
        await TickAsync("2026-03-28T01:00");
        var short1 = await WaitingAsync();
        Assert.Equal(("2026-03-29T01:00", "2026-03-29T02:00"), Times(short1));
        await ChangeAsync(short1.Id, input => input with { Title = "Patches", AllFollowing = true });
        await TickAsync("2026-03-29T01:00");
        var next = await WaitingAsync();
        Assert.Equal(("Patches", ("2026-03-30T00:00", "2026-03-30T02:00")), (next.Title, Times(next)));
        Assert.NotEqual(id, next.Id);
    }

    [Fact]
    public async Task A_length_with_which_later_windows_would_overlap_is_refused()
    {
        // Thursday to Saturday at 02:00: between Saturday and Thursday lies more than between Thursday and Friday.
        var id = await Service.ScheduleAsync(Daily("2026-01-17T02:00", "2026-01-17T04:00", "0 2 * * 4-6"));
        var refused = await Assert.ThrowsAsync<InvalidInputException>(
            () => ChangeAsync(id, input => input with { Ends = Local("2026-01-18T04:00"), AllFollowing = true }));
        Assert.Equal([nameof(MaintenanceInput.Ends)], refused.Errors.Keys);
        // This one alone may last that long.
        await ChangeAsync(id, input => input with { Ends = Local("2026-01-18T04:00") });
    }

    [Fact]
    public async Task Nothing_follows_a_window_whose_series_has_ended()
    {
        var id = await Service.ScheduleAsync(Daily());
        await Service.EndSeriesAsync((await RowAsync(id)).SeriesId!.Value);
        await Assert.ThrowsAsync<IllegalTransitionException>(() => ChangeAsync(id, input => input with { Title = "Patches", AllFollowing = true }));
        await ChangeAsync(id, input => input with { Title = "Patches" });
    }

    [Fact]
    public async Task A_component_that_is_deleted_is_left_out_of_later_windows()
    {
        var id = await Service.ScheduleAsync(Daily() with { ComponentIds = [Parts[0], Parts[1]] });
        await App.Get<ComponentService>().DeleteAsync(Parts[0]);
        await TickAsync("2026-01-15T01:00");
        Assert.Equal(["Web"], (await WaitingAsync()).Components);
        await App.Get<ComponentService>().DeleteAsync(Parts[1]);
        await TickAsync("2026-01-16T01:00");
        var last = await WaitingAsync();
        Assert.Equal(("Upgrade", 0), (last.Title, last.Components.Count));
        Assert.NotEqual(id, last.Id);
    }

    [Fact]
    public async Task A_page_that_is_deleted_takes_its_series_along()
    {
        await Service.ScheduleAsync(Daily());
        await App.Get<StatusPageService>().DeleteAsync(Page, "Main");
        await using var db = App.Open();
        Assert.Equal((0, 0), (await db.MaintenanceSeries.CountAsync(), await db.Set<MaintenanceSeriesComponent>().CountAsync()));
    }

    [Fact]
    public async Task In_another_zone_of_its_page_a_series_keeps_what_it_says()
    {
        var id = await Service.ScheduleAsync(Daily());
        await ChangeAsync(id, input => input with { Title = "Once" });
        await App.Get<StatusPageService>().UpdateAsync(Page, 0, new StatusPageInput("Main", "main", TimeZone: "America/New_York", MoveSeries: true));
        await TickAsync("2026-01-15T07:00");
        Assert.Equal(("Upgrade", ("2026-01-16T07:00", "2026-01-16T09:00")), (await WaitingAsync()) is var next ? (next.Title, Times(next)) : default);
    }

    [Fact]
    public async Task Of_a_series_in_another_zone_than_its_page_the_length_is_taken_on_the_series_own_clock()
    {
        var id = await Service.ScheduleAsync(Daily());
        await App.Get<StatusPageService>().UpdateAsync(Page, 0, new StatusPageInput("Main", "main", TimeZone: "America/New_York", MoveSeries: false));
        // 20:00 in New York is 02:00 in Berlin.
        await ChangeAsync(id, input => input with { Ends = Local("2026-01-14T23:00"), AllFollowing = true });
        await TickAsync("2026-01-15T01:00");
        Assert.Equal(("2026-01-16T01:00", "2026-01-16T04:00"), Times(await WaitingAsync()));
    }
}

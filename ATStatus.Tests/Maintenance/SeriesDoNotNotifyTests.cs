using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.Maintenance;

/// <summary>A series that does not notify: its events are recorded, their deliveries skipped, by hand and by the clock.</summary>
public sealed class SeriesDoNotNotifyTests : SeriesTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_clock_does_follows_what_was_chosen_when_the_series_was_scheduled(bool everyWindow)
    {
        await NotifyAsync();
        await Service.ScheduleAsync(Daily() with { DoNotNotify = true, DoNotNotifySeries = everyWindow });
        Assert.Equal(["scheduled Skipped"], await DeliveriesAsync());
        await TickAsync("2026-01-15T01:00");
        await TickAsync("2026-01-15T03:00");
        var state = everyWindow ? DeliveryState.Skipped : DeliveryState.Pending;
        Assert.Equal(
            [
                $"started {state}", $"status_changed {state}", $"scheduled {state}", $"completed {state}", $"status_changed {state}",
            ],
            (await DeliveriesAsync())[1..]);
        Assert.Equal(everyWindow, (await WaitingAsync()).SeriesDoesNotNotify);
    }

    [Fact]
    public async Task Each_step_by_hand_is_skipped_too_and_previewed_so()
    {
        await NotifyAsync();
        var id = await Service.ScheduleAsync(Daily() with { DoNotNotify = true, DoNotNotifySeries = true });
        await ChangeAsync(id, input => input with { Title = "Other" });
        var row = await RowAsync(id);
        var planned = Assert.Single(await Service.PreviewRescheduleAsync(id, row.Version, InputOf(row) with { Title = "Third" }));
        Assert.Equal(EventOutbox.DoNotNotifyReason, Assert.Single(planned.Recipients).SkipReason);
        await Service.StartNowAsync(id, row.Version);
        await Service.CompleteNowAsync(id, row.Version + 1);
        await Service.CancelAsync((await WaitingAsync()).Id, 0);
        Assert.All(await App.DeliveriesAsync(), d => Assert.Equal((DeliveryState.Skipped, EventOutbox.DoNotNotifyReason, SkipCause.DoNotNotify), (d.State, d.Reason, d.SkipCause)));
        Assert.Equal(0, App.Enqueued());
    }

    [Theory]
    [InlineData("edit")]
    [InlineData("edit of nothing else")]
    [InlineData("start")]
    [InlineData("complete")]
    public async Task It_can_be_chosen_with_any_later_step_and_ended_again(string step)
    {
        await NotifyAsync();
        var id = await Service.ScheduleAsync(Daily());
        if (step == "complete")
            await TickAsync("2026-01-15T01:00");
        var before = (await App.DeliveriesAsync()).Count;
        await (step switch
        {
            "edit" => ChangeAsync(id, input => input with { Title = "Other", DoNotNotify = true, DoNotNotifySeries = true }),
            "edit of nothing else" => ChangeAsync(id, input => input with { DoNotNotify = true, DoNotNotifySeries = true }),
            "start" => Service.StartNowAsync(id, 0, doNotNotify: true, doNotNotifySeries: true),
            _ => Service.CompleteNowAsync(id, 1, doNotNotify: true, doNotNotifySeries: true),
        });
        await TickAsync("2026-01-16T01:00");
        var since = (await App.DeliveriesAsync())[before..];
        Assert.Contains(since, d => d.State == DeliveryState.Skipped);
        Assert.All(since, d => Assert.Equal(EventOutbox.DoNotNotifyReason, d.Reason));

        await Service.NotifyAgainAsync((await RowAsync(id)).SeriesId!.Value);
        await TickAsync("2026-01-17T01:00");
        var again = (await App.DeliveriesAsync())[(before + since.Count)..];
        Assert.Contains(again, d => d.Event!.Type == Core.Events.EventType.MaintenanceStarted);
        Assert.All(again, d => Assert.Equal(DeliveryState.Pending, d.State));
    }

    [Fact]
    public async Task A_window_without_a_series_is_not_concerned()
    {
        await NotifyAsync();
        var id = await Service.ScheduleAsync(Daily() with { Rule = null, DoNotNotify = true, DoNotNotifySeries = true });
        await TickAsync("2026-01-15T01:00");
        Assert.False((await RowAsync(id)).SeriesDoesNotNotify);
        Assert.Equal(["scheduled Skipped", "started Pending", "status_changed Pending"], await DeliveriesAsync());
    }

    [Fact]
    public async Task A_page_that_moves_to_another_zone_notifies_for_one_series_and_not_for_the_other()
    {
        await NotifyAsync();
        var doNotNotify = await Service.ScheduleAsync(Daily() with { DoNotNotify = true, DoNotNotifySeries = true });
        var loud = await Service.ScheduleAsync(Daily());
        await App.Get<StatusPageService>().UpdateAsync(Page, 0, new StatusPageInput("Main", "main", TimeZone: "America/New_York", MoveSeries: true));
        Assert.Equal(
            [(doNotNotify, DeliveryState.Skipped, EventOutbox.DoNotNotifyReason), (loud, DeliveryState.Pending, null)],
            (await App.DeliveriesAsync()).TakeLast(2).Select(d => (d.Event!.SubjectId, d.State, d.Reason)));
    }

    [Fact]
    public async Task A_series_that_goes_on_with_its_restored_page_stays_so()
    {
        await NotifyAsync();
        await Service.ScheduleAsync(Daily() with { DoNotNotify = true, DoNotNotifySeries = true });
        await App.Get<StatusPageService>().SetArchivedAsync(Page, archived: true);
        await TickAsync("2026-01-15T04:00");
        await App.Get<StatusPageService>().SetArchivedAsync(Page, archived: false);
        await TickAsync("2026-01-15T04:00");
        Assert.Equal("scheduled Skipped", (await DeliveriesAsync())[^1]);
    }

    private Task<int> NotifyAsync() => App.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));

    private async Task<List<string>> DeliveriesAsync() =>
        [.. (await App.DeliveriesAsync()).Select(d => $"{Core.Events.EventTypes.WireName(d.Event!.Type).Split('.')[1]} {d.State}")];
}

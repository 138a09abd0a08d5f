using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Maintenance;

/// <summary>What is posted about a window, and how it is called off: what is kept, and what <c>maintenance.updated</c> says of it.</summary>
public sealed class MaintenanceUpdateTests : SeriesTest
{
    private static readonly Actor Ada = new("ada@example.com");

    [Fact]
    public async Task An_update_is_kept_and_sent_with_the_status_before_and_while_it_runs_and_refused_afterwards()
    {
        var id = await OnceAsync();
        await PostAsync(id, "  Prepared.\r\nAll is well. ");
        await TickAsync("2026-01-15T01:00");
        await PostAsync(id, "Half of it is done.");
        await TickAsync("2026-01-15T03:00");

        var late = await Assert.ThrowsAsync<IllegalTransitionException>(() => PostAsync(id, "Too late."));
        Assert.Contains("completed", late.Message, StringComparison.Ordinal);
        Assert.Equal(
            [("scheduled", "Prepared.\nAll is well."), ("in_progress", "Half of it is done.")],
            await SaidAsync());
        Assert.Equal(
            [
                (MaintenanceStatus.InProgress, "Half of it is done.", Utc("2026-01-15T01:00"), "ada@example.com"),
                (MaintenanceStatus.Scheduled, "Prepared.\nAll is well.", Utc("2026-01-14T12:00"), "ada@example.com"),
            ],
            (await App.Get<MaintenanceQueries>().UpdatesAsync(id)).Select(u => (u.Status, u.Message, u.At, u.Author)));
        // The window's own message is what it was.
        Assert.Equal("Work.", (await RowAsync(id)).Message);
    }

    [Theory]
    [InlineData(null, "Message is required.")]
    [InlineData("  ", "Message is required.")]
    [InlineData("long", "Message can have at most 10000 characters; this has 10001.")]
    public async Task A_message_that_cannot_be_is_refused_beside_its_field(string? text, string message)
    {
        var id = await OnceAsync();
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => PostAsync(id, text == "long" ? new string('x', MaintenanceWindow.MessageLength + 1) : text));
        Assert.Equal(message, refused.Errors[nameof(MaintenanceUpdateInput.Text)]);
        Assert.Empty(await SaidAsync());
        await Assert.ThrowsAsync<NotFoundException>(() => PostAsync(4711, "Nobody."));
    }

    [Fact]
    public async Task Two_who_post_at_once_both_do()
    {
        var id = await OnceAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => PostAsync(id, $"Update {i}")));
        Assert.Equal(6, (await App.Get<MaintenanceQueries>().UpdatesAsync(id)).Count);
        Assert.Equal(6, (await SaidAsync()).Count);
    }

    [Fact]
    public async Task With_do_not_notify_it_is_recorded_and_skipped()
    {
        var receiver = await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.MaintenanceUpdated]);
        var id = await OnceAsync();
        await Service.PostUpdateAsync(id, new MaintenanceUpdateInput("Quietly.", DoNotNotify: true), Ada);
        await PostAsync(id, "Aloud.");
        Assert.Equal(
            [(receiver, DeliveryState.Skipped, EventOutbox.DoNotNotifyReason), (receiver, DeliveryState.Pending, null)],
            (await App.DeliveriesAsync()).Select(d => (d.NotificationId!.Value, d.State, d.Reason)));
    }

    [Fact]
    public async Task As_many_as_are_counted_are_sent_an_update()
    {
        var id = await OnceAsync();
        Assert.Equal(0, await Service.CountSubscribersAsync(id));
        var off = await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: [EventType.MaintenanceUpdated]);
        await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Two", events: [EventType.MaintenanceUpdated, EventType.IncidentCreated]);
        await App.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Nine", events: [EventType.MaintenanceStarted]);
        await App.Get<NotificationService>().SetEnabledAsync(off, false);
        Assert.Equal(1, await Service.CountSubscribersAsync(id));
        Assert.Empty(await App.DeliveriesAsync());
        await PostAsync(id, "Counted.");
        Assert.Single(await App.DeliveriesAsync(), d => d.State == DeliveryState.Pending);
        await Assert.ThrowsAsync<NotFoundException>(() => Service.CountSubscribersAsync(4711));
    }

    [Fact]
    public async Task A_new_end_while_it_runs_is_sent_and_the_same_end_not()
    {
        var id = await OnceAsync();
        await TickAsync("2026-01-15T01:00");
        await RaisedAsync();
        await Service.ExtendAsync(id, (await RowAsync(id)).Version, Local("2026-01-15T05:00"));
        Assert.Equal([$"maintenance.updated {id}"], await RaisedAsync());
        await Service.ExtendAsync(id, (await RowAsync(id)).Version, Local("2026-01-15T05:00"));
        Assert.Empty(await RaisedAsync());

        Assert.Equal([("in_progress", "Work.")], await SaidAsync());
        Assert.Equal("2026-01-15T04:00:00Z", (await DataAsync(EventType.MaintenanceUpdated)).Single().GetProperty("windowEnd").GetString());
        Assert.Empty(await App.Get<MaintenanceQueries>().UpdatesAsync(id));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Next month instead.", false)]
    [InlineData(null, true)]
    [InlineData("Next month instead.", true)]
    public async Task Cancelled_with_and_without_a_message_and_a_notification(string? note, bool notify)
    {
        var id = await OnceAsync();
        await Service.CancelAsync(id, 0, new MaintenanceCancelInput(note, notify), Ada);

        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(id)).Status);
        Assert.Equal(notify ? [("cancelled", note ?? "Work.")] : [], await SaidAsync());
        Assert.Equal(
            note is null ? [] : [(MaintenanceStatus.Cancelled, note)],
            (await App.Get<MaintenanceQueries>().UpdatesAsync(id)).Select(u => (u.Status, u.Message)));
        await Assert.ThrowsAsync<IllegalTransitionException>(() => PostAsync(id, "Afterwards."));
        await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.CancelAsync(id, 1, new MaintenanceCancelInput(Notify: true), Ada));
    }

    [Fact]
    public async Task Of_a_series_the_next_one_is_planned_after_the_notification()
    {
        var id = await Service.ScheduleAsync(Daily());
        await RaisedAsync();
        await Service.CancelAsync(id, 0, new MaintenanceCancelInput("Not tonight.", Notify: true), Ada);
        Assert.Equal([$"maintenance.updated {id}", $"maintenance.scheduled {(await WaitingAsync()).Id}"], await RaisedAsync());
    }

    [Fact]
    public async Task What_is_too_long_for_a_payload_is_refused_and_what_the_clock_raises_comes()
    {
        var id = await OnceAsync();
        App.Get<Core.Sending.WebhookOptions>().MaxPayload = 400;
        await Assert.ThrowsAsync<InvalidInputException>(() => PostAsync(id, new string('x', 400)));
        var refused = await Assert.ThrowsAsync<InvalidInputException>(
            () => Service.CancelAsync(id, 0, new MaintenanceCancelInput(new string('x', 400), Notify: true), Ada));
        Assert.Equal([nameof(MaintenanceCancelInput.Note)], refused.Errors.Keys);
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(id)).Status);
        App.Get<Core.Sending.WebhookOptions>().MaxPayload = 10;
        await TickAsync("2026-01-15T01:00");
        await Service.ExtendAsync(id, 1, Local("2026-01-15T05:00"));
        Assert.Single(await SaidAsync());
    }

    [Fact]
    public async Task Who_was_sent_the_window_is_sent_its_updates_whatever_it_concerns_by_then()
    {
        await App.Get<Core.Notifications.NotificationService>().CreateAsync(new Core.Notifications.NotificationInput(
            "webhook", "Of the API", new("http://127.0.0.1:9/"), new([EventType.MaintenanceScheduled, EventType.MaintenanceUpdated]) { ComponentIds = [Parts[0]] }));
        await App.Get<Core.Notifications.NotificationService>().CreateAsync(new Core.Notifications.NotificationInput(
            "webhook", "Of the API, later", new("http://127.0.0.1:9/"), new([EventType.MaintenanceUpdated]) { ComponentIds = [Parts[0]] }));
        var id = await OnceAsync();
        await ChangeAsync(id, input => input with { ComponentIds = [Parts[2]] });
        await PostAsync(id, "It is the mail now.");
        Assert.Equal(["Of the API"], (await App.DeliveriesAsync()).Where(d => d.EventType == EventType.MaintenanceUpdated).Select(d => d.NotificationName));
        Assert.Equal($"maintenance/{id}", (await App.DeliveriesAsync())[^1].Subject);
    }

    [Fact]
    public async Task With_its_page_its_updates_go()
    {
        var id = await OnceAsync();
        await PostAsync(id, "Prepared.");
        await App.Get<Core.StatusPages.StatusPageService>().DeleteAsync(Page, "Main");
        await using var db = App.Open();
        Assert.Empty(await db.MaintenanceUpdates.ToListAsync());
    }

    private async Task<int> OnceAsync()
    {
        var id = await Service.ScheduleAsync(Daily() with { Rule = null });
        await RaisedAsync();
        return id;
    }

    private Task PostAsync(int id, string? text) => Service.PostUpdateAsync(id, new MaintenanceUpdateInput(text), Ada);

    private async Task<List<(string Status, string Message)>> SaidAsync() =>
        [.. (await DataAsync(EventType.MaintenanceUpdated)).Select(data => (data.GetProperty("status").GetString()!, data.GetProperty("message").GetString()!))];
}

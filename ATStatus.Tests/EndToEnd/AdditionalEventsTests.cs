using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// What the program sends beyond the nine events, as a receiver sees it: on real time, signed, in order, and to nobody who has not chosen it.
/// </summary>
public sealed class AdditionalEventsTests
{
    private static readonly Actor Ada = new("ada@example.com");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Updates_and_a_cancellation_reach_who_has_chosen_them_and_nobody_else()
    {
        await using var app = await StartAsync();
        await using var chosen = LoopbackReceiver.Start();
        await using var documented = LoopbackReceiver.Start();
        await SubscribeAsync(app, "Chosen", chosen.Url, [EventType.MaintenanceScheduled, EventType.MaintenanceStarted, EventType.MaintenanceUpdated]);
        await SubscribeAsync(app, "All nine", documented.Url, EventTypes.All);
        var service = app.Services.GetRequiredService<MaintenanceService>();

        var id = await service.ScheduleAsync(Input(TimeSpan.FromHours(1)), Stop);
        await chosen.WaitForAsync(1);
        await service.PostUpdateAsync(id, new MaintenanceUpdateInput("Prepared 🚧"), Ada, Stop);
        await chosen.WaitForAsync(2);
        await service.StartNowAsync(id, await VersionAsync(app, id), cancellationToken: Stop);
        await chosen.WaitForAsync(3);
        await service.ExtendAsync(id, await VersionAsync(app, id), DateTime.UtcNow.Date.AddDays(3), cancellationToken: Stop);
        await chosen.WaitForAsync(4);
        await service.CompleteNowAsync(id, await VersionAsync(app, id), cancellationToken: Stop);
        var other = await service.ScheduleAsync(Input(TimeSpan.FromHours(2)), Stop);
        await chosen.WaitForAsync(5);
        await service.CancelAsync(other, 0, new MaintenanceCancelInput("Next week.", Notify: true), Ada, Stop);

        var received = await chosen.WaitForAsync(6);
        Assert.Equal(
            ["maintenance.scheduled", "maintenance.updated", "maintenance.started", "maintenance.updated", "maintenance.scheduled", "maintenance.updated"],
            received.Select(r => r.Header("X-Webhook-Event")));
        Assert.Equal(
            [(id, "scheduled", "Prepared 🚧"), (id, "in_progress", "Work."), (other, "cancelled", "Next week.")],
            received.Where(r => r.Header("X-Webhook-Event") == "maintenance.updated").Select(Said));
        Assert.All(received, r => Assert.True(DocumentVerifier.Verify(r.Body, r.Header("X-Webhook-Signature")!, "s3cret")));
        Assert.All(
            received.Where(r => r.Header("X-Webhook-Event") == "maintenance.updated"),
            r => Assert.Equal(
                ["id", "title", "status", "message", "components", "windowStart", "windowEnd"],
                Data(r).EnumerateObject().Select(property => property.Name)));
        // scheduled, started, its component, completed, its component, scheduled.
        Assert.DoesNotContain(await documented.WaitForAsync(6), r => r.Header("X-Webhook-Event") == "maintenance.updated");
    }

    [Fact]
    public async Task A_reminder_comes_by_the_clock_and_who_is_not_started_by_the_end_is_cancelled_by_it()
    {
        await using var app = await StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        await SubscribeAsync(app, "Planner", receiver.Url, EventTypes.Additional);
        var now = DateTime.UtcNow;
        var id = await app.Services.GetRequiredService<MaintenanceService>().ScheduleAsync(
            Input(TimeSpan.Zero) with
            {
                Starts = now.AddSeconds(10),
                Ends = now.AddSeconds(13),
                RemindBefore = TimeSpan.FromSeconds(6),
                StartsAutomatically = false,
            },
            Stop);

        var received = await receiver.WaitForAsync(2);

        Assert.Equal(["maintenance.reminder", "maintenance.updated"], received.Select(r => r.Header("X-Webhook-Event")));
        Assert.Equal([(id, "scheduled", "Work."), (id, "cancelled", "Work.")], received.Select(Said));
        Assert.InRange(received[0].At.UtcDateTime, now.AddSeconds(3), now.AddSeconds(10));
        Assert.InRange(received[1].At.UtcDateTime, now.AddSeconds(12), now.AddSeconds(22));
        Assert.Equal(MaintenanceStatus.Cancelled, (await app.Services.GetRequiredService<MaintenanceQueries>().FindAsync(id, Stop))!.Status);
    }

    [Fact]
    public async Task An_alert_names_the_delivery_by_its_address_in_the_console()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Settings = new() { ["Webhooks:MaxAttempts"] = "1", ["Hosting:PublicUrl"] = "https://ops.example.com/" },
        });
        await app.Services.GetRequiredService<SampleData>().LoadAsync(Stop);
        await using var broken = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var pager = LoopbackReceiver.Start();
        var desk = await SubscribeAsync(app, "Pager", pager.Url, [EventType.IncidentCreated]);
        await app.Services.GetRequiredService<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Broken", new(broken.Url.AbsoluteUri), new([EventType.MaintenanceUpdated]) { AlertNotificationId = desk }), Stop);
        var service = app.Services.GetRequiredService<MaintenanceService>();
        var id = await service.ScheduleAsync(Input(TimeSpan.FromHours(1)), Stop);
        await service.PostUpdateAsync(id, new MaintenanceUpdateInput("Prepared."), Ada, Stop);

        var data = Data((await pager.WaitForAsync(1))[0]);

        Assert.Equal(
            ["id", "name", "type", "reason", "failure", "statusCode", "lastSuccessAt", "deliveryId", "event", "eventId", "url"],
            data.EnumerateObject().Select(property => property.Name));
        Assert.Equal("maintenance.updated", data.GetProperty("event").GetString());
        Assert.Equal($"https://ops.example.com/admin/deliveries/{data.GetProperty("deliveryId").GetInt64()}", data.GetProperty("url").GetString());
        Assert.True(data.GetProperty("eventId").GetInt64() > 0);
    }

    private static async Task<ConsoleApp> StartAsync()
    {
        var app = await ConsoleApp.StartAsync();
        await app.Services.GetRequiredService<SampleData>().LoadAsync(Stop);
        return app;
    }

    private static MaintenanceInput Input(TimeSpan away) =>
        new(1, "Upgrade", "Work.", [1], DateTime.UtcNow + away, DateTime.UtcNow + away + TimeSpan.FromHours(2));

    private static Task<int> SubscribeAsync(ConsoleApp app, string name, Uri url, IReadOnlyCollection<EventType> events) =>
        app.Services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", name, new(url.AbsoluteUri, "s3cret"), new(events)), Stop);

    private static async Task<int> VersionAsync(ConsoleApp app, int id) =>
        (await app.Services.GetRequiredService<MaintenanceQueries>().FindAsync(id, Stop))!.Version;

    private static JsonElement Data(ReceivedRequest request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("data");

    private static (int Id, string? Status, string? Message) Said(ReceivedRequest request)
    {
        var data = Data(request);
        return (data.GetProperty("id").GetInt32(), data.GetProperty("status").GetString(), data.GetProperty("message").GetString());
    }
}

using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// One run of a console in which every event happens, with all requests that a receiver got, and the catalogue as the same console serves it.
/// </summary>
public sealed class DeliveredEvents : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");

    private readonly Dictionary<EventType, JsonObject> _schemas = [];

    /// <summary>What the receiver got, alerts included.</summary>
    internal IReadOnlyList<ReceivedRequest> Requests { get; private set; } = [];

    /// <summary>Each event type's schema, as it was served.</summary>
    internal IReadOnlyDictionary<EventType, JsonObject> Schemas => _schemas;

    /// <summary>The AsyncAPI document, as it was served.</summary>
    internal string AsyncApi { get; private set; } = "";

    /// <summary>The requests with an event of this type.</summary>
    internal IEnumerable<ReceivedRequest> Of(EventType type) => Requests.Where(request => request.Header("X-Webhook-Event") == type.WireName());

    public async ValueTask InitializeAsync()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var failing = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Webhooks:MaxAttempts"] = "1" } });
        T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();
        await Get<SampleData>().LoadAsync();
        var pager = await Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Receiver", new(receiver.Url.AbsoluteUri, "s3cret") { Options = new SendOptions { StandardWebhooks = true } },
            new(EventTypes.Selectable)));
        await AlertingAsync(Get<NotificationService>(), "Failing", failing.Url, EventType.ComponentCreated, pager);
        await AlertingAsync(Get<NotificationService>(), "Gone", gone.Url, EventType.ComponentDeleted, pager);

        await RaiseAsync(Get<ComponentService>(), Get<IncidentService>(), Get<IncidentQueries>(), Get<MaintenanceService>(), Get<MaintenanceQueries>());
        await Eventually.TrueAsync(() => EventTypes.Every.All(type => receiver.Requests.Any(r => r.Header("X-Webhook-Event") == type.WireName())));

        Requests = receiver.Requests;
        using var stranger = app.CreateClient();
        foreach (var type in EventTypes.Every)
            _schemas[type] = JsonNode.Parse(await stranger.GetStringAsync($"events/{type.WireName()}.schema.json"))!.AsObject();
        AsyncApi = await stranger.GetStringAsync("events/asyncapi.json");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Task<int> AlertingAsync(NotificationService notifications, string name, Uri url, EventType type, int pager) =>
        notifications.CreateAsync(new NotificationInput("webhook", name, new(url.AbsoluteUri), new([type]) { AlertNotificationId = pager }));

    private static async Task RaiseAsync(
        ComponentService components, IncidentService incidents, IncidentQueries incidentQueries, MaintenanceService maintenance,
        MaintenanceQueries maintenanceQueries)
    {
        var component = await components.CreateAsync(new ComponentInput(1, "Zahlung “ü” 🚨 <&>", ComponentStatus.Operational));

        var incident = await incidents.CreateAsync(
            new IncidentInput(
                1, "Payments fail", IncidentSeverity.Critical, IncidentStatus.Investigating, "We are looking.",
                [new AffectedComponent(component, ComponentStatus.MajorOutage)]),
            Ada);
        foreach (var status in (IncidentStatus[])[IncidentStatus.Identified, IncidentStatus.Resolved])
        {
            var version = (await incidentQueries.FindAsync(incident))!.Version;
            await incidents.PostUpdateAsync(incident, version, new IncidentUpdateInput(status, $"It is {status}.\n\tMore follows."), Ada);
        }

        // Far enough away to be announced first, near enough for its reminder to be due in a moment.
        var now = DateTime.UtcNow;
        await maintenance.ScheduleAsync(new MaintenanceInput(
            1, "Upgrade", "Work.", [component], now.AddHours(1).AddSeconds(3), now.AddHours(2), RemindBefore: TimeSpan.FromHours(1)));
        var window = await maintenance.ScheduleAsync(new MaintenanceInput(1, "Move", "Work.", [], now.AddHours(3), now.AddHours(4)));
        await maintenance.PostUpdateAsync(window, new MaintenanceUpdateInput("Prepared 🚧"), Ada);
        await maintenance.StartNowAsync(window, (await maintenanceQueries.FindAsync(window))!.Version);
        await maintenance.CompleteNowAsync(window, (await maintenanceQueries.FindAsync(window))!.Version);

        await components.DeleteAsync(component);
    }
}

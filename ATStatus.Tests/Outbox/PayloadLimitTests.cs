using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Outbox;

/// <summary>What people save keeps within <c>Webhooks:MaxPayload</c>; what the clock and mere buttons raise comes whatever its size.</summary>
public sealed class PayloadLimitTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private static readonly string Long = new('m', 5_000);
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private IncidentService Incidents => _app.Get<IncidentService>();

    private MaintenanceService Maintenance => _app.Get<MaintenanceService>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_incident_or_window_of_exactly_the_limit_is_saved_and_one_byte_more_is_not()
    {
        await Incidents.CreateAsync(Incident("message"), Ada);
        var size = await LastPayloadAsync();
        Limit(size);
        await Incidents.CreateAsync(Incident("message"), Ada);
        Assert.Equal(size, await LastPayloadAsync());

        var refused = await RefusedAsync(() => Incidents.CreateAsync(Incident("messages"), Ada), nameof(IncidentInput.Message));

        Assert.Equal(
            $"incident.created would be {size + 1} bytes long, and Webhooks:MaxPayload allows {size}. Shorten the message, or choose fewer components.", refused);
    }

    [Fact]
    public async Task Every_form_with_a_text_refuses_and_its_preview_says_the_same()
    {
        var incident = await Incidents.CreateAsync(Incident("Short."), Ada);
        var window = await Maintenance.ScheduleAsync(Window("Short.", starts: 1));
        Limit(2_000);

        await BothRefusedAsync(
            () => Incidents.CreateAsync(Incident(Long), Ada), () => Incidents.PreviewCreateAsync(Incident(Long), Ada), "Message", "incident.created");
        foreach (var (status, type) in new[] { (IncidentStatus.Identified, "incident.updated"), (IncidentStatus.Resolved, "incident.resolved") })
        {
            var update = new IncidentUpdateInput(status, Long);
            await BothRefusedAsync(
                () => Incidents.PostUpdateAsync(incident, 0, update, Ada), () => Incidents.PreviewUpdateAsync(incident, 0, update, Ada), "Message", type);
        }
        await BothRefusedAsync(
            () => Maintenance.ScheduleAsync(Window(Long)), () => Maintenance.PreviewScheduleAsync(Window(Long)), "Message", "maintenance.scheduled");
        await BothRefusedAsync(
            () => Maintenance.RescheduleAsync(window, 0, Window(Long, starts: 1)), () => Maintenance.PreviewRescheduleAsync(window, 0, Window(Long, starts: 1)),
            "Message", "maintenance.scheduled");
    }

    [Fact]
    public async Task An_edit_sends_the_latest_message_again_and_is_held_to_the_limit_with_it()
    {
        var incident = await Incidents.CreateAsync(Incident(Long), Ada);
        Limit(2_000);
        var edit = new IncidentEditInput("Another title");

        var message = await BothRefusedAsync(
            () => Incidents.EditAsync(incident, 0, edit), () => Incidents.PreviewEditAsync(incident, 0, edit), "Title", "incident.updated");

        // The message tells the way out.
        Assert.Contains("Shorten the latest message first", message, StringComparison.Ordinal);
        var detail = (await _app.Get<IncidentQueries>().FindAsync(incident))!;
        await Incidents.CorrectMessageAsync(incident, detail.Version, detail.Updates[0].Id, "Short.");
        await Incidents.EditAsync(incident, detail.Version + 1, edit);
    }

    [Fact]
    public async Task Do_not_notify_changes_nothing_about_it()
    {
        Limit(2_000);
        await RefusedAsync(() => Incidents.CreateAsync(Incident(Long) with { DoNotNotify = true }, Ada), "Message");
    }

    [Fact]
    public async Task The_clock_starts_completes_and_plans_whatever_the_limit_is_now()
    {
        await Maintenance.ScheduleAsync(Window(Long, starts: 1) with { Rule = "0 13 * * *" });
        Limit(WebhookOptions.SmallestMaxPayload);

        _app.Time.Advance(TimeSpan.FromHours(1.5));
        await Clock().TickAsync(default);
        _app.Time.Advance(TimeSpan.FromHours(1));
        await Clock().TickAsync(default);

        Assert.Equal(
            [EventType.MaintenanceScheduled, EventType.MaintenanceStarted, EventType.MaintenanceScheduled, EventType.MaintenanceCompleted],
            (await EventsAsync()).Where(e => e.Type.Group() == EventGroup.Maintenance).Select(e => e.Type));
    }

    [Fact]
    public async Task A_button_without_a_text_is_not_refused()
    {
        var started = await Maintenance.ScheduleAsync(Window(Long, starts: 1));
        var cancelled = await Maintenance.ScheduleAsync(Window(Long, starts: 1) with { Rule = "0 13 * * *" });
        Limit(WebhookOptions.SmallestMaxPayload);

        await Maintenance.StartNowAsync(started, 0);
        await Maintenance.CompleteNowAsync(started, 1);
        await Maintenance.CancelAsync(cancelled, 0);

        Assert.Equal(EventType.MaintenanceScheduled, (await EventsAsync())[^1].Type);
    }

    [Fact]
    public async Task The_smallest_limit_holds_every_component_event()
    {
        // Three bytes for each character, and names of the longest kind; a status change of an incident is refused for no component's sake.
        var page = new StatusPageRef(int.MaxValue, new string('\u20AC', StatusPage.NameLength), new string('s', StatusPage.SlugLength));
        var name = new string('\u20AC', Component.NameLength);
        foreach (var type in new[] { EventType.ComponentCreated, EventType.ComponentStatusChanged, EventType.ComponentDeleted })
        {
            var data = new ComponentData(
                int.MaxValue, name, type == EventType.ComponentCreated ? null : ComponentStatus.PartialOutage,
                type == EventType.ComponentDeleted ? null : ComponentStatus.PartialOutage, 99.99m);
            Assert.InRange(EventPayload.Write(type, _app.Now, page, data).Length, 1, WebhookOptions.SmallestMaxPayload);
        }

        Limit(WebhookOptions.SmallestMaxPayload);
        await Incidents.CreateAsync(Incident("Short.") with { Components = [new(_page.Components[0].Id, ComponentStatus.MajorOutage)] }, Ada);
        Assert.Equal([EventType.IncidentCreated, EventType.ComponentStatusChanged], (await EventsAsync()).Select(e => e.Type));
    }

    private MaintenanceClock Clock() => new(
        _app.Get<IDbContextFactory<Core.Persistence.AtStatusDbContext>>(), Maintenance, _app.Get<Core.Persistence.DatabaseWritability>(), _app.Time,
        Microsoft.Extensions.Logging.Abstractions.NullLogger<MaintenanceClock>.Instance);

    private void Limit(int bytes) => _app.Get<WebhookOptions>().MaxPayload = bytes;

    private IncidentInput Incident(string message) =>
        new(_page.Id, "API down", IncidentSeverity.Major, IncidentStatus.Investigating, message, []);

    /// <summary>A window of an hour that starts so many hours from now.</summary>
    private MaintenanceInput Window(string message, int starts = 24) => new(
        _page.Id, "Upgrade", message, [], DateTime.SpecifyKind(_app.Now.AddHours(starts), DateTimeKind.Unspecified),
        DateTime.SpecifyKind(_app.Now.AddHours(starts + 1), DateTimeKind.Unspecified));

    private async Task<string> BothRefusedAsync(Func<Task> save, Func<Task> preview, string field, string type)
    {
        var message = await RefusedAsync(save, field);
        Assert.StartsWith($"{type} would be ", message, StringComparison.Ordinal);
        Assert.Equal(message, await RefusedAsync(preview, field));
        return message;
    }

    /// <summary>The message beside the field; nothing at all was written.</summary>
    private async Task<string> RefusedAsync(Func<Task> save, string field)
    {
        var before = await EverythingAsync();
        var refused = await Assert.ThrowsAsync<InvalidInputException>(save);
        Assert.Equal(before, await EverythingAsync());
        return Assert.Single(refused.Errors, e => e.Key == field).Value;
    }

    private async Task<string> EverythingAsync()
    {
        await using var db = _app.Open();
        var incidents = await db.Incidents.AsNoTracking().Select(i => new { i.Id, i.Version, i.Status, i.Title }).ToListAsync();
        var windows = await db.MaintenanceWindows.AsNoTracking().Select(w => new { w.Id, w.Version, w.Message }).ToListAsync();
        return $"{string.Join(";", incidents)} {string.Join(";", windows)} {await db.IncidentUpdates.CountAsync()} {await db.Events.CountAsync()} "
            + $"{await db.Deliveries.CountAsync()}";
    }

    private async Task<List<StoredEvent>> EventsAsync()
    {
        await using var db = _app.Open();
        return await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
    }

    private async Task<int> LastPayloadAsync() => (await EventsAsync())[^1].Payload.Length;
}

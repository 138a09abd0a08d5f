using System.Globalization;
using System.Text;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Access.Audit;

/// <summary>What each change leaves in the audit trail, and what never stands there.</summary>
public sealed class AuditEntriesTests : IAsyncLifetime
{
    private const string Secret = "sec-ret-9f8e7d", OtherSecret = "other-5c4b3a", Token = "tok-123456789abcdef0123456789", HeaderValue = "header-value-77aa";

    private static readonly AuditActor Ada = AuditActor.OfUser(new Guid("11111111-1111-4111-8111-111111111111"), "ada@example.com", "192.0.2.7");
    private static readonly Actor Person = new("ada@example.com");

    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private long _last;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
        await NewAsync();
    }

    /// <summary>Whatever the test did: no entry has a secret, or a part of one.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (var db = _app.Open())
        {
            foreach (var entry in await db.AuditEntries.AsNoTracking().ToListAsync(CancellationToken.None))
            {
                var text = string.Join('\n', entry.ActorName, entry.ObjectName, entry.Before, entry.After);
                Assert.All(new[] { Secret, OtherSecret, Token, HeaderValue, "CfDJ8" }, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            }
        }
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Sample_data_is_the_systems_where_nobody_is_named() =>
        Assert.All(await AllAsync(), e => Assert.Equal((AuditActorKind.System, "system", ""), (e.ActorKind, e.ActorName, e.Address)));

    [Fact]
    public async Task A_status_page()
    {
        using var actor = AuditActor.Use(Ada);
        var pages = _app.Get<StatusPageService>();
        var id = await pages.CreateAsync(new StatusPageInput("Shop", "shop", "About", "Europe/Berlin"), Stop);
        Only(await NewAsync(), AuditAction.Created, AuditObject.StatusPage, id, "Shop", null,
            """{"name":"Shop","slug":"shop","description":"About","time_zone":"Europe/Berlin"}""");
        await pages.UpdateAsync(id, 0, new StatusPageInput("Store", "shop", "About", "Europe/Berlin"), Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.StatusPage, id, "Store", """{"name":"Shop"}""", """{"name":"Store"}""");
        await pages.UpdateAsync(id, 1, new StatusPageInput("Store", "shop", "About", "Europe/Berlin"), Stop);
        Assert.Empty(await NewAsync());
        await pages.SetArchivedAsync(id, true, Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.StatusPage, id, "Store", """{"archived_at":null}""", """{"archived_at":"2026-01-14T12:00:00Z"}""");
        await pages.DeleteAsync(id, "Store", cancellationToken: Stop);
        var deleted = Only(await NewAsync(), AuditAction.Deleted, AuditObject.StatusPage, id, "Store");
        Assert.Contains("\"name\":\"Store\"", deleted.Before, StringComparison.Ordinal);
        Assert.Null(deleted.After);
        Assert.Equal((AuditActorKind.User, Ada.Name, Ada.Id, Ada.Address), (deleted.ActorKind, deleted.ActorName, deleted.ActorId, deleted.Address));
        Assert.Equal(_app.Now, deleted.At);
    }

    [Fact]
    public async Task A_component_its_status_its_place_and_its_history()
    {
        var components = _app.Get<ComponentService>();
        var id = await components.CreateAsync(new ComponentInput(_page.Id, "Search", ComponentStatus.Operational), Stop);
        var created = Only(await NewAsync(), AuditAction.Created, AuditObject.Component, id, "Search", null,
            $$"""{"status_page":"Main Status (#{{_page.Id}})","name":"Search","description":"","visible":true,"status":"Operational"}""");
        Assert.Single(created.EventIds!);
        await components.SetStatusAsync(id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        var changed = Only(await NewAsync(), AuditAction.Changed, AuditObject.Component, id, "Search", """{"status":"Operational"}""", """{"status":"MajorOutage"}""");
        await using (var db = _app.Open())
            Assert.Equal(EventType.ComponentStatusChanged, (await db.Events.SingleAsync(e => e.Id == changed.EventIds!.Single(), Stop)).Type);
        await components.SetStatusAsync(id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        Assert.Empty(await NewAsync());

        var order = _app.Get<ComponentOrder>();
        var group = await order.AddGroupAsync(_page.Id, "Core", Stop);
        Only(await NewAsync(), AuditAction.Created, AuditObject.ComponentGroup, group, "Core");
        await order.MoveComponentAsync(id, group, 0, Stop);
        Only(await NewAsync(), AuditAction.Moved, AuditObject.Component, id, "Search", """{"group":null,"place":6}""", $$"""{"group":"Core (#{{group}})","place":1}""");
        await order.MoveComponentAsync(id, group, 0, Stop);
        Assert.Empty(await NewAsync());
        await order.MoveGroupAsync(group, 0, Stop);
        Only(await NewAsync(), AuditAction.Moved, AuditObject.ComponentGroup, group, "Core");
        await order.RenameGroupAsync(group, 0, "Center", Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.ComponentGroup, group, "Center", """{"name":"Core"}""", """{"name":"Center"}""");
        await order.RemoveGroupAsync(group, Stop);
        Only(await NewAsync(), AuditAction.Deleted, AuditObject.ComponentGroup, group, "Center");

        _app.Time.Advance(TimeSpan.FromHours(2));
        await _app.Get<ComponentHistoryService>().CorrectAsync(
            id, new HistoryCorrectionInput(_app.Now.AddHours(-1), _app.Now, ComponentStatus.Operational), Person, Stop);
        Only(await NewAsync(), AuditAction.HistoryCorrected, AuditObject.Component, id, "Search", null,
            """{"from":"2026-01-14T13:00:00Z","until":"2026-01-14T14:00:00Z","status":"Operational"}""");
        await components.DeleteAsync(id, cancellationToken: Stop);
        Only(await NewAsync(), AuditAction.Deleted, AuditObject.Component, id, "Search");
    }

    [Fact]
    public async Task An_incident_from_its_beginning_to_its_deletion()
    {
        var incidents = _app.Get<IncidentService>();
        var api = _page.Components[0];
        var input = new IncidentInput(_page.Id, "Down", IncidentSeverity.Major, IncidentStatus.Investigating, "We look.", [new(api.Id, ComponentStatus.MajorOutage)]);
        await incidents.PreviewCreateAsync(input, Person, Stop);
        Assert.Empty(await NewAsync());
        var id = await incidents.CreateAsync(input, Person, Stop);
        var created = await NewAsync();
        Assert.Equal([AuditObject.Incident, AuditObject.Component], created.Select(e => e.ObjectKind));
        Assert.Equal(
            $$"""{"status_page":"Main Status (#{{_page.Id}})","title":"Down","severity":"Major","status":"Investigating","started_at":"2026-01-14T12:00:00Z","components":["API (#{{api.Id}}): MajorOutage"],"message":"We look."}""",
            created[0].After);
        Assert.Equal(2, created[0].EventIds!.Count);

        await incidents.PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Done."), Person, Stop);
        var resolved = await NewAsync();
        Assert.Equal("""{"status":"Investigating","resolved_at":null,"message":null}""", resolved[0].Before);
        Assert.Equal("""{"status":"Resolved","resolved_at":"2026-01-14T12:00:00Z","message":"Done."}""", resolved[0].After);
        Assert.Equal("""{"status":"Operational"}""", resolved[1].After);

        int update;
        await using (var db = _app.Open())
            update = (await db.IncidentUpdates.OrderBy(u => u.Id).LastAsync(Stop)).Id;
        await incidents.CorrectMessageAsync(id, 1, update, "Mended.", cancellationToken: Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Incident, id, "Down", """{"message":"Done."}""", """{"message":"Mended."}""");
        await incidents.SavePostmortemAsync(id, 2, "A disk was full.", "", Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Incident, id, "Down", """{"postmortem":null}""", """{"postmortem":"A disk was full."}""");
        await Assert.ThrowsAsync<EditConflictException>(() => incidents.DeleteAsync(id, 0, keepDowntime: true, Stop));
        Assert.Empty(await NewAsync());
        await incidents.DeleteAsync(id, 3, keepDowntime: true, Stop);
        Assert.Null(Only(await NewAsync(), AuditAction.Deleted, AuditObject.Incident, id, "Down").EventIds);
    }

    [Fact]
    public async Task Default_texts()
    {
        var texts = _app.Get<IncidentDefaultTextService>();
        await texts.SaveAsync(0, new(null, null, null, "Over."), Stop);
        Only(await NewAsync(), AuditAction.Created, AuditObject.IncidentDefaultTexts, 1, "Default texts");
        await texts.SaveAsync(1, new(null, null, null, "It is over."), Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.IncidentDefaultTexts, 1, "Default texts", """{"resolved":"Over."}""", """{"resolved":"It is over."}""");
    }

    [Fact]
    public async Task A_template()
    {
        var templates = _app.Get<IncidentTemplateService>();
        await templates.AddAsync(new IncidentTemplateInput("T", "Title", IncidentSeverity.Minor, IncidentStatus.Identified, "Text"), Stop);
        var seen = Assert.Single(await templates.ListAsync(Stop));
        Only(await NewAsync(), AuditAction.Created, AuditObject.IncidentTemplate, seen.Id, "T");
        await templates.UpdateAsync(seen, new IncidentTemplateInput("T", "Title", IncidentSeverity.Critical, IncidentStatus.Identified, "Text"), Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.IncidentTemplate, seen.Id, "T", """{"severity":"Minor"}""", """{"severity":"Critical"}""");
        await Assert.ThrowsAsync<EditConflictException>(
            () => templates.UpdateAsync(seen, new IncidentTemplateInput("U", "Title", IncidentSeverity.None, IncidentStatus.Identified, "Text"), Stop));
        Assert.Empty(await NewAsync());
        await templates.DeleteAsync(seen.Id, Stop);
        Only(await NewAsync(), AuditAction.Deleted, AuditObject.IncidentTemplate, seen.Id, "T");
    }

    [Fact]
    public async Task Maintenance_by_a_person_and_by_the_clock()
    {
        var maintenance = _app.Get<MaintenanceService>();
        var id = await maintenance.ScheduleAsync(
            new MaintenanceInput(_page.Id, "Upgrade", "New disks.", [_page.Components[0].Id], _app.Now.AddHours(1), _app.Now.AddHours(2), Rule: "0 13 * * *"), Stop);
        var created = await NewAsync();
        Assert.Equal([AuditObject.Maintenance, AuditObject.MaintenanceSeries], created.Select(e => e.ObjectKind).Order());
        var window = created.Single(e => e.ObjectKind == AuditObject.Maintenance);
        Assert.Contains($"\"components\":[\"API (#{_page.Components[0].Id})\"]", window.After, StringComparison.Ordinal);
        await maintenance.PostUpdateAsync(id, new MaintenanceUpdateInput("Soon."), Person, Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Maintenance, id, "Upgrade", """{"posted_message":null}""", """{"posted_message":"Soon."}""");

        _app.Time.Advance(TimeSpan.FromMinutes(61));
        using (AuditActor.Use(AuditActor.System))
            await maintenance.TickAsync(id, new ATStatus.Core.Dispatch.EventSequence(isShared: true), Stop);
        var started = await NewAsync();
        Assert.All(started, e => Assert.Equal(AuditActorKind.System, e.ActorKind));
        Assert.Equal("""{"status":"InProgress"}""", started.Single(e => e.ObjectId == id.ToString(CultureInfo.InvariantCulture) && e.ObjectKind == AuditObject.Maintenance).After);
        Assert.Contains(started, e => e.ObjectKind == AuditObject.Component && e.After == """{"status":"Maintenance"}""");
    }

    [Fact]
    public async Task A_notification_without_its_secrets()
    {
        var notifications = _app.Get<NotificationService>();
        var url = $"https://hooks.example.com/services/{Token}";
        NotificationInput Input(string name, string at, string? secret, string headerValue) => new(
            "webhook", name, new TransportInput(at, secret) { Headers = [new HeaderInput("X-Key", headerValue)] }, new Subscription([EventType.IncidentCreated]) { StatusPageIds = [_page.Id] });
        var id = await notifications.CreateAsync(Input("Ops", url, Secret, HeaderValue), Stop);
        var created = Only(await NewAsync(), AuditAction.Created, AuditObject.Notification, id, "Ops");
        Assert.Contains("\"secret\":\"(hidden)\"", created.After, StringComparison.Ordinal);
        Assert.Contains("\"headers\":\"(hidden)\"", created.After, StringComparison.Ordinal);
        Assert.Contains("\"url\":\"https://hooks.example.com/", created.After, StringComparison.Ordinal);
        Assert.Contains($"\"status_pages\":[\"Main Status (#{_page.Id})\"]", created.After, StringComparison.Ordinal);

        await notifications.UpdateAsync(id, 0, Input("Ops", url, null, HeaderValue), Stop);
        Assert.Empty(await NewAsync());
        await notifications.UpdateAsync(id, await VersionAsync(id), Input("Ops", url, OtherSecret, HeaderValue), Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Notification, id, "Ops", """{"secret":"(hidden)"}""", """{"secret":"(hidden, changed)"}""");
        await notifications.UpdateAsync(id, await VersionAsync(id), Input("Ops", url, null, HeaderValue + "2"), Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Notification, id, "Ops", """{"headers":"(hidden)"}""", """{"headers":"(hidden, changed)"}""");
        await notifications.UpdateAsync(id, await VersionAsync(id), Input("Ops", $"https://hooks.example.com/services/{Token}9", OtherSecret, HeaderValue), Stop);
        Assert.Contains("url", Only(await NewAsync(), AuditAction.Changed, AuditObject.Notification, id, "Ops").After, StringComparison.Ordinal);
        await notifications.SetEnabledAsync(id, false, Stop);
        Only(await NewAsync(), AuditAction.Changed, AuditObject.Notification, id, "Ops", """{"enabled":true,"disabled_reason":null}""", """{"enabled":false,"disabled_reason":"By hand."}""");
        await notifications.DeleteAsync(id, Stop);
        Only(await NewAsync(), AuditAction.Deleted, AuditObject.Notification, id, "Ops");
    }

    [Fact]
    public async Task A_test_names_its_event()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await _app.NotificationAsync(receiver.Url, Secret);
        await NewAsync();
        await _app.Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        var sent = Only(await NewAsync(), AuditAction.TestSent, AuditObject.Notification, id, "Receiver");
        await using var db = _app.Open();
        Assert.Equal([(await db.Events.SingleAsync(e => e.IsTest, Stop)).Id], sent.EventIds!);
    }

    [Fact]
    public async Task What_the_engine_switches_off_is_the_systems_and_what_it_sends_is_not_told_of()
    {
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        await using var fine = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await _app.NotificationAsync(gone.Url, name: "Gone");
        var alerted = await _app.NotificationAsync(fine.Url, name: "Fine");
        await using (var db = _app.Open())
            await db.Notifications.Where(n => n.Id == id).ExecuteUpdateAsync(row => row.SetProperty(n => n.AlertNotificationId, alerted), Stop);
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        await NewAsync();
        long raised;
        await using (var db = _app.Open())
            raised = await db.Events.MaxAsync(e => e.Id, Stop);
        await _app.RunEventAsync(raised);
        var off = Only(await NewAsync(), AuditAction.Changed, AuditObject.Notification, id, "Gone");
        Assert.Equal((AuditActorKind.System, "system", ""), (off.ActorKind, off.ActorName, off.Address));
        Assert.Equal("""{"enabled":true,"disabled_reason":null}""", off.Before);
        Assert.Contains("410", off.After, StringComparison.Ordinal);
        await using (var db = _app.Open())
            Assert.Equal([(await db.Events.SingleAsync(e => e.Type == EventType.NotificationSwitchedOff, Stop)).Id], off.EventIds!);
    }

    [Fact]
    public async Task Redelivering_cancelling_and_sending_now()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await _app.NotificationAsync(receiver.Url);
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        await NewAsync();
        var delivery = Assert.Single(await _app.DeliveriesAsync());
        var redelivery = _app.Get<RedeliveryService>();
        await redelivery.CancelAsync(delivery.Id, Person, Stop);
        var cancelled = Only(await NewAsync(), AuditAction.Cancelled, AuditObject.Delivery, delivery.Id, "Receiver", """{"state":"Pending"}""", """{"state":"Skipped"}""");
        Assert.Equal([delivery.EventId], cancelled.EventIds!);
        await Assert.ThrowsAsync<IllegalTransitionException>(() => redelivery.CancelAsync(delivery.Id, Person, Stop));
        Assert.Empty(await NewAsync());
        await redelivery.RedeliverAsync(delivery.Id, Stop);
        Only(await NewAsync(), AuditAction.Redelivered, AuditObject.Delivery, delivery.Id, "Receiver", """{"state":"Skipped"}""", """{"state":"Pending"}""");
    }

    [Fact]
    public async Task Pausing_resuming_clearing_and_deleting_now()
    {
        var sending = _app.Get<SendingPauseService>();
        await sending.PauseAsync(Person, Stop);
        await sending.PauseAsync(Person, Stop);
        Only(await NewAsync(), AuditAction.Paused, AuditObject.Sending, null, "All sending");
        await sending.ResumeAsync(Stop);
        Only(await NewAsync(), AuditAction.Resumed, AuditObject.Sending, null, "All sending");
        await using (var db = _app.Open())
        {
            db.ReceivedRequests.Add(new ATStatus.Core.Model.ReceivedRequest { At = _app.Now, RequestLine = "POST /", Headers = "", Body = Encoding.UTF8.GetBytes("x") });
            await db.SaveChangesAsync(Stop);
        }
        await _app.Get<TestReceiverService>().ClearAsync(Stop);
        Only(await NewAsync(), AuditAction.Cleared, AuditObject.TestReceiver, null, "Test receiver");
        await _app.Get<DeliveryRetention>().DeleteNowAsync(Ada.Name, Stop);
        Only(await NewAsync(), AuditAction.DeletedNow, AuditObject.DeliveryLog, null, "Delivery log");
    }

    [Fact]
    public async Task A_page_takes_everything_on_it_along_and_each_is_told_of()
    {
        var incidents = _app.Get<IncidentService>();
        await incidents.CreateAsync(new IncidentInput(_page.Id, "Was", IncidentSeverity.None, IncidentStatus.Resolved, "Over.", []), Person, Stop);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await _app.Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Limited", new(receiver.Url.AbsoluteUri, Secret), new([EventType.ComponentDeleted]) { StatusPageIds = [_page.Id] }), Stop);
        await NewAsync();
        await _app.Get<StatusPageService>().DeleteAsync(_page.Id, "Main Status", cancellationToken: Stop);
        var entries = await NewAsync();
        Assert.Equal(
            [(AuditObject.Component, 5), (AuditObject.Incident, 1), (AuditObject.Notification, 1), (AuditObject.StatusPage, 1)],
            entries.CountBy(e => e.ObjectKind).Select(c => (c.Key, c.Value)).OrderBy(c => c.Key.ToString(), StringComparer.Ordinal));
        Assert.Equal($$"""{"limited_to":"Main Status (#{{_page.Id}})"}""", entries.Single(e => e.ObjectKind == AuditObject.Notification).Before);
        Assert.Equal(5, entries.Single(e => e.ObjectKind == AuditObject.StatusPage).EventIds!.Count);
        Assert.All(entries.Where(e => e.ObjectKind == AuditObject.Component), e => Assert.Single(e.EventIds!));
    }

    /// <summary>A column that is added later is kept, or left out, because somebody has thought of it.</summary>
    [Fact]
    public void Of_each_column_of_what_is_audited_it_is_said_whether_it_is_kept()
    {
        using var db = _app.Open();
        foreach (var entity in AuditedEntities.All)
        {
            var mapped = db.Model.FindEntityType(entity.Type)!.GetFlattenedProperties().Select(AuditedEntity.PathOf).Order(StringComparer.Ordinal);
            Assert.Equal(mapped, entity.Known.Order(StringComparer.Ordinal));
        }
    }

    private static AuditEntry Only(
        List<AuditEntry> entries, AuditAction action, AuditObject kind, long? id, string name, string? before = "?", string? after = "?")
    {
        var entry = Assert.Single(entries);
        Assert.Equal((action, kind, id?.ToString(CultureInfo.InvariantCulture), name), (entry.Action, entry.ObjectKind, entry.ObjectId, entry.ObjectName));
        if (before != "?")
            Assert.Equal(before, entry.Before);
        if (after != "?")
            Assert.Equal(after, entry.After);
        return entry;
    }

    private async Task<int> VersionAsync(int notification)
    {
        await using var db = _app.Open();
        return (await db.Notifications.SingleAsync(n => n.Id == notification, Stop)).Version;
    }

    private async Task<List<AuditEntry>> AllAsync()
    {
        await using var db = _app.Open();
        return await db.AuditEntries.AsNoTracking().OrderBy(e => e.Id).ToListAsync(Stop);
    }

    /// <summary>The entries since it was asked last.</summary>
    private async Task<List<AuditEntry>> NewAsync()
    {
        var entries = (await AllAsync()).Where(e => e.Id > _last).ToList();
        _last = entries.Count > 0 ? entries[^1].Id : _last;
        return entries;
    }
}

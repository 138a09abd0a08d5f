using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ATStatus.Tests.Persistence;

/// <summary>What the product asks of any database it runs on. Each provider runs all of it.</summary>
public abstract class PersistenceContract : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private protected abstract TestDatabase NewDatabase();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(NewDatabase());
        _page = await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        await _app.Get<DatabaseMigrator>().MigrateAsync();
        await using var db = _app.Open();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        Assert.Equal(1, await db.StatusPages.CountAsync());
    }

    [Fact]
    public async Task Two_that_migrate_an_empty_database_together_both_succeed()
    {
        await using var fresh = NewDatabase();
        var apps = await Task.WhenAll(
            CoreApp.StartAsync(fresh, keepDatabase: true), CoreApp.StartAsync(fresh, keepDatabase: true));
        foreach (var app in apps)
        {
            await using (var db = app.Open())
                Assert.Empty(await db.Database.GetPendingMigrationsAsync());
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Every_text_and_instant_comes_back_as_it_was()
    {
        var message = "emoji 🚨, U+2028 \u2028, tab \t, soft\u00ADhyphen, ‮rtl‬, \u0001, 𝕊𝕢𝕝, quote ' \" ; -- \n line";
        var id = await IncidentAsync(message: message);
        var detail = (await _app.Get<IncidentQueries>().FindAsync(id))!;
        Assert.Equal(message, detail.Updates[0].Message);
        Assert.Equal(DateTimeKind.Utc, detail.Row.StartedAt.Kind);
        Assert.Equal(_app.Now, detail.Row.StartedAt);
    }

    [Fact]
    public async Task A_slug_is_taken_once()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", _page.Slug)));
        Assert.Contains("Slug", error.Errors.Keys);
        // The database itself holds it too, for two that are made at the same moment.
        await using var db = _app.Open();
        db.StatusPages.Add(new StatusPage { Name = "Other", Slug = _page.Slug, CreatedAt = _app.Now });
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
    }

    [Fact]
    public async Task An_update_from_an_older_version_is_refused_and_writes_nothing()
    {
        var pages = _app.Get<StatusPageService>();
        await pages.UpdateAsync(_page.Id, _page.Version, new StatusPageInput("First", "first"));
        await Assert.ThrowsAsync<EditConflictException>(
            () => pages.UpdateAsync(_page.Id, _page.Version, new StatusPageInput("Second", "second")));
        Assert.Equal("First", (await _app.Get<StatusPageQueries>().PageAsync(_page.Id))!.Name);
    }

    [Fact]
    public async Task The_same_incident_resolved_twice_at_once_raises_one_event()
    {
        var id = await IncidentAsync();
        var version = (await _app.Get<IncidentQueries>().FindAsync(id))!.Version;
        var service = _app.Get<IncidentService>();
        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            try
            {
                await service.PostUpdateAsync(id, version, new IncidentUpdateInput(IncidentStatus.Resolved, $"Fixed {i}"), new Actor("op"));
                return true;
            }
            catch (EditConflictException)
            {
                return false;
            }
        }));
        Assert.Single(tries, succeeded => succeeded);
        await using var db = _app.Open();
        Assert.Equal([EventType.IncidentCreated, EventType.IncidentResolved], await db.Events.OrderBy(e => e.Id).Select(e => e.Type).ToListAsync());
        Assert.Equal(2, await db.IncidentUpdates.CountAsync());
    }

    [Fact]
    public async Task Events_are_numbered_in_the_order_in_which_they_happened()
    {
        await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "Over already", IncidentSeverity.Minor, IncidentStatus.Resolved, "It was short.", []), new Actor("op"));
        await using var db = _app.Open();
        Assert.Equal([EventType.IncidentCreated, EventType.IncidentResolved], await db.Events.OrderBy(e => e.Id).Select(e => e.Type).ToListAsync());
    }

    [Fact]
    public async Task Deleting_a_component_takes_its_history_and_leaves_the_incident()
    {
        var component = _page.Components[0];
        var id = await IncidentAsync(components: [component.Id]);
        await _app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.MajorOutage);
        await _app.Get<ComponentService>().DeleteAsync(component.Id);
        await using var db = _app.Open();
        Assert.Equal(0, await db.ComponentStatements.CountAsync(h => h.ComponentId == component.Id));
        Assert.Empty((await _app.Get<IncidentQueries>().FindAsync(id))!.Row.Components);
    }

    [Fact]
    public async Task Deleting_a_notification_keeps_its_log()
    {
        var notification = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        await _app.Get<NotificationService>().DeleteAsync(notification);
        var row = Assert.Single((await _app.Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 10)).Rows);
        Assert.Null(row.NotificationId);
        Assert.Equal("Receiver", row.NotificationName);
    }

    [Fact]
    public async Task Deleting_a_notification_with_a_long_history_detaches_it_batch_by_batch()
    {
        var notification = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        for (var i = 0; i < 3; i++)
            await IncidentAsync();
        var removal = _app.Get<NotificationRemoval>();
        removal.BatchSize = 1;
        await _app.Get<NotificationService>().DeleteAsync(notification);
        Assert.Empty(await _app.Get<NotificationQueries>().ListAsync());
        var steps = 0;
        while (await removal.StepAsync(default))
            steps++;

        Assert.InRange(steps, 3, 10);
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Equal(((int?)null, DeliveryState.Skipped), (d.NotificationId, d.State)));
        await using var db = _app.Open();
        Assert.Equal(0, await db.Notifications.IgnoreQueryFilters().CountAsync());
    }

    [Fact]
    public async Task A_notification_hears_of_its_events_and_pages_only()
    {
        var other = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"));
        var notifications = _app.Get<NotificationService>();
        Task<int> Add(string name, EventType type, bool all, params int[] pages) => notifications.CreateAsync(
            new NotificationInput("webhook", name, new("http://127.0.0.1:9/"), new([type]) { StatusPageIds = all ? null : pages }));
        await Add("all pages", EventType.IncidentCreated, true);
        await Add("this page", EventType.IncidentCreated, false, _page.Id);
        await Add("other page", EventType.IncidentCreated, false, other);
        await Add("other event", EventType.IncidentResolved, true);
        await IncidentAsync();
        Assert.Equal(["all pages", "this page"], (await _app.DeliveriesAsync()).Select(d => d.NotificationName).Order());
    }

    [Fact]
    public async Task Limits_to_components_hold_for_all_that_an_incident_was_and_go_with_component_and_page()
    {
        var notifications = _app.Get<NotificationService>();
        var (first, second) = (_page.Components[0].Id, _page.Components[1].Id);
        Task<int> Add(string name, IncidentSeverity? least, params int[] components) => notifications.CreateAsync(new NotificationInput(
            "webhook", name, new("http://127.0.0.1:9/"),
            new([EventType.IncidentCreated, EventType.IncidentUpdated])
            {
                ComponentIds = components.Length == 0 ? null : components,
                MinSeverity = least,
            }));
        await Add("first", null, first);
        await Add("both", null, first, second);
        await Add("critical", IncidentSeverity.Critical);
        var incident = await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "Down", IncidentSeverity.Critical, IncidentStatus.Investigating, "We look into it.", [new(first)]), new Actor("op"));
        await _app.Get<IncidentService>().PostUpdateAsync(
            incident, (await _app.Get<IncidentQueries>().FindAsync(incident))!.Version,
            new IncidentUpdateInput(null, "Elsewhere.") { Severity = IncidentSeverity.Minor, Components = [new(second)] }, new Actor("op"));
        Assert.Equal(
            ["first", "both", "critical", "first", "both", "critical"], (await _app.DeliveriesAsync()).Select(d => d.NotificationName));

        Assert.Single(await _app.Get<ComponentService>().DescribeContentAsync([first]));
        await _app.Get<ComponentService>().DeleteAsync(first);
        Assert.Contains(await _app.Get<StatusPageService>().DescribeContentAsync(_page.Id), words => words.Contains("1 notification", StringComparison.Ordinal));
        await Assert.ThrowsAsync<PageInUseException>(() => _app.Get<StatusPageService>().DeleteAsync(_page.Id, _page.Name));
        await _app.Get<IncidentService>().PostUpdateAsync(
            incident, (await _app.Get<IncidentQueries>().FindAsync(incident))!.Version, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"));
        await _app.Get<StatusPageService>().DeleteAsync(_page.Id, _page.Name);
        await using var db = _app.Open();
        Assert.Equal(0, await db.Set<NotificationComponent>().CountAsync());
        Assert.Equal([false, false, true], await db.Notifications.OrderBy(n => n.Id).Select(n => n.AllComponents).ToListAsync());
    }

    [Fact]
    public async Task Limits_to_groups_hold_for_what_is_in_them_and_go_with_group_and_page()
    {
        var order = _app.Get<ComponentOrder>();
        var (first, second) = (await order.AddGroupAsync(_page.Id, "First"), await order.AddGroupAsync(_page.Id, "Second"));
        foreach (var (name, groups) in (List<(string, int[])>)[("first", [first]), ("both", [first, second])])
        {
            await _app.Get<NotificationService>().CreateAsync(
                new NotificationInput("webhook", name, new("http://127.0.0.1:9/"), new(EventTypes.All) { GroupIds = groups }));
        }
        var component = await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, "Later", ComponentStatus.Operational, GroupId: first));
        await order.MoveComponentAsync(component, second, 0);
        await _app.Get<ComponentService>().SetStatusAsync(component, ComponentStatus.Degraded);
        Assert.Equal(["first", "both", "both"], (await _app.DeliveriesAsync()).Select(d => d.NotificationName));
        Assert.Equal([["First"], ["First", "Second"]], (await _app.Get<NotificationQueries>().ListAsync()).OrderBy(row => row.Id).Select(row => row.GroupNames));

        Assert.Single(await order.DescribeContentAsync(first));
        await order.RemoveGroupAsync(first);
        Assert.Contains(await _app.Get<StatusPageService>().DescribeContentAsync(_page.Id), words => words.Contains("1 notification", StringComparison.Ordinal));
        await _app.Get<StatusPageService>().DeleteAsync(_page.Id, _page.Name);
        Assert.Equal(["both"], (await _app.DeliveriesAsync()).Where(d => d.EventType == EventType.ComponentDeleted).Select(d => d.NotificationName));
        await using var db = _app.Open();
        Assert.Equal(0, await db.Set<NotificationGroup>().CountAsync());
        Assert.False(await db.Notifications.AnyAsync(n => n.AllComponents));
    }

    [Fact]
    public async Task Of_many_failures_at_once_another_notification_is_told_once()
    {
        await using var broken = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        var pager = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.IncidentCreated);
        await _app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Broken", new(broken.Url.AbsoluteUri), new([EventType.ComponentCreated]) { AlertNotificationId = pager }));
        for (var i = 0; i < 3; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"C{i}", ComponentStatus.Operational));
        await Task.WhenAll((await _app.DeliveriesAsync()).Select(d => _app.RunJobAsync(d.Id)));
        var alert = Assert.Single(await _app.DeliveriesAsync(), d => d.NotificationId == pager);
        Assert.Equal((EventType.NotificationSwitchedOff, "Broken"), (alert.EventType, alert.Event!.Title));
        await using var db = _app.Open();
        Assert.Equal(_app.Now, (await db.NotificationHealth.SingleAsync(h => h.NotificationId != pager)).AlertedAt);
    }

    [Fact]
    public async Task The_log_is_paged_by_key_in_both_directions()
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.ComponentCreated);
        for (var i = 0; i < 7; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"C{i}", ComponentStatus.Operational));
        var log = _app.Get<DeliveryQueries>();
        var all = (await _app.DeliveriesAsync()).Select(d => d.Id).Reverse().ToList();

        var first = await log.PageAsync(new DeliveryFilter(), null, null, 3);
        Assert.Equal(all[..3], first.Rows.Select(r => r.Id));
        Assert.True(first is { HasNewer: false, HasOlder: true });
        var second = await log.PageAsync(new DeliveryFilter(), first.Rows[^1].Id, null, 3);
        Assert.Equal(all[3..6], second.Rows.Select(r => r.Id));
        Assert.True(second is { HasNewer: true, HasOlder: true });
        var last = await log.PageAsync(new DeliveryFilter(), second.Rows[^1].Id, null, 3);
        Assert.Equal(all[6..], last.Rows.Select(r => r.Id));
        Assert.True(last is { HasNewer: true, HasOlder: false });
        var back = await log.PageAsync(new DeliveryFilter(), null, last.Rows[0].Id, 3);
        Assert.Equal(all[3..6], back.Rows.Select(r => r.Id));
        Assert.Empty((await log.PageAsync(new DeliveryFilter(State: DeliveryState.Delivered), null, null, 3)).Rows);
        Assert.Equal(7, (await log.PageAsync(new DeliveryFilter(1, DeliveryState.Pending), null, null, 50)).Rows.Count);
        Assert.Equal(7, (await log.CountByStateAsync(TimeSpan.FromDays(1)))[DeliveryState.Pending].Count);
    }

    [Fact]
    public async Task One_worker_of_many_gets_the_claim()
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        var id = (await _app.DeliveriesAsync())[0].Id;
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _app.Get<DeliveryStore>().ClaimAsync(id, null)));
        Assert.Single(claims.OfType<ClaimResult.Claimed>());
    }

    [Fact]
    public async Task Where_somebody_else_was_faster_with_one_the_others_are_claimed_and_recorded_all_the_same()
    {
        for (var i = 0; i < 6; i++)
            await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: $"N{i}");
        await IncidentAsync();
        var rows = await _app.DeliveriesAsync();
        await ByAnotherAsync(rows[2].Id, delivery => delivery.HoldBack(HoldReason.Capacity));

        var store = _app.Get<DeliveryStore>();
        var claims = await Task.WhenAll(rows.Select(row => store.ClaimFirstAsync(row, "7")));

        Assert.Equal("It has a job of its own.", Assert.IsType<ClaimResult.Nothing>(claims[2]).Why);
        var claimed = claims.OfType<ClaimResult.Claimed>().Select(c => c.Claim).ToList();
        Assert.Equal(5, claimed.Count);
        await ByAnotherAsync(claimed[1].DeliveryId, delivery =>
        {
            delivery.Abandon(_app.Now);
            delivery.Claim(Guid.NewGuid(), _app.Now, TimeSpan.FromMinutes(1), null);
        });

        var recorded = await Task.WhenAll(claimed.Select((claim, i) => store.RecordAsync(claim, new SendResult
        {
            StartedAt = _app.Now,
            Duration = TimeSpan.FromMilliseconds(5),
            Failure = i == 3 ? FailureKind.HttpStatus : null,
            StatusCode = i == 3 ? 500 : 200,
            ResponseBody = "Größe 🚨",
        })));

        Assert.Equal(
            [DeliveryState.Delivered, null, DeliveryState.Delivered, DeliveryState.Retrying, (DeliveryState?)DeliveryState.Delivered],
            recorded.Select(r => r?.State));
        var after = await _app.DeliveriesAsync();
        Assert.Equal(
            [DeliveryState.Delivered, DeliveryState.Sending, DeliveryState.Pending, DeliveryState.Delivered, DeliveryState.Retrying, DeliveryState.Delivered],
            after.Select(d => d.State));
        Assert.Equal([1, 1, 0, 1, 1, 1], after.Select(d => d.Attempts.Count));
        Assert.Equal("Größe 🚨", after[0].Attempts[0].ResponseBody);
        await using var db = _app.Open();
        // What was not recorded is counted nowhere.
        Assert.Equal((3, 1), (await db.HourlyAttemptCounts.Where(h => !h.IsFailure).SumAsync(h => h.Count), await db.HourlyAttemptCounts.Where(h => h.IsFailure).SumAsync(h => h.Count)));
        Assert.Equal([0, 0, 0, 0, 1, 0], await db.NotificationHealth.OrderBy(h => h.NotificationId).Select(h => h.ConsecutiveFailures).ToListAsync());
        Assert.Equal([1, 1, 0, 1, 1, 1], after.Select(d => d.JobId == "7" ? 1 : 0));
    }

    private async Task ByAnotherAsync(long id, Action<Delivery> change)
    {
        await using var db = _app.Open();
        change(await db.Deliveries.SingleAsync(d => d.Id == id));
        await db.SaveChangesAsync();
    }

    [Theory]
    [InlineData(200, DeliveryState.Delivered)]
    [InlineData(500, DeliveryState.Skipped)]
    public async Task A_delivery_that_is_cancelled_while_it_is_sent_ends_by_its_result(int status, DeliveryState state)
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        var id = (await _app.DeliveriesAsync())[0].Id;
        var store = _app.Get<DeliveryStore>();
        var claim = ((ClaimResult.Claimed)await store.ClaimAsync(id, null)).Claim;
        Assert.True((await _app.Get<DeliveryCancellation>().CancelAsync(id, "Cancelled by Größe 🚨")).IsUnderWay);

        var recorded = await store.RecordAsync(claim, new SendResult
        {
            StartedAt = _app.Now,
            Duration = TimeSpan.FromMilliseconds(5),
            Failure = SendResult.FailureOf(status),
            StatusCode = status,
            Timings = ConnectionTimings.None with { Reused = TimeSpan.FromMilliseconds(3) },
        });

        Assert.Equal(state, recorded!.State);
        var row = (await _app.DeliveriesAsync())[0];
        Assert.Equal((state, status == 200 ? null : "Cancelled by Größe 🚨", null), (row.State, row.Reason, row.CancelReason));
        Assert.Equal((status, 3), (Assert.Single(row.Attempts).StatusCode, row.Attempts[0].ReusedMs));
    }

    [Fact]
    public async Task The_ledger_reads_every_column_as_the_model_does()
    {
        var notificationId = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        await using var db = _app.Open();
        using var session = await StoreConnection.OpenAsync(_app.Get<IDbContextFactory<AtStatusDbContext>>());
        var reads = new StoreReads(session, _app.Get<KnownNotifications>());
        var saved = Assert.Single(_app.Get<SavedEvents>().Take(await db.Deliveries.Select(d => d.EventId).SingleAsync())!);
        AssertSame(db.Entry(await db.Deliveries.SingleAsync()), saved.AsRead());
        // First as they were made, with most columns null; then with a value in each.
        for (var filled = 0; filled < 2; filled++)
        {
            var delivery = await db.Deliveries.SingleAsync();
            var health = await db.NotificationHealth.SingleAsync();
            await using (await session.Db.Database.BeginTransactionAsync())
            {
                AssertSame(db.Entry(delivery), (await reads.DeliveriesAsync([delivery.Id, 4711]))[delivery.Id]);
                var (notifications, healths) = await reads.NotificationsAsync([notificationId, 4711]);
                AssertSame(db.Entry(health), Assert.Single(healths).Value);
                AssertSame(db.Entry(await db.Notifications.SingleAsync()), Assert.Single(notifications).Value);
            }
            Fill(db.Entry(delivery));
            Fill(db.Entry(health));
            await db.SaveChangesAsync();
        }
    }

    private static void AssertSame(EntityEntry expected, object actual)
    {
        foreach (var property in expected.Metadata.GetProperties())
            Assert.Equal((property.Name, expected.CurrentValues[property]), (property.Name, property.PropertyInfo!.GetValue(actual)));
    }

    private void Fill(EntityEntry entry)
    {
        foreach (var property in entry.Properties.Where(p => !p.Metadata.IsKey() && !p.Metadata.IsForeignKey() && !p.Metadata.IsConcurrencyToken))
        {
            var type = Nullable.GetUnderlyingType(property.Metadata.ClrType) ?? property.Metadata.ClrType;
            property.CurrentValue = type == typeof(string) ? property.Metadata.Name
                : type == typeof(bool) ? true
                : type == typeof(Guid) ? Guid.NewGuid()
                : type == typeof(DateTime) ? _app.Now.AddTicks(1_234_567)
                : type.IsEnum ? Enum.GetValues(type).Cast<object>().Last()
                : Convert.ChangeType(42, type, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Who_was_told_about_an_incident_is_read_back_event_by_event()
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "All");
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Größe 🚨", events: EventType.ComponentDeleted);
        var incident = await IncidentAsync();
        await _app.Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"));
        var queries = _app.Get<EventQueries>();

        var about = await queries.ReportAsync(EventGroup.Incidents, incident);

        Assert.Equal([EventType.IncidentCreated, EventType.IncidentResolved], about.Events.Select(e => e.Type));
        Assert.Equal(
            [("All", RecipientOutcome.Waiting, null), ("Größe 🚨", RecipientOutcome.NotSubscribed, (ExclusionReason?)ExclusionReason.Event)],
            about.Notifications.Select(n => (n.Name, n.Results[0].Outcome, n.Results[0].Why)));
        Assert.Single((await queries.ReportAsync(EventGroup.Incidents, incident, about.Events[1].Id)).Events);
        Assert.Equal(2, (await queries.FindAsync(about.Events[0].Id))!.Notifications.Count);
    }

    [Fact]
    public async Task How_far_an_update_has_come_and_which_incidents_matter_most_are_counted()
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "All");
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), name: "Resolved", events: EventType.IncidentResolved);
        var queries = _app.Get<EventQueries>();
        Assert.Null(await queries.ProgressAsync(EventGroup.Incidents, 4711));
        // Entered as resolved, it has two events of one save.
        var past = await _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "Past", IncidentSeverity.None, IncidentStatus.Resolved, "m", []), new Actor("op"));
        Assert.Equal(new DeliveryProgress(0, 3, 0, 0, 0, 0), await queries.ProgressAsync(EventGroup.Incidents, past));
        await using (var db = _app.Open())
        {
            var ids = await db.Events.Where(e => e.SubjectId == past).Select(e => e.Id).ToListAsync();
            Assert.Equal(2, await queries.CountRecipientsAsync(ids));
        }
        await _app.Get<IncidentService>().PostUpdateAsync(past, 0, new IncidentUpdateInput(null, null), new Actor("op"));
        Assert.Equal(1, (await queries.ProgressAsync(EventGroup.Incidents, past))!.Sent);

        foreach (var severity in IncidentSeverities.All)
            await _app.Get<IncidentService>().CreateAsync(new IncidentInput(_page.Id, $"{severity}", severity, IncidentStatus.Investigating, "m", []), new Actor("op"));
        var open = await _app.Get<IncidentQueries>().OpenAsync(3);
        Assert.Equal(("Critical Major Minor", 4), (string.Join(' ', open.Rows.Select(row => row.Title)), open.Total));
        Assert.Equal(4, await _app.Get<IncidentQueries>().CountOpenAsync());
        var texts = _app.Get<IncidentDefaultTextService>();
        await texts.SaveAsync(0, new(null, "Größe 🚨 {{ page }}", null, null));
        await texts.SaveAsync(1, new("One", "Größe 🚨 {{ page }}", null, null));
        Assert.Equal(("One", "Größe 🚨 {{ page }}"), ((await texts.FindAsync()).Investigating, (await texts.FindAsync()).Identified));
    }

    [Fact]
    public async Task What_waits_can_be_sent_now_and_is_then_the_probe_of_an_open_circuit()
    {
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
        await IncidentAsync();
        await using (var db = _app.Open())
        {
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.Hold, HoldReason.Circuit));
            DateTime? later = _app.Now.AddHours(1);
            await db.NotificationHealth.ExecuteUpdateAsync(row => row.SetProperty(h => h.OpenedAt, _app.Now).SetProperty(h => h.NextProbeAt, later));
        }
        var id = (await _app.DeliveriesAsync())[0].Id;
        Assert.Equal(_app.Now.AddHours(1), (await _app.Get<DeliveryQueries>().FindAsync(id))!.ProbeAt);

        await _app.Get<RedeliveryService>().SendNowAsync(id);

        await using var after = _app.Open();
        Assert.Equal(_app.Now, (await after.NotificationHealth.SingleAsync()).NextProbeAt);
        Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync(id, null));
    }

    [Fact]
    public async Task What_was_missed_is_counted_and_begins_anew()
    {
        var stop = TestContext.Current.CancellationToken;
        var id = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.ComponentCreated);
        await _app.Get<NotificationService>().SetEnabledAsync(id, false, stop);
        for (var i = 0; i < 3; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"C{i}", ComponentStatus.Operational), stop);
        await _app.Get<NotificationService>().SetEnabledAsync(id, true, stop);
        var (recoveries, queries) = (_app.Get<RecoveryService>(), _app.Get<RecoveryQueries>());
        var since = (await queries.OffSinceAsync((await queries.FindAsync(id, stop))!, stop))!.Value;
        Assert.Equal(new RecoveryCount(0, 3, since), await recoveries.CountAsync(new RecoveryRequest(id, since), stop));
        await recoveries.BeginAsync(new RecoveryRequest(id, since), new Actor("op"), stop);
        await Assert.ThrowsAsync<IllegalTransitionException>(() => recoveries.BeginAsync(new RecoveryRequest(id, since), new Actor("op"), stop));
        Assert.True(await _app.Get<RecoveryRunner>().StepAsync(stop));
        Assert.True(await _app.Get<RecoveryRunner>().StepAsync(stop));
        Assert.False(await _app.Get<RecoveryRunner>().StepAsync(stop));
        var subject = (await queries.FindAsync(id, stop))!;
        Assert.Equal((3, 3, false), (subject.Waiting, subject.Recoveries[0].Reopened, subject.Recoveries[0].IsCancelled));
        Assert.All(await _app.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Pending, d.State));
        Assert.Null((await _app.Get<NotificationQueries>().ListAsync(stop))[0].Recovery);
    }

    [Fact]
    public async Task A_pause_is_kept_and_ended_once()
    {
        var stop = TestContext.Current.CancellationToken;
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"), events: EventType.ComponentCreated);
        var pause = _app.Get<SendingPauseService>();
        await Task.WhenAll(pause.PauseAsync(new Actor("one"), stop), pause.PauseAsync(new Actor("two"), stop));
        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, "C", ComponentStatus.Operational), stop);
        Assert.True(await _app.Get<SendingPauseState>().RefreshAsync(stop) is false && _app.Get<SendingPauseState>().IsPaused);
        Assert.Equal(1, (await _app.Get<SendingPauseQueries>().FindAsync(stop))!.Waiting);
        Assert.IsType<ClaimResult.Held>(await _app.Get<DeliveryStore>().ClaimAsync((await _app.DeliveriesAsync())[0].Id, null));
        await Task.WhenAll(pause.ResumeAsync(stop), pause.ResumeAsync(stop));
        Assert.False(await _app.Get<SendingPauseState>().RefreshAsync(stop));
        Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync((await _app.DeliveriesAsync())[0].Id, null));
    }

    private Task<int> IncidentAsync(string title = "API errors", string message = "We look into it.", int[]? components = null) =>
        _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, title, IncidentSeverity.Major, IncidentStatus.Investigating, message, [.. (components ?? []).Select(c => new AffectedComponent(c))]), new Actor("op"));
}

/// <summary>The contract on SQLite.</summary>
public sealed class SqlitePersistenceTests : PersistenceContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.Sqlite();
}

/// <summary>The contract on SQL Server.</summary>
public sealed class SqlServerPersistenceTests : PersistenceContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.SqlServer();
}

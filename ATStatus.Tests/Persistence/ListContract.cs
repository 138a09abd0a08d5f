using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Persistence;

/// <summary>What lists ask of any database: searched, sorted, part by part, and changed many rows at once. Each provider runs all of it.</summary>
public abstract class ListContract : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");

    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private protected abstract TestDatabase NewDatabase();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
    public async Task Incidents_are_searched_sorted_and_read_part_by_part()
    {
        var other = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop);
        var (slow, down, past) = (
            await ReportAsync("API is slow", IncidentSeverity.Minor), await ReportAsync("Datenbank über Limit", IncidentSeverity.Critical),
            await ReportAsync("Long ago", IncidentSeverity.Major, IncidentStatus.Resolved));
        var elsewhere = await ReportAsync("API elsewhere", IncidentSeverity.Minor, page: other);

        await FindsAsync(new(), elsewhere, down, slow, past);
        await FindsAsync(new(OpenOnly: true), elsewhere, down, slow);
        await FindsAsync(new(Status: IncidentStatus.Resolved), past);
        await FindsAsync(new(Severity: IncidentSeverity.Critical), down);
        await FindsAsync(new(StatusPageId: other), elsewhere);
        await FindsAsync(new(Order: IncidentOrder.Oldest), slow, down, past, elsewhere);
        await FindsAsync(new(Order: IncidentOrder.Newest), elsewhere, past, down, slow);
        await FindsAsync(new(Order: IncidentOrder.Severity), down, past, elsewhere, slow);
        // Each word, whatever its case, in letters of any language.
        await FindsAsync(new(Text: "SLOW api"), slow);
        await FindsAsync(new(Text: "ÜBER"), down);
        await FindsAsync(new(Text: "%"));

        var part = await Get<IncidentQueries>().SearchAsync(new(), 1, 2, Stop);
        Assert.Equal([down, slow], part.Rows.Select(row => row.Id));
        Assert.Equal((4, 4), (part.Found, part.Total));
        var searched = await Get<IncidentQueries>().SearchAsync(new(Text: "api"), 1, 5, Stop);
        Assert.Equal([slow], searched.Rows.Select(row => row.Id));
        Assert.Equal((2, 4), (searched.Found, searched.Total));

        async Task FindsAsync(IncidentSearch search, params int[] expected) =>
            Assert.Equal(expected, (await Get<IncidentQueries>().SearchAsync(search, 0, 10, Stop)).Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Maintenance_is_searched_and_sorted_within_its_span()
    {
        var (late, early) = (await ScheduleAsync("Late upgrade", 9), await ScheduleAsync("Early patches", 2));
        var over = await ScheduleAsync("Cancelled upgrade", 5);
        await Get<MaintenanceService>().CancelAsync(over, (await Get<MaintenanceQueries>().FindAsync(over, Stop))!.Version, cancellationToken: Stop);

        await FindsAsync(new(MaintenanceSpan.CurrentAndUpcoming), early, late);
        await FindsAsync(new(MaintenanceSpan.CurrentAndUpcoming, Order: MaintenanceOrder.LatestStart), late, early);
        await FindsAsync(new(MaintenanceSpan.CurrentAndUpcoming, Text: "upgrade"), late);
        await FindsAsync(new(MaintenanceSpan.CurrentAndUpcoming, Status: MaintenanceStatus.InProgress));
        await FindsAsync(new(MaintenanceSpan.CurrentAndUpcoming, StatusPageId: _page.Id), early, late);
        await FindsAsync(new(MaintenanceSpan.Past), over);
        Assert.Equal(2, (await Get<MaintenanceQueries>().SearchAsync(new(MaintenanceSpan.CurrentAndUpcoming, Text: "late"), 0, 10, Stop)).Total);

        async Task FindsAsync(MaintenanceSearch search, params int[] expected) =>
            Assert.Equal(expected, (await Get<MaintenanceQueries>().SearchAsync(search, 0, 10, Stop)).Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Notifications_are_searched_by_how_they_stand()
    {
        var (fine, failing, off) = (await SubscribeAsync("Fine"), await SubscribeAsync("Failing"), await SubscribeAsync("Off"));
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        await using (var db = _app.Open())
        {
            await db.NotificationHealth.Where(h => h.NotificationId == failing)
                .ExecuteUpdateAsync(row => row.SetProperty(h => h.LastFailure, Core.Sending.FailureKind.Timeout).SetProperty(h => h.LastAttemptAt, _app.Now), Stop);
        }

        await FindsAsync(new(), failing, fine, off);
        await FindsAsync(new(Condition: NotificationCondition.Failing), failing);
        await FindsAsync(new(Condition: NotificationCondition.OnHold));
        await FindsAsync(new(Condition: NotificationCondition.Off), off);
        await FindsAsync(new(Condition: NotificationCondition.On), failing, fine);
        await FindsAsync(new(Kind: "webhook", Text: "FI"), fine);
        await FindsAsync(new(Kind: "slack"));
        await FindsAsync(new(Text: "127.0.0.1"), failing, fine, off);
        await FindsAsync(new(Order: NotificationOrder.TroubledFirst), failing, off, fine);
        await FindsAsync(new(Order: NotificationOrder.LatestResult), failing, fine, off);
        var part = await Get<NotificationQueries>().SearchAsync(new(), 1, 1, Stop);
        Assert.Equal((fine, 3, 3), (Assert.Single(part.Rows).Id, part.Found, part.Total));

        async Task FindsAsync(NotificationSearch search, params int[] expected) =>
            Assert.Equal(expected, (await Get<NotificationQueries>().SearchAsync(search, 0, 10, Stop)).Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Several_components_are_moved_hidden_and_deleted_and_each_leaves_its_entry()
    {
        var rows = await Get<StatusPageQueries>().ComponentsAsync(_page.Id, Stop);
        int[] two = [rows[0].Id, rows[1].Id];
        var group = await Get<ComponentOrder>().AddGroupAsync(_page.Id, "Core", Stop);
        var elsewhere = await Get<ComponentService>().CreateAsync(
            new ComponentInput(await Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop), "Elsewhere", ComponentStatus.Operational), Stop);

        // A group has components of its own page only, and what is gone keeps nothing from being done with the others.
        var moved = await Get<ComponentOrder>().MoveComponentsAsync([.. two, elsewhere, 999_999], group, Stop);
        Assert.Equal((2, 0), (moved.Done, moved.Unchanged));
        Assert.Equal("Elsewhere: The group is on another status page.", Assert.Single(moved.Problems));
        Assert.Equal(two, (await Get<StatusPageQueries>().ComponentsAsync(_page.Id, Stop)).Where(row => row.GroupId == group).Select(row => row.Id));
        Assert.Equal((0, 2), await CountsAsync(Get<ComponentOrder>().MoveComponentsAsync(two, group, Stop)));

        Assert.Equal((2, 0), await CountsAsync(Get<ComponentService>().SetVisibleAsync(two, false, Stop)));
        Assert.Equal((0, 2), await CountsAsync(Get<ComponentService>().SetVisibleAsync(two, false, Stop)));
        Assert.Equal((2, 0), await CountsAsync(Get<ComponentService>().DeleteAsync(two, doNotNotify: true, Stop)));
        Assert.Equal((0, 0), await CountsAsync(Get<ComponentService>().DeleteAsync(two, doNotNotify: true, Stop)));
        await using var db = _app.Open();
        var entries = await db.AuditEntries.Where(e => e.ObjectKind == AuditObject.Component).Select(e => e.Action).ToListAsync(Stop);
        Assert.Equal((2, 2), (entries.Count(a => a == AuditAction.Deleted), entries.Count(a => a == AuditAction.Moved)));
        Assert.Equal(2, await db.Events.CountAsync(e => e.Type == EventType.ComponentDeleted, Stop));
    }

    [Fact]
    public async Task Of_several_incidents_the_open_ones_are_kept_and_said()
    {
        var (open, over) = (await ReportAsync("Still open", IncidentSeverity.Minor), await ReportAsync("Over", IncidentSeverity.Minor, IncidentStatus.Resolved));

        var outcome = await Get<IncidentRemoval>().DeleteAsync([open, over], keepDowntime: true, Stop);

        Assert.Equal(1, outcome.Done);
        Assert.Equal("“Still open”: An open incident cannot be deleted. Resolve it first.", Assert.Single(outcome.Problems));
        Assert.Equal([open], (await Get<IncidentQueries>().SearchAsync(new(), 0, 10, Stop)).Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Several_notifications_are_switched_and_deleted_and_what_waits_is_counted()
    {
        var (one, two) = (await SubscribeAsync("One"), await SubscribeAsync("Two"));
        await ReportAsync("Down", IncidentSeverity.Minor);
        var waiting = await Get<DeliveryQueries>().CountWaitingAsync([one, two], 100, Stop);
        Assert.Equal((2, 1, 1), (waiting, await Get<DeliveryQueries>().CountWaitingAsync([one], 100, Stop), await Get<DeliveryQueries>().CountWaitingAsync([one, two], 1, Stop)));

        Assert.Equal((2, 0), await CountsAsync(Get<NotificationService>().SetEnabledAsync([one, two], false, Stop)));
        Assert.Equal((0, 2), await CountsAsync(Get<NotificationService>().SetEnabledAsync([one, two], false, Stop)));
        Assert.Equal((2, 0), await CountsAsync(Get<NotificationService>().DeleteAsync([one, two], Stop)));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    private static async Task<(int Done, int Unchanged)> CountsAsync(Task<ManyOutcome> change)
    {
        var outcome = await change;
        Assert.Empty(outcome.Problems);
        return (outcome.Done, outcome.Unchanged);
    }

    // A minute apart, so that they have an order.
    private async Task<int> ReportAsync(string title, IncidentSeverity severity, IncidentStatus status = IncidentStatus.Investigating, int? page = null)
    {
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        return await Get<IncidentService>().CreateAsync(new IncidentInput(page ?? _page.Id, title, severity, status, "We look into it.", []), Ada, Stop);
    }

    private Task<int> ScheduleAsync(string title, int inHours) => Get<MaintenanceService>().ScheduleAsync(
        new MaintenanceInput(_page.Id, title, "Work.", [], _app.Now.AddHours(inHours), _app.Now.AddHours(inHours + 1)), Stop);

    private Task<int> SubscribeAsync(string name) => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new("http://127.0.0.1:9/", "s3cret"), new([.. EventTypes.All])), Stop);

    private T Get<T>()
        where T : notnull => _app.Get<T>();
}

public sealed class SqliteListTests : ListContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.Sqlite();
}

public sealed class SqlServerListTests : ListContract
{
    private protected override TestDatabase NewDatabase() => TestDatabase.SqlServer();
}

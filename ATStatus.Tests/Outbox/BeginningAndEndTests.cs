using System.Data.Common;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ATStatus.Tests.Outbox;

/// <summary>Who was sent the beginning of an incident or a window is sent its end, whatever changes between; nobody else by a name.</summary>
public sealed class BeginningAndEndTests : IAsyncLifetime
{
    private static readonly Actor Op = new("op");

    private readonly NotedStatements _statements = new();
    private CoreApp _app = null!;
    private int _page;
    private int _alpha;
    private int _beta;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(o => o.AddInterceptors(_statements)));
        _page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        (_alpha, _beta) = (await ComponentAsync("Alpha"), await ComponentAsync("Beta"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Renamed_and_replaced_in_the_incident_its_end_is_sent()
    {
        await AddAsync("Alpha only", _alpha);
        var incident = await IncidentAsync(_alpha);
        await RenameAsync(_alpha, "Renamed");
        await EditAsync(incident, IncidentSeverity.Major, _beta);
        await ResolveAsync(incident);
        Assert.Equal(["incident.created", "incident.updated", "incident.resolved"], await SentAsync("Alpha only"));
    }

    [Fact]
    public async Task Its_component_is_deleted_and_the_end_of_the_incident_is_sent()
    {
        var gamma = await ComponentAsync("Gamma");
        await AddAsync("Beta and Gamma", _beta, gamma);
        await AddAsync("Beta only", _beta);
        var incident = await IncidentAsync(_beta);
        await _app.Get<ComponentService>().DeleteAsync(_beta, cancellationToken: Stop);
        await ResolveAsync(incident);
        Assert.Equal(["incident.created", "component.deleted", "incident.resolved"], await SentAsync("Beta and Gamma"));
        Assert.Equal(["incident.created", "component.deleted", "incident.resolved"], await SentAsync("Beta only"));
    }

    [Fact]
    public async Task Its_component_is_deleted_and_the_end_of_the_running_window_is_sent()
    {
        await AddAsync("Beta only", _beta);
        await AddAsync("Alpha only", _alpha);
        var window = await _app.Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(_page, "Upgrade", "Work.", [_beta], _app.Now.AddHours(-1), _app.Now.AddHours(2)), Stop);
        await _app.Get<ComponentService>().DeleteAsync(_beta, cancellationToken: Stop);
        await _app.Get<MaintenanceService>().CompleteNowAsync(window, await WindowVersionAsync(window), cancellationToken: Stop);
        Assert.Equal(
            ["maintenance.scheduled", "maintenance.started", "component.status_changed", "component.deleted", "maintenance.completed"],
            await SentAsync("Beta only"));
        Assert.Empty(await SentAsync("Alpha only"));
    }

    [Fact]
    public async Task Of_two_components_of_one_name_the_other_ones_notification_gets_nothing()
    {
        var group = await _app.Get<ComponentOrder>().AddGroupAsync(_page, "Europe", Stop);
        var first = await ComponentAsync("API");
        var second = await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page, "API", ComponentStatus.Operational, GroupId: group), Stop);
        await AddAsync("First", first);
        await AddAsync("Second", second);
        var incident = await IncidentAsync(first);
        await EditAsync(incident, IncidentSeverity.Minor, _alpha);
        await ResolveAsync(incident);
        Assert.Equal(["incident.created", "incident.updated", "incident.resolved"], await SentAsync("First"));
        Assert.Empty(await SentAsync("Second"));
    }

    [Fact]
    public async Task A_component_that_takes_over_a_name_takes_over_no_incident()
    {
        var old = await ComponentAsync("API");
        var incident = await IncidentAsync(old, _alpha);
        await _app.Get<ComponentService>().DeleteAsync(old, cancellationToken: Stop);
        await AddAsync("New", await ComponentAsync("API"));
        await EditAsync(incident, IncidentSeverity.Minor, _alpha);
        await ResolveAsync(incident);
        Assert.Empty(await SentAsync("New"));
    }

    [Theory]
    [InlineData("page")]
    [InlineData("component")]
    [InlineData("severity")]
    [InlineData("group")]
    public async Task A_notification_whose_own_filters_have_changed_gets_the_end(string filter)
    {
        var elsewhere = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop);
        var id = await AddAsync("Edited", _alpha);
        var incident = await IncidentAsync(_alpha);
        if (filter == "group")
            await _app.Get<ComponentOrder>().MoveComponentAsync(_alpha, await _app.Get<ComponentOrder>().AddGroupAsync(_page, "New", Stop), 0, Stop);
        else
            await ChangeAsync(id, Input("Edited").WithSubscription(s => s with
            {
                StatusPageIds = filter == "page" ? [elsewhere] : null,
                ComponentIds = filter == "component" ? [_beta] : null,
                MinSeverity = filter == "severity" ? IncidentSeverity.Critical : null,
            }));
        await EditAsync(incident, IncidentSeverity.Minor, _alpha);
        await ResolveAsync(incident);
        Assert.Equal(["incident.created", "incident.updated", "incident.resolved"], await SentAsync("Edited"));
    }

    [Fact]
    public async Task Only_the_types_that_it_subscribes_to_follow()
    {
        var id = await AddAsync("Edited", _alpha);
        var incident = await IncidentAsync(_alpha);
        await ChangeAsync(id, Input("Edited", _beta).WithSubscription(s => s with { Events = [EventType.IncidentResolved] }));
        await EditAsync(incident, IncidentSeverity.Minor, _beta);
        await EditAsync(incident, IncidentSeverity.Minor, _alpha);
        await ResolveAsync(incident);
        Assert.Equal(["incident.created", "incident.resolved"], await SentAsync("Edited"));
        Assert.Equal(
            [(EventType.IncidentUpdated, ExclusionReason.Event), (EventType.IncidentUpdated, ExclusionReason.Event)], await ExcludedAsync(id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_beginning_that_was_skipped_is_none(bool switchedOff)
    {
        var id = await AddAsync("Alpha only", _alpha);
        if (switchedOff)
            await _app.Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        var incident = await _app.Get<IncidentService>().CreateAsync(Incident(_alpha) with { DoNotNotify = !switchedOff }, Op, Stop);
        await _app.Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        await EditAsync(incident, IncidentSeverity.Major, _beta);
        await ResolveAsync(incident);
        Assert.Empty(await SentAsync("Alpha only"));
        Assert.Equal([(EventType.IncidentUpdated, ExclusionReason.Component), (EventType.IncidentResolved, ExclusionReason.Component)], await ExcludedAsync(id));
    }

    [Theory]
    [InlineData(false, "incident.created incident.resolved")]
    [InlineData(true, "")]
    public async Task Within_one_save_the_beginning_counts_for_the_end(bool doNotNotify, string sent)
    {
        await AddAsync("Alpha only", _alpha);
        var page = await PageAsync();
        await _app.Get<EventOutbox>().RunAsync("incident", doNotNotify, work =>
        {
            work.Record(EventType.IncidentCreated, page, 77, "Short", Data(IncidentStatus.Investigating, "Alpha"), [Named(_alpha)]);
            work.Record(EventType.IncidentResolved, page, 77, "Short", Data(IncidentStatus.Resolved, "Beta"), [Named(_beta)]);
            work.Record(EventType.IncidentResolved, page, 78, "Another", Data(IncidentStatus.Resolved, "Beta"), [Named(_beta)]);
            return Task.FromResult(true);
        }, Stop);
        static Component Named(int id) => new() { Id = id, Name = "" };
        Assert.Equal(sent, string.Join(' ', await SentAsync("Alpha only")));
    }

    [Fact]
    public async Task A_preview_names_who_gets_the_end_and_the_report_does_not_call_them_left_out()
    {
        var id = await AddAsync("Alpha only", _alpha);
        await AddAsync("Nothing of it", await ComponentAsync("Gamma"));
        var incident = await IncidentAsync(_alpha);
        await EditAsync(incident, IncidentSeverity.Major, _beta);
        var version = (await _app.Get<IncidentQueries>().FindAsync(incident, Stop))!.Version;
        var update = new IncidentUpdateInput(IncidentStatus.Resolved, "Done.");

        var planned = await _app.Get<IncidentService>().PreviewUpdateAsync(incident, version, update, Op, Stop);
        Assert.Equal(["Alpha only"], planned[0].Recipients.Select(r => r.Name));
        var edited = await _app.Get<IncidentService>().PreviewEditAsync(
            incident, version, new IncidentEditInput("Renamed"), Stop);
        Assert.Equal(["Alpha only"], edited[0].Recipients.Select(r => r.Name));

        await _app.Get<IncidentService>().PostUpdateAsync(incident, version, update, Op, Stop);
        Assert.Empty(await ExcludedAsync(id));
        var report = await _app.Get<EventQueries>().ReportAsync(EventGroup.Incidents, incident, cancellationToken: Stop);
        Assert.All(report.Notifications.Single(n => n.Name == "Alpha only").Results, result => Assert.NotNull(result.Delivery));
        Assert.All(report.Notifications.Single(n => n.Name == "Nothing of it").Results, result => Assert.Equal(ExclusionReason.Component, result.Why));
    }

    [Fact]
    public async Task Who_was_sent_the_beginning_is_not_forgotten_while_it_goes_on_and_is_after_that()
    {
        await AddAsync("Alpha only", _alpha);
        var incident = await IncidentAsync(_alpha);
        await EditAsync(incident, IncidentSeverity.Major, _beta);
        var window = await _app.Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(_page, "Upgrade", "Work.", [_alpha], _app.Now.AddDays(300), _app.Now.AddDays(301)), Stop);
        var over = await IncidentAsync(_alpha);
        await ResolveAsync(over);
        await SettleAsync();
        _app.Time.Advance(TimeSpan.FromDays(200));

        await _app.Get<DeliveryRetention>().PruneAsync(Stop);

        Assert.Equal(
            ["incident.created", "incident.updated", "maintenance.scheduled"], await SentAsync("Alpha only"));
        Assert.Equal([incident, incident, window], (await _app.DeliveriesAsync()).Select(d => d.Event!.SubjectId));
        await _app.Get<ComponentService>().DeleteAsync(_alpha, cancellationToken: Stop);
        await _app.Get<MaintenanceService>().StartNowAsync(window, await WindowVersionAsync(window), cancellationToken: Stop);
        await _app.Get<MaintenanceService>().CompleteNowAsync(window, await WindowVersionAsync(window), cancellationToken: Stop);
        await ResolveAsync(incident);
        Assert.Equal(
            ["component.deleted", "maintenance.started", "maintenance.completed", "incident.resolved"], (await SentAsync("Alpha only")).Skip(3));

        await SettleAsync();
        _app.Time.Advance(TimeSpan.FromDays(200));
        await _app.Get<DeliveryRetention>().PruneAsync(Stop);
        Assert.Empty(await _app.DeliveriesAsync());
    }

    [Fact]
    public async Task What_was_skipped_and_an_incident_that_is_gone_keep_nothing()
    {
        await AddAsync("Alpha only", _alpha);
        await _app.Get<IncidentService>().CreateAsync(Incident(_alpha) with { DoNotNotify = true }, Op, Stop);
        var gone = await IncidentAsync(_alpha);
        await ResolveAsync(gone);
        await _app.Get<IncidentService>().DeleteAsync(gone, (await _app.Get<IncidentQueries>().FindAsync(gone, Stop))!.Version, keepDowntime: true, Stop);
        await SettleAsync();
        _app.Time.Advance(TimeSpan.FromDays(200));
        await _app.Get<DeliveryRetention>().PruneAsync(Stop);
        Assert.Empty(await _app.DeliveriesAsync());
    }

    [Fact]
    public async Task The_deliveries_are_asked_once_and_only_where_a_notification_would_be_left_out()
    {
        await AddAsync("All");
        var incident = await IncidentAsync(_alpha);
        _statements.All.Clear();
        await EditAsync(incident, IncidentSeverity.Major, _beta);
        Assert.DoesNotContain(_statements.All, IsAboutEarlier);

        await AddAsync("Alpha only", _alpha);
        await AddAsync("Alpha too", _alpha);
        _statements.All.Clear();
        await EditAsync(incident, IncidentSeverity.Minor, _beta);
        Assert.Single(_statements.All, IsAboutEarlier);
    }

    [Fact]
    public async Task The_question_is_answered_from_the_indexes()
    {
        await using var db = _app.Open();
        var sql = EventScopeHistory.SentEarlier(db, EventGroup.Incidents, 12).ToQueryString();
        // Its values stand in front as the shell's own commands.
        var question = string.Join('\n', sql.Split('\n').Where(line => !line.StartsWith(".param", StringComparison.Ordinal)));
        await db.Database.OpenConnectionAsync(Stop);
        await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // It is Entity Framework's statement.
        command.CommandText = $"EXPLAIN QUERY PLAN {question}";
#pragma warning restore CA2100
        var plan = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(Stop))
        {
            while (await reader.ReadAsync(Stop))
                plan.Add(reader.GetString(3));
        }
        Assert.Contains(plan, step => step.Contains("USING INDEX IX_Events_SubjectId_Type (SubjectId=? AND Type=?)", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Contains("USING INDEX IX_Deliveries_EventId (EventId=?)", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
    }

    [Fact]
    public void On_SQL_Server_it_is_a_join_that_parses()
    {
        using var db = new SqlServerAtStatusDbContext(
            new DbContextOptionsBuilder<SqlServerAtStatusDbContext>().UseSqlServer("Server=none", SqlServerAtStatusDbContext.Configure).Options);
        var sql = EventScopeHistory.SentEarlier(db, EventGroup.Maintenance, 12).ToQueryString();
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var errors);
        Assert.Empty(errors);
        Assert.Contains("INNER JOIN", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("APPLY", sql, StringComparison.Ordinal);
    }

    private static bool IsAboutEarlier(string statement) =>
        statement.Contains("DISTINCT", StringComparison.Ordinal) && statement.Contains("\"Deliveries\"", StringComparison.Ordinal);

    private Task<int> ComponentAsync(string name) =>
        _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page, name, ComponentStatus.Operational), Stop);

    private static NotificationInput Input(string name, params int[] components) =>
        new("webhook", name, new("http://127.0.0.1:9/"), new(EventTypes.All) { ComponentIds = components.Length == 0 ? null : components });

    private Task<int> AddAsync(string name, params int[] components) => _app.Get<NotificationService>().CreateAsync(Input(name, components), Stop);

    private async Task ChangeAsync(int id, NotificationInput input) => await _app.Get<NotificationService>().UpdateAsync(
        id, (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!.Version, input, Stop);

    private IncidentInput Incident(params int[] components) => new(
        _page, "Outage", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", [.. components.Select(c => new AffectedComponent(c))]);

    private Task<int> IncidentAsync(params int[] components) => _app.Get<IncidentService>().CreateAsync(Incident(components), Op, Stop);

    private async Task EditAsync(int incident, IncidentSeverity severity, params int[] components) => await _app.Get<IncidentService>().PostUpdateAsync(
        incident, (await _app.Get<IncidentQueries>().FindAsync(incident, Stop))!.Version,
        new IncidentUpdateInput(null, "It is another.") { Severity = severity, Components = [.. components.Select(c => new AffectedComponent(c))] }, Op, Stop);

    private async Task ResolveAsync(int incident) => await _app.Get<IncidentService>().PostUpdateAsync(
        incident, (await _app.Get<IncidentQueries>().FindAsync(incident, Stop))!.Version, new IncidentUpdateInput(IncidentStatus.Resolved, "Done."), Op, Stop);

    private async Task RenameAsync(int component, string name)
    {
        await using var db = _app.Open();
        var saved = await db.Components.AsNoTracking().SingleAsync(c => c.Id == component, Stop);
        await _app.Get<ComponentService>().UpdateAsync(component, saved.Version, new ComponentInput(null, name, saved.Status), Stop);
    }

    private async Task<int> WindowVersionAsync(int window) => (await _app.Get<MaintenanceQueries>().FindAsync(window, Stop))!.Version;

    private async Task<StatusPageRef> PageAsync()
    {
        await using var db = _app.Open();
        return (await db.StatusPages.AsNoTracking().SingleAsync(p => p.Id == _page, Stop)).ToRef();
    }

    private IncidentData Data(IncidentStatus status, string component) =>
        new(77, "Short", status, IncidentSeverity.Major, "It was short.", [component], _app.Now);

    /// <summary>Everything that waits has arrived.</summary>
    private async Task SettleAsync()
    {
        await using var db = _app.Open();
        DateTime? now = _app.Now;
        await db.Deliveries.Where(d => d.SettledAt == null).ExecuteUpdateAsync(row => row
            .SetProperty(d => d.State, DeliveryState.Delivered).SetProperty(d => d.Hold, (HoldReason?)null)
            .SetProperty(d => d.DueAt, (DateTime?)null).SetProperty(d => d.SettledAt, now), Stop);
    }

    private async Task<IReadOnlyList<string>> SentAsync(string notification) =>
        [.. (await _app.DeliveriesAsync()).Where(d => d.NotificationName == notification && d.State != DeliveryState.Skipped).Select(d => d.EventType.WireName())];

    private async Task<IReadOnlyList<(EventType Type, ExclusionReason? Why)>> ExcludedAsync(int id)
    {
        await using var db = _app.Open();
        return [.. (await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync(Stop)).Where(e => e.Type.Group() == EventGroup.Incidents)
            .SelectMany(e => ExcludedRecipient.Read(e.LeftOut).Where(left => left.Id == id).Select(left => (e.Type, left.Why)))];
    }

    private sealed class NotedStatements : DbCommandInterceptor
    {
        public List<string> All { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            lock (All) All.Add(command.CommandText);
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}

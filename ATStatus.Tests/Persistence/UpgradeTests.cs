using System.Globalization;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ATStatus.Tests.Persistence;

/// <summary>A database of the first version, with rows in it, is brought to this version. Rows are written with SQL: the model is today's.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string Rows = """
        INSERT INTO StatusPages (Id, Name, Slug, Description, TimeZone, ArchivedAt, CreatedAt, Version)
            VALUES (1, 'Größe 🚨', 'main', 'What we run', 'Europe/Berlin', NULL, '2026-01-01 08:00:00', 3);
        INSERT INTO ComponentGroups (Id, StatusPageId, Name, Position, Version) VALUES (1, 1, 'Core', 0, 0);
        INSERT INTO Components (Id, StatusPageId, Name, Description, IsVisible, Status, OwnStatus, GroupId, Position, CreatedAt, Version)
            VALUES (1, 1, 'API', 'It answers', 1, 'PartialOutage', 'Operational', 1, 0, '2026-01-01 08:00:00', 2);
        INSERT INTO ComponentStatusChanges (Id, ComponentId, Status, At) VALUES (1, 1, 'PartialOutage', '2026-01-14 10:00:00');
        INSERT INTO ComponentOverlays (ComponentId, Source, SourceId, Status) VALUES (1, 'Incident', 1, 'PartialOutage');
        INSERT INTO Incidents (Id, StatusPageId, Title, Severity, Status, StartedAt, ResolvedAt, CreatedAt, Version)
            VALUES (1, 1, 'API errors', 'Major', 'Investigating', '2026-01-14 10:00:00', NULL, '2026-01-14 10:00:05', 1);
        INSERT INTO IncidentUpdates (Id, IncidentId, Status, Message, At, Author)
            VALUES (1, 1, 'Investigating', 'We look into it.', '2026-01-14 10:00:05', 'op@example.com');
        INSERT INTO IncidentComponents (IncidentId, ComponentId, Status) VALUES (1, 1, 'PartialOutage');
        INSERT INTO MaintenanceSeries (Id, StatusPageId, Rule, TimeZone, Duration, IsEnded)
            VALUES (1, 1, '0 2 * * 0', 'Europe/Berlin', 36000000000, 0);
        INSERT INTO MaintenanceWindows (Id, StatusPageId, SeriesId, Title, Message, Start, End, Status, CreatedAt, Version)
            VALUES (1, 1, 1, 'Upgrade', 'Work.', '2026-01-18 01:00:00', '2026-01-18 02:00:00', 'Scheduled', '2026-01-11 01:00:00', 0),
                   (2, 1, NULL, 'Once', 'Work.', '2026-01-20 01:00:00', '2026-01-20 02:00:00', 'Scheduled', '2026-01-11 01:00:00', 0);
        INSERT INTO MaintenanceComponents (WindowId, ComponentId) VALUES (1, 1);
        INSERT INTO Notifications
            (Id, Kind, Name, ProtectedUrl, DisplayUrl, ProtectedSecret, Enabled, DisabledAt, DisabledReason, AllPages, CreatedAt, Version)
            VALUES (1, 'webhook', 'Receiver', 'protected url', 'https://example.com/…', 'protected secret', 0, '2026-01-14 11:00:00', '410 Gone', 0, '2026-01-01 08:00:00', 4);
        INSERT INTO NotificationEvent (NotificationId, Type) VALUES (1, 'IncidentCreated');
        INSERT INTO NotificationPage (NotificationId, StatusPageId) VALUES (1, 1);
        INSERT INTO Events (Id, Type, OccurredAt, StatusPageId, SubjectId, Title, Payload, IsTest)
            VALUES (1, 'IncidentCreated', '2026-01-14 10:00:05', 1, 1, 'API errors', X'7B22C3B6223A317D', 0);
        INSERT INTO Deliveries
            (Id, EventId, NotificationId, NotificationName, Kind, RequestId, State, Reason, IsTest, CreatedAt, DueAt, SettledAt, AttemptCount, RoundAttempts, IsRedelivery, Version)
            VALUES (1, 1, 1, 'Receiver', 'webhook', '5F0C7C0E-7D2B-4A53-9A3C-0F8F3A1B2C3D', 'Failed', '410 Gone', 0, '2026-01-14 10:00:05', NULL, '2026-01-14 10:00:06', 1, 1, 0, 2);
        INSERT INTO DeliveryAttempts
            (Id, DeliveryId, Number, Trigger, StartedAt, DurationMs, Failure, StatusCode, Error, RequestHeaders, ResponseHeaders, ResponseBody, ResponseBodyTruncated)
            VALUES (1, 1, 1, 'Event', '2026-01-14 10:00:06', 12, 'HttpStatus', 410, 'The receiver answered 410 Gone.', 'User-Agent: ATStatus-Webhook/1.0', 'Server: x', 'gone', 0);
        """;

    private readonly TestDatabase _database = TestDatabase.Sqlite();

    public async ValueTask InitializeAsync()
    {
        await using var db = new SqliteAtStatusDbContext(
            new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite(_database.Options.ConnectionString).Options);
        await db.GetService<IMigrator>().MigrateAsync("Initial");
        await db.Database.ExecuteSqlRawAsync(Rows.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Nothing_of_the_first_version_is_lost()
    {
        // What the components' statuses were kept in has another form now; StatementUpgradeTests has that. Keys are made by the start, roles by a migration.
        List<(string Table, string Columns)> columns = [.. (await ColumnsAsync())
            .Where(table => table.Table is not ("ComponentOverlays" or "ComponentStatusChanges" or "DataProtectionKeys" or "AspNetRoles"))
            .Select(table => (table.Table, table.Columns.Replace("\"OwnStatus\",", "", StringComparison.Ordinal)))];
        var before = await RowsAsync(columns);
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        Assert.Equal(before, await RowsAsync(columns));

        // And today's product reads it.
        var incident = (await app.Get<IncidentQueries>().FindAsync(1))!;
        Assert.Equal(("API errors", "We look into it."), (incident.Row.Title, incident.Updates[0].Message));
        var window = (await app.Get<MaintenanceQueries>().FindAsync(1))!;
        Assert.Equal(("Größe 🚨", "0 2 * * 0", "API"), (window.StatusPageName, window.Rule, window.Components[0]));
        var delivery = Assert.Single(await app.DeliveriesAsync());
        Assert.Equal((DeliveryState.Failed, 410), (delivery.State, delivery.Attempts[0].StatusCode));
        Assert.Equal("{\"ö\":1}"u8.ToArray(), delivery.Event!.Payload);
    }

    [Fact]
    public async Task What_the_engine_keeps_of_a_delivery_and_its_notification_is_told_from_the_attempts()
    {
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        var delivery = Assert.Single(await app.DeliveriesAsync());
        Assert.Equal(
            (FailureKind.HttpStatus, 410, "incident/1", null, null),
            (delivery.LastFailure, delivery.LastStatusCode, delivery.Subject, delivery.Hold, delivery.SkipCause));
        Assert.Equal(EventType.IncidentCreated, delivery.EventType);
        await using var db = app.Open();
        var notification = await db.Notifications.SingleAsync();
        var options = notification.Transport.Options;
        Assert.Equal((TlsTrust.System, true, null), (options.TlsTrust, notification.AllComponents, notification.MinSeverity));
        Assert.Empty(options.Settings);
        var health = await db.NotificationHealth.SingleAsync();
        Assert.Equal((1L, FailureKind.HttpStatus, 410), (health.LastDeliveryId, health.LastFailure, health.LastStatusCode));
        Assert.Equal(new DateTime(2026, 1, 14, 10, 0, 6, DateTimeKind.Utc), health.LastAttemptAt);
        Assert.False(health.IsOpen);
    }

    [Fact]
    public async Task Windows_and_series_start_automatically_and_nobody_is_reminded_of_them()
    {
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        await using var db = app.Open();
        Assert.All(
            await db.MaintenanceWindows.AsNoTracking().Include(w => w.Updates).OrderBy(w => w.Id).ToListAsync(),
            w => Assert.Equal((true, null, null, null, false, 0), (w.StartsAutomatically, w.RemindBefore, w.RemindAt, w.RemindedOf, w.RemindsSilently, w.Updates.Count)));
        var series = await db.MaintenanceSeries.AsNoTracking().SingleAsync();
        Assert.Equal((true, null), (series.StartsAutomatically, series.RemindBefore));
        // What is new can be used on what was there.
        var window = (await app.Get<MaintenanceQueries>().FindAsync(2))!;
        await app.Get<MaintenanceService>().PostUpdateAsync(window.Id, new MaintenanceUpdateInput("Prepared."), new Actor("op@example.com"));
        Assert.Single(await app.Get<MaintenanceQueries>().UpdatesAsync(window.Id));
    }

    [Fact]
    public async Task Titles_are_folded_after_the_start_and_the_search_works_before_too()
    {
        await QueryAsync("UPDATE Events SET Title = 'Ärger mit der API'");
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        async Task<int> FoundAsync(string text) => (await app.Get<DeliveryQueries>().PageAsync(new DeliveryFilter(Text: text), null, null, 9)).Rows.Count;
        Assert.Equal((1, 0), (await FoundAsync("MIT DER"), await FoundAsync("ärger")));

        await app.Get<TitleFolder>().FillAsync(default);

        Assert.Equal((1, 1), (await FoundAsync("MIT DER"), await FoundAsync("ärger")));
    }

    [Fact]
    public async Task Events_get_the_numbers_of_the_components_that_they_name_where_a_name_is_unambiguous()
    {
        await QueryAsync("""
            INSERT INTO StatusPages (Id, Name, Slug, Description, TimeZone, ArchivedAt, CreatedAt, Version)
                VALUES (2, 'Other', 'other', '', 'UTC', NULL, '2026-01-01 08:00:00', 0);
            INSERT INTO Components (Id, StatusPageId, Name, Description, IsVisible, Status, OwnStatus, GroupId, Position, CreatedAt, Version) VALUES
                (2, 1, 'Mail', '', 1, 'Operational', 'Operational', NULL, 1, '2026-01-01 08:00:00', 0),
                (3, 1, 'Twice', '', 1, 'Operational', 'Operational', NULL, 2, '2026-01-01 08:00:00', 0),
                (4, 1, 'Twice', '', 1, 'Operational', 'Operational', NULL, 3, '2026-01-01 08:00:00', 0),
                (5, 1, 'Newer', '', 1, 'Operational', 'Operational', NULL, 4, '2026-01-20 08:00:00', 0),
                (6, 2, 'API', '', 1, 'Operational', 'Operational', NULL, 0, '2026-01-01 08:00:00', 0);
            """);
        var page = new StatusPageRef(1, "Größe 🚨", "main");
        var at = new DateTime(2026, 1, 14, 10, 0, 0, DateTimeKind.Utc);
        await AddAsync(2, EventType.IncidentCreated, 1, new IncidentData(
            1, "t", IncidentStatus.Investigating, IncidentSeverity.Major, "m", ["Mail", "Twice", "Newer", "Gone", "API"], at));
        await AddAsync(3, EventType.MaintenanceScheduled, 1, new MaintenanceData(1, "t", "m", ["API"], at, at));
        await AddAsync(4, EventType.ComponentDeleted, 9, new ComponentData(9, "Gone", ComponentStatus.Operational, null, 100m));
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        var filler = app.Get<EventComponentFiller>();
        Assert.True(await filler.FillBatchAsync(2, default));
        // Stands for a restart.
        await filler.FillAsync(default);
        Assert.False(await filler.FillBatchAsync(2, default));

        await using var db = app.Open();
        Assert.Equal([[], [2, 1], [1], [9]], await db.Events.AsNoTracking().OrderBy(e => e.Id).Select(e => e.ComponentIds!).ToListAsync());
        Assert.Equal(
            ["[]", "[2,1]", "[1]", "[9]"], (await QueryAsync("SELECT ComponentIds FROM Events ORDER BY Id")).Select(row => row[0]));

        async Task AddAsync(int id, EventType type, int subject, EventData data) => await QueryAsync($"""
            INSERT INTO Events (Id, Type, OccurredAt, StatusPageId, SubjectId, Title, Payload, IsTest)
                VALUES ({id}, '{type}', '2026-01-14 10:00:05', 1, {subject}, 't', X'{Convert.ToHexString(EventPayload.Write(type, at, page, data))}', 0)
            """);
    }

    [Fact]
    public async Task A_window_of_a_series_stands_for_the_time_it_was_planned_for()
    {
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        await using var db = app.Open();
        var windows = await db.MaintenanceWindows.AsNoTracking().OrderBy(w => w.Id).ToListAsync();
        Assert.Equal([new DateTime(2026, 1, 18, 1, 0, 0, DateTimeKind.Utc), null], windows.Select(w => w.PlannedFor));
    }

    [Fact]
    public async Task A_series_says_what_its_latest_window_says()
    {
        await QueryAsync("""
            INSERT INTO Components (Id, StatusPageId, Name, Description, IsVisible, Status, OwnStatus, GroupId, Position, CreatedAt, Version)
                VALUES (2, 1, 'Web', '', 1, 'Operational', 'Operational', NULL, 1, '2026-01-01 08:00:00', 0);
            INSERT INTO MaintenanceWindows (Id, StatusPageId, SeriesId, Title, Message, Start, End, Status, CreatedAt, Version)
                VALUES (3, 1, 1, 'Earlier', 'Other work.', '2026-01-11 01:00:00', '2026-01-11 02:00:00', 'Completed', '2026-01-04 01:00:00', 0);
            INSERT INTO MaintenanceComponents (WindowId, ComponentId) VALUES (3, 1), (3, 2);
            """);
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        await using var db = app.Open();
        var series = await db.MaintenanceSeries.AsNoTracking().Include(s => s.Components).SingleAsync();
        Assert.Equal(("Upgrade", "Work.", false), (series.Title, series.Message, series.DoNotNotify));
        Assert.Equal([1], series.Components.Select(c => c.ComponentId));
    }

    /// <summary>Each table that holds rows, with its columns.</summary>
    private async Task<List<(string Table, string Columns)>> ColumnsAsync() => [.. (await QueryAsync("""
        SELECT m.name, group_concat('"' || c.name || '"') FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' GROUP BY m.name ORDER BY m.name
        """)).Select(row => (row[0], row[1]))];

    private async Task<List<string>> RowsAsync(List<(string Table, string Columns)> columns)
    {
        var rows = new List<string>();
        foreach (var (table, names) in columns)
            rows.AddRange((await QueryAsync($"SELECT {names} FROM \"{table}\" ORDER BY 1, 2")).Select(row => $"{table}: {string.Join(" | ", row)}"));
        return rows;
    }

    private async Task<List<List<string>>> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection(_database.Options.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from the database's own catalogue.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<List<string>>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                byte[] bytes => Convert.ToHexString(bytes),
                DBNull => "NULL",
                var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            })]);
        return rows;
    }
}

using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ATStatus.Tests.Persistence;

/// <summary>
/// A database of the version before statements is brought to this one. What was shown is shown: present status, history and uptime are the same;
/// and what still lies over a component ends as it should.
/// </summary>
public sealed class StatementUpgradeTests : IAsyncLifetime
{
    private const string Before = "CancelledFoldedAndIdentity";

    /// <summary>Noon of the test clock is 2026-01-14 12:00; every component was added ten days before.</summary>
    private const string Rows = """
        INSERT INTO StatusPages (Id, Name, Slug, Description, TimeZone, CreatedAt, Version) VALUES (1, 'Main', 'main', '', 'UTC', '2026-01-01 08:00:00', 0);
        INSERT INTO Incidents (Id, StatusPageId, Title, Severity, Status, StartedAt, ResolvedAt, CreatedAt, Version) VALUES
            (1, 1, 'Critical', 'Critical', 'Investigating', '2026-01-14 06:00:00', NULL, '2026-01-14 09:00:00', 1),
            (2, 1, 'Minor', 'Minor', 'Investigating', '2026-01-14 07:00:00', NULL, '2026-01-14 07:00:00', 1);
        INSERT INTO IncidentUpdates (Id, IncidentId, Status, Message, At, Author) VALUES
            (1, 1, 'Investigating', 'First.', '2026-01-14 09:00:00', 'op'), (2, 2, 'Investigating', 'First.', '2026-01-14 07:00:00', 'op');
        INSERT INTO MaintenanceWindows (Id, StatusPageId, Title, Message, "Start", "End", Status, CreatedAt, Version) VALUES
            (1, 1, 'First', 'Work.', '2026-01-14 08:00:00', '2026-01-14 20:00:00', 'InProgress', '2026-01-11 01:00:00', 1),
            (2, 1, 'Second', 'Work.', '2026-01-14 11:00:00', '2026-01-14 20:00:00', 'InProgress', '2026-01-11 01:00:00', 1);
        INSERT INTO Components (Id, StatusPageId, Name, Description, IsVisible, Status, OwnStatus, Position, CreatedAt, Version) VALUES
            (1, 1, 'Plain', '', 1, 'Degraded', 'Degraded', 0, '2026-01-04 12:00:00', 4),
            (2, 1, 'Said', '', 1, 'MajorOutage', 'Operational', 1, '2026-01-04 12:00:00', 1),
            (3, 1, 'By hand', '', 1, 'Operational', 'Degraded', 2, '2026-01-04 12:00:00', 1),
            (4, 1, 'Window', '', 1, 'Maintenance', 'Operational', 3, '2026-01-04 12:00:00', 1),
            (5, 1, 'Outage in a window', '', 1, 'PartialOutage', 'PartialOutage', 4, '2026-01-04 12:00:00', 1),
            (6, 1, 'Up in a window', '', 1, 'Operational', 'Operational', 5, '2026-01-04 12:00:00', 1),
            (7, 1, 'Two incidents', '', 1, 'MajorOutage', 'Operational', 6, '2026-01-04 12:00:00', 1),
            (8, 1, 'Two windows', '', 1, 'Maintenance', 'MajorOutage', 7, '2026-01-04 12:00:00', 1);
        INSERT INTO ComponentStatusChanges (ComponentId, Status, At) SELECT Id, 'Operational', CreatedAt FROM Components;
        INSERT INTO ComponentStatusChanges (ComponentId, Status, At) VALUES
            (1, 'MajorOutage', '2026-01-10 00:00:00'), (1, 'Maintenance', '2026-01-10 06:00:00'), (1, 'Operational', '2026-01-10 06:00:00'),
            (1, 'Degraded', '2026-01-12 00:00:00'),
            (2, 'MajorOutage', '2026-01-14 09:00:00'),
            (3, 'Degraded', '2026-01-13 00:00:00'), (3, 'MajorOutage', '2026-01-14 09:00:00'), (3, 'Operational', '2026-01-14 09:30:00'),
            (4, 'Maintenance', '2026-01-14 08:00:00'),
            (5, 'Maintenance', '2026-01-14 08:00:00'), (5, 'PartialOutage', '2026-01-14 08:30:00'),
            (6, 'Maintenance', '2026-01-14 08:00:00'), (6, 'Operational', '2026-01-14 08:30:00'),
            (7, 'Degraded', '2026-01-14 07:00:00'), (7, 'MajorOutage', '2026-01-14 09:00:00'),
            (8, 'Maintenance', '2026-01-14 08:00:00'), (8, 'MajorOutage', '2026-01-14 09:00:00'), (8, 'Maintenance', '2026-01-14 10:00:00');
        INSERT INTO ComponentOverlays (ComponentId, Source, SourceId, Status) VALUES
            (2, 'Incident', 1, 'MajorOutage'), (3, 'Incident', 1, 'MajorOutage'), (4, 'Maintenance', 1, 'Maintenance'),
            (5, 'Maintenance', 1, 'Maintenance'), (6, 'Maintenance', 1, 'Maintenance'),
            (7, 'Incident', 1, 'MajorOutage'), (7, 'Incident', 2, 'Degraded'), (8, 'Maintenance', 2, 'Maintenance');
        INSERT INTO IncidentComponents (IncidentId, ComponentId, Status) VALUES
            (1, 1, NULL), (1, 2, 'MajorOutage'), (1, 3, 'MajorOutage'), (1, 7, 'MajorOutage'), (2, 7, 'Degraded');
        INSERT INTO MaintenanceComponents (WindowId, ComponentId) VALUES (1, 4), (1, 5), (1, 6), (2, 8);
        """;

    /// <summary>What the version before said: each status with the hours since the component was added, and the uptime at noon.</summary>
    private static readonly (string History, decimal Uptime)[] Shown =
    [
        // Six of 240 hours; a status without length is none.
        ("0 Operational, 132 MajorOutage, 138 Operational, 180 Degraded", 97.5m),
        ("0 Operational, 237 MajorOutage", 98.75m),
        ("0 Operational, 204 Degraded, 237 MajorOutage, 237.5 Operational", 99.79m),
        ("0 Operational, 236 Maintenance", 100m),
        // 3.5 of 239.5.
        ("0 Operational, 236 Maintenance, 236.5 PartialOutage", 98.53m),
        ("0 Operational, 236 Maintenance, 236.5 Operational", 100m),
        ("0 Operational, 235 Degraded, 237 MajorOutage", 98.75m),
        // One of 237: three are maintenance.
        ("0 Operational, 236 Maintenance, 237 MajorOutage, 238 Maintenance", 99.57m),
    ];

    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private CoreApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        await using (var db = new SqliteAtStatusDbContext(
            new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite(_database.Options.ConnectionString).Options))
        {
            await db.GetService<IMigrator>().MigrateAsync(Before);
            await db.Database.ExecuteSqlRawAsync(Rows);
        }
        _app = await CoreApp.StartAsync(_database, keepDatabase: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Status_history_and_uptime_are_what_they_were()
    {
        var queries = _app.Get<StatusPageQueries>();
        for (var id = 1; id <= Shown.Length; id++)
        {
            var segments = (await queries.SegmentsAsync(id)).Reverse().ToList();
            var history = string.Join(", ", segments.Select(s => FormattableString.Invariant($"{(s.From - segments[0].From).TotalHours:0.##} {s.Status}")));
            var row = (await queries.ComponentAsync(id))!;
            Assert.Equal((id, Shown[id - 1].History, Shown[id - 1].Uptime), (id, history, row.UptimePercent));
            Assert.Equal(row.Status, segments[^1].Status);
        }
    }

    [Fact]
    public async Task What_lies_over_components_ends_as_it_should()
    {
        var incidents = _app.Get<IncidentService>();
        // Touched, not changed: nothing is announced of it.
        await Post(1, IncidentStatus.Monitoring);
        Assert.Equal("Degraded MajorOutage Operational Maintenance PartialOutage Operational MajorOutage Maintenance", await StatusesAsync());
        await Post(1, IncidentStatus.Resolved);
        Assert.Equal("Degraded Operational Degraded Maintenance PartialOutage Operational Degraded Maintenance", await StatusesAsync());
        await Post(2, IncidentStatus.Resolved);
        Assert.Equal("Degraded Operational Degraded Maintenance PartialOutage Operational Operational Maintenance", await StatusesAsync());
        await Post(1, IncidentStatus.Investigating);
        Assert.Equal("Degraded MajorOutage Operational Maintenance PartialOutage Operational MajorOutage Maintenance", await StatusesAsync());

        var windows = _app.Get<MaintenanceService>();
        foreach (var window in new[] { 1, 2 })
            await windows.CompleteNowAsync(window, (await _app.Get<MaintenanceQueries>().FindAsync(window))!.Version);
        Assert.Equal("Degraded MajorOutage Operational Operational PartialOutage Operational MajorOutage MajorOutage", await StatusesAsync());
        await windows.ScheduleAsync(new MaintenanceInput(1, "Third", "Work.", [4, 5, 6, 8], _app.Now, _app.Now.AddHours(1)));
        Assert.Equal("Degraded MajorOutage Operational Maintenance PartialOutage Maintenance MajorOutage Maintenance", await StatusesAsync());

        async Task Post(int id, IncidentStatus status) => await incidents.PostUpdateAsync(
            id, (await _app.Get<IncidentQueries>().FindAsync(id))!.Version, new IncidentUpdateInput(status, "Next."), new Actor("op"));
    }

    [Fact]
    public async Task Who_chose_a_status_is_guessed_from_the_severity()
    {
        var queries = _app.Get<IncidentQueries>();
        Assert.Equal(
            [
                new AffectedComponent(1), new(2, ComponentStatus.MajorOutage, IsChosen: false), new(3, ComponentStatus.Operational),
                new(7, ComponentStatus.MajorOutage, IsChosen: false),
            ],
            (await queries.FindAsync(1))!.Affected.OrderBy(a => a.ComponentId));
        Assert.Equal([new(7, ComponentStatus.Degraded, IsChosen: false)], (await queries.FindAsync(2))!.Affected);
    }

    [Fact]
    public async Task A_status_that_was_said_when_the_incident_was_created_follows_its_start()
    {
        var version = (await _app.Get<IncidentQueries>().FindAsync(1))!.Version;
        await _app.Get<IncidentService>().EditAsync(1, version, new IncidentEditInput("Critical", _app.Now.AddHours(-5)));
        var begun = new List<DateTime>();
        foreach (var id in new[] { 2, 3 })
            begun.Add((await _app.Get<StatusPageQueries>().SegmentsAsync(id))[0].From);
        Assert.Equal([_app.Now.AddHours(-5), _app.Now.AddHours(-2.5)], begun);
    }

    [Fact]
    public async Task The_way_back_keeps_what_is_shown()
    {
        await using var db = _app.Open();
        var components = await db.Components.AsNoTracking().OrderBy(c => c.Id).Select(c => c.Status).ToListAsync();
        await db.GetService<IMigrator>().MigrateAsync(Before);
        await db.Database.MigrateAsync();
        Assert.Equal(components, await db.Components.AsNoTracking().OrderBy(c => c.Id).Select(c => c.Status).ToListAsync());
        Assert.Equal(8, await db.ComponentStatements.CountAsync(s => s.Source == StatementSource.Own && s.To == null));
        Assert.Equal(8, await db.ComponentStatements.CountAsync(s => s.Source != StatementSource.Own && s.To == null));
    }

    private async Task<string> StatusesAsync()
    {
        await using var db = _app.Open();
        return string.Join(' ', await db.Components.AsNoTracking().OrderBy(c => c.Id).Select(c => c.Status).ToListAsync());
    }
}

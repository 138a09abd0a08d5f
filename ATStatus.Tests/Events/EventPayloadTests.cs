using System.Globalization;
using System.Text;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Events;

public sealed class EventPayloadTests
{
    private const string IncidentStart = "{\"id\":123,\"title\":\"API Connectivity Issues\",\"status\":\"";

    private const string IncidentEnd =
        "\",\"severity\":\"major\",\"message\":\"We are investigating reports of API errors.\",\"components\":[\"API\",\"Dashboard\"]," +
        "\"startedAt\":\"2026-01-14T12:00:00Z\"}";

    private const string MaintenanceJson =
        "{\"id\":45,\"title\":\"Database Maintenance\",\"message\":\"Scheduled database maintenance window.\"," +
        "\"components\":[\"Database\"],\"windowStart\":\"2026-01-15T02:00:00Z\",\"windowEnd\":\"2026-01-15T04:00:00Z\"}";

    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
    private static readonly StatusPageRef Page = new(1, "Main Status", "main");

    [Theory]
    [InlineData(EventType.IncidentCreated, "incident.created", IncidentStart + "investigating" + IncidentEnd)]
    [InlineData(EventType.IncidentUpdated, "incident.updated", IncidentStart + "identified" + IncidentEnd)]
    [InlineData(EventType.IncidentResolved, "incident.resolved", IncidentStart + "resolved" + IncidentEnd)]
    [InlineData(EventType.MaintenanceScheduled, "maintenance.scheduled", MaintenanceJson)]
    [InlineData(EventType.MaintenanceStarted, "maintenance.started", MaintenanceJson)]
    [InlineData(EventType.MaintenanceCompleted, "maintenance.completed", MaintenanceJson)]
    [InlineData(EventType.ComponentStatusChanged, "component.status_changed",
        """{"id":5,"name":"API Gateway","previousStatus":"operational","newStatus":"degraded","uptimePercent":99.5}""")]
    [InlineData(EventType.ComponentCreated, "component.created",
        """{"id":5,"name":"API Gateway","previousStatus":null,"newStatus":"operational","uptimePercent":100}""")]
    [InlineData(EventType.ComponentDeleted, "component.deleted",
        """{"id":5,"name":"API Gateway","previousStatus":"partial_outage","newStatus":null,"uptimePercent":99.97}""")]
    public void Each_event_has_exactly_these_bytes(EventType type, string name, string data)
    {
        var expected =
            "{\"event\":\"" + name + "\",\"timestamp\":\"2026-01-14T12:00:00Z\"," +
            "\"statusPage\":{\"id\":1,\"name\":\"Main Status\",\"slug\":\"main\"},\"data\":" + data + "}";

        Assert.Equal(Encoding.UTF8.GetBytes(expected), EventPayload.Write(type, Noon, Page, DataOf(type)));
    }

    [Fact]
    public void Every_status_and_severity_goes_by_its_wire_name()
    {
        foreach (var status in IncidentStatuses.All)
        {
            foreach (var severity in IncidentSeverities.All)
            {
                var text = Text(EventType.IncidentUpdated, IncidentWith(status) with { Severity = severity });
                Assert.Contains($"""
                    "status":"{status.WireName()}","severity":"{severity.WireName()}"
                    """, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void No_components_is_an_empty_array() => Assert.Contains(
        "\"components\":[],",
        Text(EventType.IncidentUpdated, IncidentWith(IncidentStatus.Identified) with { Components = [] }),
        StringComparison.Ordinal);

    [Fact]
    public void Instants_are_cut_to_whole_seconds()
    {
        var almostOneSecond = Noon.AddTicks(TimeSpan.TicksPerSecond - 1);

        Assert.Equal(
            EventPayload.Write(EventType.IncidentCreated, Noon, Page, DataOf(EventType.IncidentCreated)),
            EventPayload.Write(EventType.IncidentCreated, almostOneSecond, Page,
                IncidentWith(IncidentStatus.Investigating) with { StartedAt = almostOneSecond }));
    }

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fi-FI")]
    [InlineData("de-DE")]
    public void The_servers_culture_does_not_show(string culture)
    {
        var before = EventTypes.All.Select(type => EventPayload.Write(type, Noon, Page, DataOf(type))).ToList();
        var previous = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            Assert.Equal(before, EventTypes.All.Select(type => EventPayload.Write(type, Noon, Page, DataOf(type))));
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    [Theory]
    [InlineData(DateTimeKind.Unspecified)]
    [InlineData(DateTimeKind.Local)]
    public void An_instant_that_is_not_UTC_is_refused(DateTimeKind kind)
    {
        var wrong = DateTime.SpecifyKind(Noon, kind);
        var incident = IncidentWith(IncidentStatus.Investigating);
        var maintenance = (MaintenanceData)DataOf(EventType.MaintenanceStarted);

        Assert.Throws<ArgumentException>(() => EventPayload.Write(EventType.IncidentCreated, wrong, Page, incident));
        Assert.Throws<ArgumentException>(() => Text(EventType.IncidentCreated, incident with { StartedAt = wrong }));
        Assert.Throws<ArgumentException>(() => Text(EventType.MaintenanceStarted, maintenance with { WindowStart = wrong }));
        Assert.Throws<ArgumentException>(() => Text(EventType.MaintenanceStarted, maintenance with { WindowEnd = wrong }));
    }

    [Fact]
    public void Data_of_another_group_is_refused()
    {
        foreach (var type in EventTypes.All)
        {
            foreach (var other in EventTypes.All.Where(other => other.Group() != type.Group()))
                Assert.Throws<ArgumentException>(() => Text(type, DataOf(other)));
        }
    }

    [Fact]
    public void An_incident_resolved_is_resolved() => Assert.Throws<ArgumentException>(
        () => Text(EventType.IncidentResolved, DataOf(EventType.IncidentUpdated)));

    [Theory]
    [InlineData(EventType.ComponentStatusChanged, null, ComponentStatus.Degraded)]
    [InlineData(EventType.ComponentStatusChanged, ComponentStatus.Degraded, null)]
    [InlineData(EventType.ComponentCreated, ComponentStatus.Degraded, ComponentStatus.Operational)]
    [InlineData(EventType.ComponentCreated, null, null)]
    [InlineData(EventType.ComponentDeleted, ComponentStatus.Degraded, ComponentStatus.Operational)]
    [InlineData(EventType.ComponentDeleted, null, null)]
    public void A_components_status_is_missing_only_before_its_creation_and_after_its_deletion(
        EventType type, ComponentStatus? previous, ComponentStatus? current) => Assert.Throws<ArgumentException>(
            () => Text(type, new ComponentData(5, "API Gateway", previous, current, 100m)));

    [Theory]
    [InlineData(EventType.MaintenanceUpdated, MaintenanceStatus.InProgress, "in_progress")]
    [InlineData(EventType.MaintenanceUpdated, MaintenanceStatus.Cancelled, "cancelled")]
    [InlineData(EventType.MaintenanceReminder, MaintenanceStatus.Scheduled, "scheduled")]
    public void The_additional_events_say_after_the_title_where_the_window_stands(EventType type, MaintenanceStatus status, string name)
    {
        var data = (MaintenanceData)DataOf(EventType.MaintenanceStarted) with { Status = status };

        Assert.Equal(
            $$$"""{"event":"{{{type.WireName()}}}","timestamp":"2026-01-14T12:00:00Z","statusPage":{"id":1,"name":"Main Status","slug":"main"},"data":{"id":45,"title":"Database Maintenance","status":"{{{name}}}","message":"Scheduled database maintenance window.","components":["Database"],"windowStart":"2026-01-15T02:00:00Z","windowEnd":"2026-01-15T04:00:00Z"}}""",
            Text(type, data));
        Assert.Throws<ArgumentException>(() => Text(type, data with { Status = null }));
        Assert.Throws<ArgumentException>(() => Text(EventType.MaintenanceStarted, data));
    }

    private static string Text(EventType type, EventData data) => Encoding.UTF8.GetString(EventPayload.Write(type, Noon, Page, data));

    private static EventData DataOf(EventType type) => type switch
    {
        EventType.IncidentCreated => IncidentWith(IncidentStatus.Investigating),
        EventType.IncidentUpdated => IncidentWith(IncidentStatus.Identified),
        EventType.IncidentResolved => IncidentWith(IncidentStatus.Resolved),
        EventType.ComponentStatusChanged => new ComponentData(
            5, "API Gateway", ComponentStatus.Operational, ComponentStatus.Degraded, 99.50m),
        EventType.ComponentCreated => new ComponentData(5, "API Gateway", null, ComponentStatus.Operational, 100.00m),
        EventType.ComponentDeleted => new ComponentData(5, "API Gateway", ComponentStatus.PartialOutage, null, 99.97m),
        _ => new MaintenanceData(45, "Database Maintenance", "Scheduled database maintenance window.", ["Database"],
            new DateTime(2026, 1, 15, 2, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 15, 4, 0, 0, DateTimeKind.Utc)),
    };

    private static IncidentData IncidentWith(IncidentStatus status) => new(123, "API Connectivity Issues", status, IncidentSeverity.Major,
        "We are investigating reports of API errors.", ["API", "Dashboard"], Noon);
}

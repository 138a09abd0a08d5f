using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Incidents;

/// <summary>What raises what (contract section 5), as far as components and incidents go; the payload is what was saved.</summary>
public sealed class RaisedEventsTests : IAsyncLifetime
{
    private static readonly Actor Operator = new("op");
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Sample_data_raises_nothing() => Assert.Empty(await EventsAsync());

    [Fact]
    public async Task The_history_of_sample_data_begins_before_a_change_in_the_same_second()
    {
        await using var app = await CoreApp.StartAsync();
        app.Time.Advance(TimeSpan.FromMilliseconds(300));
        await app.SampleDataAsync();
        app.Time.Advance(TimeSpan.FromMilliseconds(500));
        await app.Get<ComponentService>().SetStatusAsync(1, ComponentStatus.MajorOutage);
        app.Time.Advance(TimeSpan.FromHours(1));

        var changes = await app.Get<StatusPageQueries>().SegmentsAsync(1);
        Assert.Equal([ComponentStatus.MajorOutage, ComponentStatus.Operational], changes.Take(2).Select(c => c.Status));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2026-01-14T12:02:00Z")]
    public async Task A_start_that_was_mistyped_is_refused(string startedAt)
    {
        var start = DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<IncidentService>().CreateAsync(
            new IncidentInput(_page.Id, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [], start), Operator));
        Assert.Equal([nameof(IncidentInput.StartedAt)], refused.Errors.Keys);
        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task An_incidents_life()
    {
        var service = _app.Get<IncidentService>();
        var id = await service.CreateAsync(
            new IncidentInput(_page.Id, "API down", IncidentSeverity.Critical, IncidentStatus.Investigating, "First.", [new(2), new(1)]), Operator);
        await Post(IncidentStatus.Monitoring, "Second.");
        await Post(IncidentStatus.Resolved, "Third.");
        await Post(IncidentStatus.Resolved, "Postmortem.");
        await Post(IncidentStatus.Investigating, "It is back.");

        Assert.Equal(
            [
                Expected("incident.created", "investigating", "First."),
                Expected("incident.updated", "monitoring", "Second."),
                Expected("incident.resolved", "resolved", "Third."),
                Expected("incident.updated", "resolved", "Postmortem."),
                Expected("incident.updated", "investigating", "It is back."),
            ],
            await EventsAsync());
        Assert.Null((await _app.Get<IncidentQueries>().FindAsync(id))!.Row.ResolvedAt);

        async Task Post(IncidentStatus status, string message)
        {
            var version = (await _app.Get<IncidentQueries>().FindAsync(id))!.Version;
            await service.PostUpdateAsync(id, version, new IncidentUpdateInput(status, message), Operator);
        }

        static string Expected(string type, string status, string message) =>
            $$"""{{type}} {"id":1,"title":"API down","status":"{{status}}","severity":"critical","message":"{{message}}","components":["API","Dashboard"],"startedAt":"2026-01-14T12:00:00Z"}""";
    }

    [Fact]
    public async Task An_edit_of_only_the_start_raises_one_event_with_the_new_start()
    {
        var service = _app.Get<IncidentService>();
        var id = await service.CreateAsync(
            new IncidentInput(_page.Id, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [new(1)]), Operator);
        _app.Time.Advance(TimeSpan.FromHours(1));
        var before = (await EventsAsync()).Count;
        var saved = await FindAsync();

        await service.EditAsync(id, saved.Version, new IncidentEditInput("API down", _app.Now.AddHours(-3)));

        var raised = Assert.Single((await EventsAsync())[before..]);
        Assert.StartsWith("""incident.updated {"id":1,"title":"API down","status":"investigating",""", raised, StringComparison.Ordinal);
        Assert.EndsWith(
            """minor","message":"First.","components":["API"],"startedAt":"2026-01-14T10:00:00Z"}""", raised, StringComparison.Ordinal);
        var edited = await FindAsync();
        Assert.Equal((_app.Now.AddHours(-3), saved.Version + 1), (edited.Row.StartedAt, edited.Version));

        // The start that it has is no change, and neither is none.
        await service.EditAsync(id, edited.Version, new IncidentEditInput("API down", _app.Now.AddHours(-3)));
        await service.EditAsync(id, edited.Version, new IncidentEditInput("API down"));
        Assert.Equal((before + 1, edited.Version), ((await EventsAsync()).Count, (await FindAsync()).Version));

        async Task<IncidentDetail> FindAsync() => (await _app.Get<IncidentQueries>().FindAsync(id))!;
    }

    [Fact]
    public async Task An_edit_or_an_update_raises_one_event_if_it_changes_something()
    {
        var service = _app.Get<IncidentService>();
        var id = await service.CreateAsync(
            new IncidentInput(_page.Id, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [new(1)]), Operator);
        await service.PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Identified, "Latest."), Operator);
        var before = (await EventsAsync()).Count;

        await Edit("API down");
        Assert.Equal(before, (await EventsAsync()).Count);
        await Edit("API is down");
        await Update(IncidentSeverity.Major, 1);
        await Update(IncidentSeverity.Major, 1, 3);
        var events = (await EventsAsync())[before..];
        Assert.Equal(3, events.Count);
        Assert.All(events, e => Assert.StartsWith("incident.updated ", e, StringComparison.Ordinal));
        Assert.Contains(
            "\"status\":\"identified\",\"severity\":\"major\",\"message\":\"Latest.\",\"components\":[\"API\",\"API Gateway\"]",
            events[^1], StringComparison.Ordinal);

        async Task Edit(string title) => await service.EditAsync(id, await VersionAsync(), new IncidentEditInput(title));

        async Task Update(IncidentSeverity severity, params int[] components) => await service.PostUpdateAsync(
            id, await VersionAsync(),
            new IncidentUpdateInput(null, "Latest.") { Severity = severity, Components = [.. components.Select(c => new AffectedComponent(c))] }, Operator);

        async Task<int> VersionAsync() => (await _app.Get<IncidentQueries>().FindAsync(id))!.Version;
    }

    [Fact]
    public async Task A_components_life_with_the_uptime_of_each_moment()
    {
        var service = _app.Get<ComponentService>();
        var id = await service.CreateAsync(new ComponentInput(_page.Id, "Search", ComponentStatus.Operational));
        _app.Time.Advance(TimeSpan.FromHours(2));
        await service.SetStatusAsync(id, ComponentStatus.MajorOutage);
        await service.SetStatusAsync(id, ComponentStatus.MajorOutage);
        _app.Time.Advance(TimeSpan.FromHours(1));
        await Edit("Search engine", ComponentStatus.MajorOutage);
        await Edit("Search engine", ComponentStatus.Maintenance);
        _app.Time.Advance(TimeSpan.FromHours(5));
        await service.DeleteAsync(id);

        Assert.Equal(
            [
                Expected("component.created", "Search", "null", "\"operational\"", "100"),
                Expected("component.status_changed", "Search", "\"operational\"", "\"major_outage\"", "100"),
                Expected("component.status_changed", "Search engine", "\"major_outage\"", "\"maintenance\"", "66.66"),
                Expected("component.deleted", "Search engine", "\"maintenance\"", "null", "66.66"),
            ],
            await EventsAsync());

        async Task Edit(string name, ComponentStatus status)
        {
            var row = (await _app.Get<StatusPageQueries>().ComponentsAsync()).Single(c => c.Id == id);
            await service.UpdateAsync(id, row.Version, new ComponentInput(null, name, status));
        }

        static string Expected(string type, string name, string from, string to, string uptime) =>
            $$"""{{type}} {"id":6,"name":"{{name}}","previousStatus":{{from}},"newStatus":{{to}},"uptimePercent":{{uptime}}}""";
    }

    [Fact]
    public async Task The_envelope_is_the_documents()
    {
        await _app.Get<ComponentService>().SetStatusAsync(1, ComponentStatus.Degraded);
        await using var db = _app.Open();
        var text = Encoding.UTF8.GetString((await db.Events.SingleAsync()).Payload);
        Assert.StartsWith(
            "{\"event\":\"component.status_changed\",\"timestamp\":\"2026-01-14T12:00:00Z\","
            + "\"statusPage\":{\"id\":1,\"name\":\"Main Status\",\"slug\":\"main\"},\"data\":{",
            text, StringComparison.Ordinal);
    }

    /// <summary>Type and data of every event, in their order.</summary>
    private async Task<List<string>> EventsAsync()
    {
        await using var db = _app.Open();
        var events = await db.Events.OrderBy(e => e.Id).ToListAsync();
        return [.. events.Select(e =>
        {
            var text = Encoding.UTF8.GetString(e.Payload);
            return $"{e.Type.WireName()} {text[(text.IndexOf("\"data\":", StringComparison.Ordinal) + 7)..^1]}";
        })];
    }
}

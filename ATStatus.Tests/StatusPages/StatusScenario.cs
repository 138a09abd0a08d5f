using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.StatusPages;

/// <summary>A page with components whose statuses are said by incidents, windows and people, hour by hour.</summary>
internal sealed class StatusScenario : IAsyncDisposable
{
    private static readonly Actor Ada = new("ada@example.com");
    private readonly int _page;
    private int _seen;

    private StatusScenario(CoreApp app, int page) => (App, _page) = (app, page);

    public CoreApp App { get; }

    public DateTime Now => App.Now;

    public IncidentService Incidents => App.Get<IncidentService>();

    public static async Task<StatusScenario> StartAsync()
    {
        var app = await CoreApp.StartAsync();
        return new StatusScenario(app, await app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main")));
    }

    public Task<int> ComponentAsync(ComponentStatus status = ComponentStatus.Operational, string name = "API") =>
        App.Get<ComponentService>().CreateAsync(new ComponentInput(_page, name, status));

    public void Pass(double hours) => App.Time.Advance(TimeSpan.FromHours(hours));

    public Task SetAsync(int component, ComponentStatus status) => App.Get<ComponentService>().SetStatusAsync(component, status);

    public Task<int> IncidentAsync(IncidentSeverity severity, params AffectedComponent[] components) => IncidentSinceAsync(severity, null, null, components);

    public Task<int> IncidentSinceAsync(IncidentSeverity severity, DateTime? started, DateTime? ended, params AffectedComponent[] components) =>
        Incidents.CreateAsync(new IncidentInput(_page, "Trouble", severity, IncidentStatus.Investigating, "First.", components, started) { EndedAt = ended }, Ada);

    public Task<int> ResolvedAsync(DateTime started, DateTime? ended, params AffectedComponent[] components) => Incidents.CreateAsync(
        new IncidentInput(_page, "Trouble", IncidentSeverity.Critical, IncidentStatus.Resolved, "Over.", components, started) { EndedAt = ended }, Ada);

    public async Task PostAsync(
        int incident, IncidentStatus? status = null, IncidentSeverity? severity = null, IReadOnlyCollection<AffectedComponent>? components = null) =>
        await Incidents.PostUpdateAsync(
            incident, await VersionAsync(incident), new IncidentUpdateInput(status, "Next.") { Severity = severity, Components = components }, Ada);

    public Task ResolveAsync(int incident) => PostAsync(incident, IncidentStatus.Resolved);

    public async Task MoveAsync(int incident, DateTime? started, DateTime? ended = null) =>
        await Incidents.EditAsync(incident, await VersionAsync(incident), new IncidentEditInput("Trouble", started, ended));

    public async Task DeleteAsync(int incident, bool keepDowntime) => await Incidents.DeleteAsync(incident, await VersionAsync(incident), keepDowntime);

    public Task CorrectAsync(int component, DateTime from, DateTime until, ComponentStatus status) =>
        App.Get<ComponentHistoryService>().CorrectAsync(component, new HistoryCorrectionInput(from, until, status), Ada);

    /// <summary>A window that has begun this moment.</summary>
    public Task<int> WindowAsync(params int[] components) => App.Get<MaintenanceService>().ScheduleAsync(
        new MaintenanceInput(_page, "Upgrade", "Work.", components, Now, Now.AddDays(30)));

    public async Task CompleteAsync(int window) =>
        await App.Get<MaintenanceService>().CompleteNowAsync(window, (await App.Get<MaintenanceQueries>().FindAsync(window))!.Version);

    public async Task<ComponentRow> RowAsync(int component) => (await App.Get<StatusPageQueries>().ComponentAsync(component))!;

    public async Task<ComponentStatus> StatusAsync(int component) => (await RowAsync(component)).Status;

    public async Task<decimal> UptimeAsync(int component) => (await RowAsync(component)).UptimePercent;

    public async Task<IncidentDetail> DetailAsync(int incident) => (await App.Get<IncidentQueries>().FindAsync(incident))!;

    public async Task<AffectedComponent?> AffectedAsync(int incident, int component) =>
        (await DetailAsync(incident)).Affected.SingleOrDefault(a => a.ComponentId == component);

    /// <summary>The history as hours since the component was added, the oldest first: "0 Operational, 2 MajorOutage".</summary>
    public async Task<string> HistoryAsync(int component)
    {
        var segments = (await App.Get<StatusPageQueries>().SegmentsAsync(component)).Reverse().ToList();
        return string.Join(", ", segments.Select(s => FormattableString.Invariant(
            $"{(s.From - segments[0].From).TotalHours:0.##} {s.Status}{(s.IsCorrected ? " corrected" : "")}")));
    }

    /// <summary>What was announced of statuses since the last call: "operational → major_outage 98.75".</summary>
    public async Task<string> AnnouncedAsync() => string.Join(", ", (await EventsAsync()).Where(e => e.Type == EventType.ComponentStatusChanged).Select(e =>
    {
        using var payload = JsonDocument.Parse(e.Payload);
        var data = payload.RootElement.GetProperty("data");
        return $"{data.GetProperty("previousStatus")} → {data.GetProperty("newStatus")} {data.GetProperty("uptimePercent")}";
    }));

    /// <summary>The types of what was announced since the last call.</summary>
    public async Task<string> TypesAsync() => string.Join(", ", (await EventsAsync()).Select(e => e.Type.WireName()));

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private async Task<List<StoredEvent>> EventsAsync()
    {
        await using var db = App.Open();
        var events = await db.Events.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
        var seen = _seen;
        _seen = events.Count;
        return events[seen..];
    }

    private async Task<int> VersionAsync(int incident) => (await DetailAsync(incident)).Version;
}

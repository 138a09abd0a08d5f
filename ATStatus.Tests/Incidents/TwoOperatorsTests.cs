using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Incidents;

/// <summary>
/// Two operators begin from the same state. The one who saves second is refused and writes nothing, whatever the two of them did.
/// </summary>
public sealed class TwoOperatorsTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private IncidentService Incidents => _app.Get<IncidentService>();

    private MaintenanceService Maintenance => _app.Get<MaintenanceService>();

    private IncidentTemplateService Templates => _app.Get<IncidentTemplateService>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public static TheoryData<string, string> IncidentPairs() => Pairs("update", "edit", "components", "severity", "correction");

    public static TheoryData<string, string> ScheduledPairs() => Pairs("reschedule", "components", "start", "cancel");

    public static TheoryData<string, string> RunningPairs() => Pairs("extend", "complete");

    [Theory]
    [MemberData(nameof(IncidentPairs))]
    public async Task On_one_incident(string first, string second)
    {
        var id = await Incidents.CreateAsync(
            new IncidentInput(_page.Id, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", [new(1)]), Ada);
        var seen = (await _app.Get<IncidentQueries>().FindAsync(id))!;
        await Do(first, "theirs");
        await SecondIsRefusedAsync(() => Do(second, "mine"), async () => Snapshot((await _app.Get<IncidentQueries>().FindAsync(id))!));

        Task Do(string what, string text) => what switch
        {
            "update" => Incidents.PostUpdateAsync(id, seen.Version, new IncidentUpdateInput(IncidentStatus.Identified, text), Ada),
            "edit" => Incidents.EditAsync(id, seen.Version, new IncidentEditInput(text)),
            "components" => Incidents.PostUpdateAsync(
                id, seen.Version, new IncidentUpdateInput(null, text) { Components = [new(text == "mine" ? 2 : 3, ComponentStatus.Degraded)] }, Ada),
            "severity" => Incidents.PostUpdateAsync(
                id, seen.Version,
                new IncidentUpdateInput(null, text) { Severity = text == "mine" ? IncidentSeverity.Critical : IncidentSeverity.Major }, Ada),
            _ => Incidents.CorrectMessageAsync(id, seen.Version, seen.Updates[0].Id, text),
        };

        static object Snapshot(IncidentDetail d) =>
            (d.Version, d.Row.Title, d.Row.Severity, d.Row.Status, string.Join('|', d.Affected), string.Join('|', d.Updates));
    }

    [Theory]
    [MemberData(nameof(ScheduledPairs))]
    public Task On_one_window_before_it_starts(string first, string second) => OnOneWindowAsync(_app.Now.AddHours(1), first, second);

    [Theory]
    [MemberData(nameof(RunningPairs))]
    public Task On_one_window_that_runs(string first, string second) => OnOneWindowAsync(_app.Now.AddHours(-1), first, second);

    [Fact]
    public async Task On_one_template()
    {
        await Templates.AddAsync(Template("Mail", "Mail is slow"));
        var seen = Assert.Single(await Templates.ListAsync());
        await Templates.UpdateAsync(seen, Template("Mail", "theirs"));

        await Assert.ThrowsAsync<EditConflictException>(() => Templates.UpdateAsync(seen, Template("Mail", "mine")));
        Assert.Equal("theirs", Assert.Single(await Templates.ListAsync()).Title);

        await Templates.UpdateAsync((await Templates.FindAsync(seen.Id))!, Template("Post", "mine"));
        Assert.Equal(("Post", "mine"), Assert.Single(await Templates.ListAsync()) is var now ? (now.Name, now.Title) : default);
        await Templates.DeleteAsync(seen.Id);
        await Assert.ThrowsAsync<NotFoundException>(() => Templates.UpdateAsync(now, Template("Post", "again")));
    }

    [Fact]
    public async Task With_one_templates_name()
    {
        await Templates.AddAsync(Template("Mail", "theirs"));
        await Templates.AddAsync(Template("API", "another"));
        await TakenAsync(() => Templates.AddAsync(Template(" Mail ", "mine")));
        var api = (await Templates.ListAsync())[0];
        await TakenAsync(() => Templates.UpdateAsync(api, Template("Mail", "mine")));
        Assert.Equal(["another", "theirs"], (await Templates.ListAsync()).Select(t => t.Title));

        static async Task TakenAsync(Func<Task> save)
        {
            var error = await Assert.ThrowsAsync<InvalidInputException>(save);
            Assert.Equal("There is another template with this name.", Assert.Single(error.Errors).Value);
        }
    }

    [Fact]
    public async Task Six_at_once_with_one_template()
    {
        await Templates.AddAsync(Template("Mail", "Mail is slow"));
        var seen = Assert.Single(await Templates.ListAsync());
        var refused = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                await Templates.UpdateAsync(seen, Template("Mail", $"By {i}"));
                return false;
            }
            catch (EditConflictException)
            {
                return true;
            }
        }));
        Assert.Equal(5, refused.Count(was => was));
    }

    private static IncidentTemplateInput Template(string name, string title) =>
        new(name, title, IncidentSeverity.Minor, IncidentStatus.Investigating, "Queues are long.");

    private static TheoryData<string, string> Pairs(params string[] steps) => [.. from first in steps from second in steps select (first, second)];

    private async Task OnOneWindowAsync(DateTime start, string first, string second)
    {
        var id = await Maintenance.ScheduleAsync(Input("Upgrade", [1]));
        var version = (await _app.Get<MaintenanceQueries>().FindAsync(id))!.Version;
        await Do(first, "theirs");
        await SecondIsRefusedAsync(() => Do(second, "mine"), async () => Snapshot((await _app.Get<MaintenanceQueries>().FindAsync(id))!));

        Task Do(string what, string text) => what switch
        {
            "reschedule" => Maintenance.RescheduleAsync(id, version, Input(text, [1])),
            "components" => Maintenance.RescheduleAsync(id, version, Input("Upgrade", [text == "mine" ? 2 : 3])),
            "start" => Maintenance.StartNowAsync(id, version),
            "cancel" => Maintenance.CancelAsync(id, version),
            "extend" => Maintenance.ExtendAsync(id, version, start.AddHours(text == "mine" ? 5 : 6)),
            _ => Maintenance.CompleteNowAsync(id, version),
        };

        MaintenanceInput Input(string title, int[] components) => new(_page.Id, title, "Short stops.", components, start, start.AddHours(3));

        static object Snapshot(MaintenanceRow w) => (w.Version, w.Title, w.Status, w.Start, w.End, string.Join('|', w.ComponentIds));
    }

    private async Task SecondIsRefusedAsync(Func<Task> second, Func<Task<object>> stateAsync)
    {
        var (state, events) = (await stateAsync(), await EventsAsync());
        await Assert.ThrowsAsync<EditConflictException>(second);
        Assert.Equal(state, await stateAsync());
        Assert.Equal(events, await EventsAsync());
    }

    private async Task<int> EventsAsync()
    {
        await using var db = _app.Open();
        return await db.Events.CountAsync();
    }
}

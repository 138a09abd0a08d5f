using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using Microsoft.EntityFrameworkCore;
using static ATStatus.Core.Events.ComponentStatus;

namespace ATStatus.Tests.StatusPages;

/// <summary>A component's status now follows from what open incidents, running windows and people say of it.</summary>
public sealed class ComponentStatementTests : IAsyncLifetime
{
    private StatusScenario _scenario = null!;
    private int _api;

    public async ValueTask InitializeAsync()
    {
        _scenario = await StatusScenario.StartAsync();
        _api = await _scenario.ComponentAsync();
        await _scenario.TypesAsync();
    }

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public async Task A_status_by_hand_during_an_incident_outlives_whatever_touches_the_component_next()
    {
        var critical = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        await _scenario.SetAsync(_api, Operational);
        await _scenario.AnnouncedAsync();

        var minor = await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, Degraded));
        Assert.Equal(Degraded, await _scenario.StatusAsync(_api));
        await _scenario.ResolveAsync(minor);
        Assert.Equal("operational → degraded 100, degraded → operational 100", await _scenario.AnnouncedAsync());

        await _scenario.CompleteAsync(await _scenario.WindowAsync(_api));
        Assert.Equal((Operational, ""), (await _scenario.StatusAsync(_api), await _scenario.AnnouncedAsync()));
        // Its form shows what it says.
        Assert.Equal(new AffectedComponent(_api, Operational), await _scenario.AffectedAsync(critical, _api));
    }

    [Fact]
    public async Task An_outage_by_hand_during_two_windows_is_still_there_when_the_first_is_completed()
    {
        var first = await _scenario.WindowAsync(_api);
        var second = await _scenario.WindowAsync(_api);
        await _scenario.SetAsync(_api, MajorOutage);
        await _scenario.AnnouncedAsync();
        _scenario.Pass(1);
        await _scenario.CompleteAsync(first);
        _scenario.Pass(1);
        await _scenario.CompleteAsync(second);
        _scenario.Pass(1);

        Assert.Equal((MajorOutage, "", 0m), (await _scenario.StatusAsync(_api), await _scenario.AnnouncedAsync(), await _scenario.UptimeAsync(_api)));
        await _scenario.WindowAsync(_api);
        Assert.Equal(MajorOutage, await _scenario.StatusAsync(_api));
        await _scenario.SetAsync(_api, Operational);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        await _scenario.WindowAsync(_api);
        Assert.Equal(ComponentStatus.Maintenance, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task Operational_by_hand_shows_in_place_of_the_windows_that_run_and_a_later_one_covers_it()
    {
        var first = await _scenario.WindowAsync(_api);
        await _scenario.SetAsync(_api, Operational);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        var second = await _scenario.WindowAsync(_api);
        Assert.Equal(ComponentStatus.Maintenance, await _scenario.StatusAsync(_api));
        await _scenario.CompleteAsync(second);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        await _scenario.CompleteAsync(first);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task Maintenance_by_hand_lets_the_windows_show_and_is_gone_with_them()
    {
        var window = await _scenario.WindowAsync(_api);
        await _scenario.SetAsync(_api, PartialOutage);
        await _scenario.SetAsync(_api, ComponentStatus.Maintenance);
        Assert.Equal((ComponentStatus.Maintenance, Operational), (await _scenario.StatusAsync(_api), (await _scenario.RowAsync(_api)).OwnStatus));
        await _scenario.CompleteAsync(window);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task An_own_status_that_was_set_while_no_window_ran_is_covered()
    {
        await _scenario.SetAsync(_api, MajorOutage);
        var window = await _scenario.WindowAsync(_api);
        Assert.Equal(ComponentStatus.Maintenance, await _scenario.StatusAsync(_api));
        await _scenario.CompleteAsync(window);
        Assert.Equal(MajorOutage, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task By_hand_during_two_incidents_each_says_it_and_only_operational_becomes_its_own()
    {
        await _scenario.SetAsync(_api, Degraded);
        var one = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        var other = await _scenario.IncidentAsync(IncidentSeverity.Major, new AffectedComponent(_api, PartialOutage));
        await _scenario.WindowAsync(_api);
        await _scenario.SetAsync(_api, ComponentStatus.Maintenance);
        Assert.Equal((ComponentStatus.Maintenance, Degraded), (await _scenario.StatusAsync(_api), (await _scenario.RowAsync(_api)).OwnStatus));
        Assert.Equal((ComponentStatus.Maintenance, ComponentStatus.Maintenance), ((await _scenario.AffectedAsync(one, _api))!.Status, (await _scenario.AffectedAsync(other, _api))!.Status));

        await _scenario.SetAsync(_api, Operational);
        await _scenario.ResolveAsync(one);
        Assert.Equal((Operational, Operational), (await _scenario.StatusAsync(_api), (await _scenario.RowAsync(_api)).OwnStatus));
        // Where no incident says anything any more, the window shows.
        await _scenario.ResolveAsync(other);
        Assert.Equal(ComponentStatus.Maintenance, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task A_status_is_said_again_only_for_the_incident_in_which_another_was_chosen()
    {
        var one = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        var other = await _scenario.IncidentAsync(IncidentSeverity.Major, new AffectedComponent(_api, PartialOutage));
        await _scenario.SetAsync(_api, Operational);
        await _scenario.PostAsync(other, IncidentStatus.Monitoring, IncidentSeverity.Critical, (await _scenario.DetailAsync(other)).Affected);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        await _scenario.PostAsync(other, components: [new AffectedComponent(_api, Degraded)]);
        Assert.Equal(Degraded, await _scenario.StatusAsync(_api));
        await _scenario.ResolveAsync(other);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        Assert.Equal(Operational, (await _scenario.AffectedAsync(one, _api))!.Status);
    }

    [Fact]
    public async Task Reopened_it_says_what_it_said_last()
    {
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        await _scenario.SetAsync(_api, PartialOutage);
        await _scenario.ResolveAsync(incident);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        await _scenario.PostAsync(incident, IncidentStatus.Investigating);
        Assert.Equal(PartialOutage, await _scenario.StatusAsync(_api));
        await _scenario.PostAsync(incident, components: []);
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task No_change_says_nothing()
    {
        await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api));
        await _scenario.SetAsync(_api, Degraded);
        Assert.Equal((Degraded, Degraded), (await _scenario.StatusAsync(_api), (await _scenario.RowAsync(_api)).OwnStatus));
    }

    [Fact]
    public async Task The_status_that_it_has_already_is_no_change()
    {
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, null, IsChosen: false));
        await _scenario.SetAsync(_api, Degraded);
        Assert.Equal(new AffectedComponent(_api, Degraded, IsChosen: false), await _scenario.AffectedAsync(incident, _api));
    }

    [Fact]
    public async Task A_suggested_status_is_never_better_than_its_own_and_a_chosen_one_is_taken()
    {
        await _scenario.SetAsync(_api, PartialOutage);
        var suggested = await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, Degraded, IsChosen: false));
        Assert.Equal(PartialOutage, await _scenario.StatusAsync(_api));
        await _scenario.ResolveAsync(suggested);
        await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, Degraded));
        Assert.Equal(Degraded, await _scenario.StatusAsync(_api));
        Assert.Equal(
            [null, PartialOutage, PartialOutage, MajorOutage],
            IncidentSeverities.All.Select(severity => AffectedComponent.Suggested(severity, PartialOutage)));
    }

    [Fact]
    public async Task A_raised_severity_takes_along_what_nobody_chose()
    {
        var (web, db, mail) = (await _scenario.ComponentAsync(name: "Web"), await _scenario.ComponentAsync(name: "DB"), await _scenario.ComponentAsync(name: "Mail"));
        var incident = await _scenario.IncidentAsync(
            IncidentSeverity.Minor, new(_api, null, IsChosen: false), new(web, Degraded), new(db, null, IsChosen: false), new(mail));
        await _scenario.SetAsync(db, Operational);
        await _scenario.PostAsync(incident, severity: IncidentSeverity.Critical);
        Assert.Equal((MajorOutage, Degraded, Operational, Operational), await StatusesAsync());

        // A lower one leaves them; and raised again, the suggestion is the new one's.
        await _scenario.PostAsync(incident, severity: IncidentSeverity.Minor);
        Assert.Equal((MajorOutage, Degraded, Operational, Operational), await StatusesAsync());
        await _scenario.PostAsync(incident, severity: IncidentSeverity.Major, components: (await _scenario.DetailAsync(incident)).Affected);
        Assert.Equal((PartialOutage, Degraded, Operational, Operational), await StatusesAsync());

        async Task<(ComponentStatus, ComponentStatus, ComponentStatus, ComponentStatus)> StatusesAsync() => (
            await _scenario.StatusAsync(_api), await _scenario.StatusAsync(web), await _scenario.StatusAsync(db), await _scenario.StatusAsync(mail));
    }

    [Fact]
    public async Task A_raised_severity_takes_nothing_along_that_was_set_by_hand_since_the_form_was_opened()
    {
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, null, IsChosen: false));
        var seen = await _scenario.DetailAsync(incident);
        await _scenario.SetAsync(_api, Operational);
        await _scenario.Incidents.PostUpdateAsync(
            incident, seen.Version,
            new IncidentUpdateInput(null, "Worse.")
            {
                Severity = IncidentSeverity.Critical,
                SeenSeverity = seen.Row.Severity,
                Components = [new(_api, MajorOutage, IsChosen: false)],
                SeenComponents = seen.Affected,
            },
            new("bea@example.com"));
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
        Assert.Equal(new AffectedComponent(_api, Operational), await _scenario.AffectedAsync(incident, _api));
    }

    [Theory]
    [InlineData("incident")]
    [InlineData("resolved")]
    [InlineData("reopened")]
    [InlineData("moved")]
    [InlineData("deleted")]
    [InlineData("window")]
    [InlineData("completed")]
    [InlineData("correction")]
    public async Task Whatever_is_said_raises_the_components_version_also_where_its_status_stays(string what)
    {
        await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        var window = await _scenario.WindowAsync(_api);
        _scenario.Pass(2);
        if (what is "reopened" or "deleted")
            await _scenario.ResolveAsync(incident);
        var version = (await _scenario.RowAsync(_api)).Version;

        await (what switch
        {
            "incident" => _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, Operational)),
            "resolved" => _scenario.ResolveAsync(incident),
            "reopened" => _scenario.PostAsync(incident, IncidentStatus.Investigating),
            "moved" => _scenario.MoveAsync(incident, _scenario.Now.AddHours(-1)),
            "deleted" => _scenario.DeleteAsync(incident, keepDowntime: false),
            "window" => _scenario.WindowAsync(_api),
            "completed" => _scenario.CompleteAsync(window),
            _ => _scenario.CorrectAsync(_api, _scenario.Now.AddHours(-1), _scenario.Now, Operational),
        });

        var row = await _scenario.RowAsync(_api);
        Assert.Equal(MajorOutage, row.Status);
        Assert.True(row.Version > version, $"{row.Version} is not more than {version}.");
    }

    [Fact]
    public async Task Reopened_without_a_component_it_raises_the_version_of_what_it_named_before()
    {
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, new AffectedComponent(_api, MajorOutage));
        _scenario.Pass(2);
        await _scenario.ResolveAsync(incident);
        var version = (await _scenario.RowAsync(_api)).Version;
        await _scenario.PostAsync(incident, IncidentStatus.Investigating, components: []);
        Assert.True((await _scenario.RowAsync(_api)).Version > version);
        Assert.Equal("0 MajorOutage, 2 Operational", await _scenario.HistoryAsync(_api));
    }

    [Fact]
    public async Task A_statement_is_not_saved_without_its_components_version()
    {
        await using var db = _scenario.App.Open();
        var component = await db.Components.Include(c => c.Statements).SingleAsync(c => c.Id == _api);
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await RaiseAsync();
            component.Statements[0].Author = "Ada";
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        // That it was raised before, in a transaction of its own, does not count.
        component.Statements[0].Author = "Bea";
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync());
        Assert.Contains($"component {_api}", thrown.Message, StringComparison.Ordinal);
        await RaiseAsync();
        Assert.Equal("Bea", await db.ComponentStatements.AsNoTracking().Select(s => s.Author).SingleAsync());

        Task RaiseAsync()
        {
            db.Entry(component).Property(c => c.Name).IsModified = true;
            return db.SaveChangesAsync();
        }
    }
}

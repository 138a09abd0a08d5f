using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using static ATStatus.Core.Events.ComponentStatus;

namespace ATStatus.Tests.StatusPages;

/// <summary>History and uptime follow what happened, not when it was typed. The figures are counted by hand beside each history.</summary>
public sealed class ComponentHistoryTests : IAsyncLifetime
{
    /// <summary>Ten days.</summary>
    private const int Life = 240;
    private StatusScenario _scenario = null!;
    private int _api;

    public async ValueTask InitializeAsync()
    {
        _scenario = await StatusScenario.StartAsync();
        _api = await _scenario.ComponentAsync();
        await _scenario.TypesAsync();
    }

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    private AffectedComponent Down => new(_api, MajorOutage);

    private DateTime Ago(double hours) => _scenario.Now.AddHours(-hours);

    [Fact]
    public async Task Typed_three_hours_late_and_resolved_now_it_is_three_hours()
    {
        _scenario.Pass(Life);
        var incident = await _scenario.IncidentSinceAsync(IncidentSeverity.Critical, Ago(3), null, Down);
        await _scenario.ResolveAsync(incident);

        // 237 of 240 hours.
        Assert.Equal(98.75m, await _scenario.UptimeAsync(_api));
        Assert.Equal("operational → major_outage 98.75, major_outage → operational 98.75", await _scenario.AnnouncedAsync());
        Assert.Equal("0 Operational, 237 MajorOutage, 240 Operational", await _scenario.HistoryAsync(_api));
        var row = (await _scenario.DetailAsync(incident)).Row;
        Assert.Equal(TimeSpan.FromHours(3), row.End - row.StartedAt);
        var days = (await _scenario.App.Get<StatusPageQueries>().DaysAsync((await _scenario.RowAsync(_api)).StatusPageId))[_api];
        Assert.Equal((MajorOutage, TimeSpan.FromHours(3)), (days[^1].Worst, days[^1].Down));
    }

    [Fact]
    public async Task Entered_as_resolved_it_counts_and_nothing_is_announced_of_it()
    {
        _scenario.Pass(Life);
        await _scenario.ResolvedAsync(Ago(26), null, Down);
        Assert.Equal("incident.created, incident.resolved", await _scenario.TypesAsync());
        // 214 of 240 hours are 89.166… per cent.
        Assert.Equal((89.16m, Operational), (await _scenario.UptimeAsync(_api), await _scenario.StatusAsync(_api)));
        await _scenario.SetAsync(_api, Degraded);
        Assert.Equal("operational → degraded 89.16", await _scenario.AnnouncedAsync());
    }

    [Fact]
    public async Task Entered_with_an_end_it_counts_until_then()
    {
        _scenario.Pass(Life);
        var incident = await _scenario.ResolvedAsync(Ago(26), Ago(20), Down);
        // 234 of 240.
        Assert.Equal(97.5m, await _scenario.UptimeAsync(_api));
        Assert.Equal(Ago(20), (await _scenario.DetailAsync(incident)).Row.End);
    }

    [Fact]
    public async Task A_moved_start_and_end_move_the_edges()
    {
        _scenario.Pass(Life - 4);
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, Down);
        _scenario.Pass(1);
        await _scenario.PostAsync(incident, components: [new(_api, Degraded)]);
        _scenario.Pass(1);
        await _scenario.PostAsync(incident, components: [new(_api, PartialOutage)]);
        _scenario.Pass(1);
        await _scenario.ResolveAsync(incident);
        _scenario.Pass(1);
        Assert.Equal("0 Operational, 236 MajorOutage, 237 Degraded, 238 PartialOutage, 239 Operational", await _scenario.HistoryAsync(_api));
        await _scenario.TypesAsync();

        // Eight hours earlier: 8 + 1 + 1 of 240 are down.
        await _scenario.MoveAsync(incident, Ago(12));
        Assert.Equal("0 Operational, 228 MajorOutage, 237 Degraded, 238 PartialOutage, 239 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal(95.83m, await _scenario.UptimeAsync(_api));
        Assert.Equal("incident.updated", await _scenario.TypesAsync());
        // What was in force at the start holds from there; what lies after the end counts for nothing.
        await _scenario.MoveAsync(incident, Ago(2.5), Ago(1.5));
        Assert.Equal("0 Operational, 237.5 Degraded, 238 PartialOutage, 238.5 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal("incident.updated", await _scenario.TypesAsync());
        await _scenario.MoveAsync(incident, Ago(2.5), Ago(2.25));
        Assert.Equal("0 Operational, 237.5 Degraded, 237.75 Operational", await _scenario.HistoryAsync(_api));
        // The last holds until the end, also where that lies after the resolution.
        await _scenario.MoveAsync(incident, Ago(2.5), Ago(0.5));
        Assert.Equal("0 Operational, 237.5 Degraded, 238 PartialOutage, 239.5 Operational", await _scenario.HistoryAsync(_api));
        await _scenario.MoveAsync(incident, Ago(4));
        Assert.Equal("0 Operational, 236 MajorOutage, 237 Degraded, 238 PartialOutage, 239 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal("incident.updated", await _scenario.TypesAsync());
        Assert.Equal(Operational, await _scenario.StatusAsync(_api));
    }

    [Fact]
    public async Task A_moved_start_of_an_open_incident_leaves_the_present()
    {
        _scenario.Pass(Life - 2);
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, Down);
        _scenario.Pass(1);
        await _scenario.SetAsync(_api, Operational);
        _scenario.Pass(1);
        await _scenario.AnnouncedAsync();

        await _scenario.MoveAsync(incident, Ago(0.5));
        Assert.Equal(("0 Operational", Operational, 100m), (await _scenario.HistoryAsync(_api), await _scenario.StatusAsync(_api), await _scenario.UptimeAsync(_api)));
        await _scenario.MoveAsync(incident, Ago(5));
        // Four hours of 240.
        Assert.Equal(("0 Operational, 235 MajorOutage, 239 Operational", 98.33m), (await _scenario.HistoryAsync(_api), await _scenario.UptimeAsync(_api)));
        Assert.Equal("", await _scenario.AnnouncedAsync());
    }

    [Fact]
    public async Task A_component_that_is_named_later_counts_from_then()
    {
        var web = await _scenario.ComponentAsync(name: "Web");
        _scenario.Pass(Life - 2);
        var incident = await _scenario.IncidentSinceAsync(IncidentSeverity.Critical, Ago(4), null, Down);
        _scenario.Pass(1);
        await _scenario.PostAsync(incident, components: [Down, new(web, PartialOutage)]);
        _scenario.Pass(1);
        await _scenario.MoveAsync(incident, Ago(12));
        // Twelve hours and one of 240.
        Assert.Equal((95m, 99.58m), (await _scenario.UptimeAsync(_api), await _scenario.UptimeAsync(web)));
    }

    [Fact]
    public async Task Between_resolution_and_reopening_nothing_is_said_and_an_entered_end_stays()
    {
        _scenario.Pass(Life - 6);
        var incident = await _scenario.IncidentAsync(IncidentSeverity.Critical, Down);
        _scenario.Pass(2);
        await _scenario.ResolveAsync(incident);
        await _scenario.MoveAsync(incident, null, Ago(1));
        _scenario.Pass(2);
        await _scenario.PostAsync(incident, IncidentStatus.Investigating);
        Assert.Null((await _scenario.DetailAsync(incident)).Row.End);
        _scenario.Pass(1);
        await _scenario.ResolveAsync(incident);
        _scenario.Pass(1);
        // One hour and one of 240.
        Assert.Equal("0 Operational, 234 MajorOutage, 235 Operational, 238 MajorOutage, 239 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal(99.16m, await _scenario.UptimeAsync(_api));
    }

    [Fact]
    public async Task The_worst_of_two_incidents_counts()
    {
        _scenario.Pass(Life - 6);
        var one = await _scenario.IncidentAsync(IncidentSeverity.Minor, new AffectedComponent(_api, Degraded));
        _scenario.Pass(2);
        var other = await _scenario.IncidentAsync(IncidentSeverity.Major, new AffectedComponent(_api, PartialOutage));
        _scenario.Pass(1);
        await _scenario.ResolveAsync(other);
        _scenario.Pass(1);
        await _scenario.ResolveAsync(one);
        _scenario.Pass(2);
        // One hour of 240.
        Assert.Equal("0 Operational, 234 Degraded, 236 PartialOutage, 237 Degraded, 238 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal(99.58m, await _scenario.UptimeAsync(_api));
    }

    [Fact]
    public async Task An_outage_by_hand_during_maintenance_is_counted_and_the_maintenance_is_left_out()
    {
        _scenario.Pass(Life - 6);
        var window = await _scenario.WindowAsync(_api);
        _scenario.Pass(1);
        await _scenario.SetAsync(_api, MajorOutage);
        _scenario.Pass(3);
        await _scenario.CompleteAsync(window);
        _scenario.Pass(2);
        // Five of 239 hours: one of the 240 is maintenance.
        Assert.Equal("0 Operational, 234 Maintenance, 235 MajorOutage", await _scenario.HistoryAsync(_api));
        Assert.Equal(97.9m, await _scenario.UptimeAsync(_api));
    }

    [Fact]
    public async Task An_incident_of_the_past_comes_before_the_window_that_ran_then()
    {
        _scenario.Pass(Life - 4);
        var window = await _scenario.WindowAsync(_api);
        _scenario.Pass(4);
        await _scenario.CompleteAsync(window);
        await _scenario.ResolvedAsync(Ago(3), Ago(1), Down);
        // Two down and two left out of 240.
        Assert.Equal("0 Operational, 236 Maintenance, 237 MajorOutage, 239 Maintenance, 240 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal(99.15m, await _scenario.UptimeAsync(_api));
    }

    [Fact]
    public async Task What_happened_before_the_ninety_days_does_not_count()
    {
        _scenario.Pass(24 * 100);
        await _scenario.ResolvedAsync(Ago(24 * 95), Ago(24 * 85), Down);
        // Five of ninety days.
        Assert.Equal(94.44m, await _scenario.UptimeAsync(_api));
    }

    [Theory]
    [InlineData(true, 98.75)]
    [InlineData(false, 100)]
    public async Task A_deleted_incidents_downtime_is_kept_or_removed(bool keep, double uptime)
    {
        _scenario.Pass(Life);
        var incident = await _scenario.IncidentSinceAsync(IncidentSeverity.Critical, Ago(3), null, Down);
        await _scenario.ResolveAsync(incident);
        await _scenario.TypesAsync();
        await _scenario.DeleteAsync(incident, keep);
        Assert.Equal(((decimal)uptime, ""), (await _scenario.UptimeAsync(_api), await _scenario.TypesAsync()));
    }

    [Fact]
    public async Task A_correction_stands_over_all_and_is_moved_by_nothing()
    {
        _scenario.Pass(Life);
        var incident = await _scenario.ResolvedAsync(Ago(6), Ago(2), Down);
        await _scenario.TypesAsync();
        await _scenario.CorrectAsync(_api, Ago(5), Ago(3), Operational);
        // Two of four hours are left.
        Assert.Equal("0 Operational, 234 MajorOutage, 235 Operational corrected, 237 MajorOutage, 238 Operational", await _scenario.HistoryAsync(_api));
        Assert.Equal(99.16m, await _scenario.UptimeAsync(_api));
        await _scenario.CorrectAsync(_api, Ago(4), Ago(3.5), PartialOutage);
        Assert.Equal(98.95m, await _scenario.UptimeAsync(_api));
        await _scenario.MoveAsync(incident, Ago(8), Ago(1));
        Assert.Equal(
            "0 Operational, 232 MajorOutage, 235 Operational corrected, 236 PartialOutage corrected, 236.5 Operational corrected, 237 MajorOutage, 239 Operational",
            await _scenario.HistoryAsync(_api));
        await _scenario.DeleteAsync(incident, keepDowntime: false);
        // Half an hour.
        Assert.Equal((99.79m, Operational), (await _scenario.UptimeAsync(_api), await _scenario.StatusAsync(_api)));
        Assert.Equal("incident.updated", await _scenario.TypesAsync());
        var days = (await _scenario.App.Get<StatusPageQueries>().DaysAsync((await _scenario.RowAsync(_api)).StatusPageId))[_api];
        Assert.Equal([false, true], days.TakeLast(2).Select(d => d.IsCorrected));
    }

    [Fact]
    public async Task Only_the_past_of_its_life_can_be_corrected()
    {
        _scenario.Pass(2);
        Assert.Equal(nameof(HistoryCorrectionInput.From), await FieldAsync(Ago(3), Ago(1)));
        Assert.Equal(nameof(HistoryCorrectionInput.Until), await FieldAsync(Ago(1), Ago(-1)));
        Assert.Equal(nameof(HistoryCorrectionInput.Until), await FieldAsync(Ago(1), Ago(1)));
        await _scenario.CorrectAsync(_api, Ago(2), Ago(0), Degraded);
        Assert.Equal("0 Degraded corrected, 2 Operational", await _scenario.HistoryAsync(_api));
        await Assert.ThrowsAsync<NotFoundException>(() => _scenario.CorrectAsync(99, Ago(1), Ago(0), Degraded));

        async Task<string> FieldAsync(DateTime from, DateTime until) =>
            Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => _scenario.CorrectAsync(_api, from, until, Degraded))).Errors).Key;
    }

    [Fact]
    public async Task Start_and_end_are_in_order_and_not_in_the_future()
    {
        _scenario.Pass(5);
        var open = await _scenario.IncidentAsync(IncidentSeverity.Critical, Down);
        Assert.Equal(("StartedAt", "An incident cannot begin in the future."), await RefusedAsync(() => _scenario.MoveAsync(open, Ago(-0.01))));
        Assert.Equal(("EndedAt", "Only a resolved incident has an end."), await RefusedAsync(() => _scenario.MoveAsync(open, null, Ago(0))));
        Assert.Equal(
            ("EndedAt", "Only a resolved incident has an end."), await RefusedAsync(() => _scenario.IncidentSinceAsync(IncidentSeverity.Minor, Ago(2), Ago(1), Down)));
        Assert.Equal(("EndedAt", "An incident cannot end in the future."), await RefusedAsync(() => _scenario.ResolvedAsync(Ago(1), Ago(-1), Down)));
        Assert.Equal(("EndedAt", "An incident cannot end before it began."), await RefusedAsync(() => _scenario.ResolvedAsync(Ago(1), Ago(2), Down)));
        await _scenario.ResolveAsync(open);
        _scenario.Pass(2);
        Assert.Equal(("StartedAt", "An incident cannot begin after it was resolved."), await RefusedAsync(() => _scenario.MoveAsync(open, Ago(1))));
        await _scenario.MoveAsync(open, Ago(1), Ago(0.5));

        static async Task<(string, string)> RefusedAsync(Func<Task> save)
        {
            var error = Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(save)).Errors);
            return (error.Key, error.Value);
        }
    }

    [Fact]
    public async Task A_form_says_what_counts_as_downtime()
    {
        var web = await _scenario.ComponentAsync(name: "Web");
        _scenario.Pass(10);
        var downtime = _scenario.App.Get<IncidentDowntime>();
        AffectedComponent[] components = [new(web, PartialOutage), Down];
        Assert.Equal([("API, Web", Ago(6), Ago(3))], Rows(await downtime.OfNewAsync(components, Ago(6), Ago(3), resolved: true)));
        Assert.Equal([("API, Web", Ago(0), null)], Rows(await downtime.OfNewAsync(components, null, null, resolved: false)));
        Assert.Equal([("API, Web", Ago(10), Ago(0))], Rows(await downtime.OfNewAsync(components, Ago(30), null, resolved: true)));
        Assert.Empty(await downtime.OfNewAsync([new(_api, Degraded), new(web)], Ago(6), null, resolved: true));
        Assert.Empty(await downtime.OfNewAsync(components, Ago(3), Ago(6), resolved: true));

        var incident = await _scenario.IncidentSinceAsync(IncidentSeverity.Critical, Ago(6), null, Down);
        await _scenario.PostAsync(incident, components: [Down, new(web, MajorOutage)]);
        _scenario.Pass(1);
        await _scenario.PostAsync(incident, components: [new(_api, PartialOutage), new(web, Degraded)]);
        _scenario.Pass(1);
        await _scenario.ResolveAsync(incident);
        Assert.Equal([("API", Ago(8), Ago(0)), ("Web", Ago(2), Ago(1))], Rows(await downtime.OfAsync(incident, null, null)));
        Assert.Equal([("API", Ago(3), Ago(1.5)), ("Web", Ago(2), Ago(1.5))], Rows(await downtime.OfAsync(incident, Ago(3), Ago(1.5))));
        Assert.Empty(await downtime.OfAsync(99, null, null));

        static IEnumerable<(string, DateTime, DateTime?)> Rows(IEnumerable<Downtime> spans) =>
            spans.Select(s => (string.Join(", ", s.Components), s.From, s.Until));
    }
}

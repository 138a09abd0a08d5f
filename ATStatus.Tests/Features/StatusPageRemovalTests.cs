using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

public sealed class StatusPageRemovalTests : FeatureTest
{
    [Fact]
    public async Task An_unknown_time_zone_stands_beside_its_field()
    {
        var cut = Open<StatusPageForm>();
        Assert.Equal("UTC", Value(cut, "Time zone"));
        Type(cut, "Name", "Main");
        Type(cut, "Description", "What we run");
        Type(cut, "Time zone", "Mars/Olympus");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Choose a time zone, like Europe/Berlin or UTC.", ErrorOf(cut, "TimeZone"));

        Type(cut, "Time zone", "Europe/Berlin");
        await cut.Find("form").SubmitAsync();

        var page = Assert.Single(await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop));
        Assert.Equal(("What we run", "Europe/Berlin"), (page.Description, page.TimeZone));
    }

    [Fact]
    public async Task Delete_says_what_goes_and_takes_the_right_name_only()
    {
        var id = await AddPageAsync();
        await AddComponentAsync(id, "API");
        await AddIncidentAsync(id, status: IncidentStatus.Resolved);
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Assert.Equal("1 component with its history", cut.FindAll(".going li")[0].TextContent);

        Type(cut, "Name of the page", "main status");
        await cut.FindAll("form")[1].SubmitAsync();
        Assert.Equal("Type the page's name exactly to delete it.", ErrorOf(cut, "typed-name"));
        Assert.NotNull(await Get<StatusPageQueries>().PageAsync(id, Stop));

        Type(cut, "Name of the page", "Main Status");
        await cut.FindAll("form")[1].SubmitAsync();
        Assert.Null(await Get<StatusPageQueries>().PageAsync(id, Stop));
        Assert.Equal("admin/status-pages", Address);
        await using var db = await DbAsync();
        Assert.Equal(1, await db.Events.CountAsync(e => e.Type == EventType.ComponentDeleted, Stop));
    }

    [Fact]
    public async Task While_an_incident_is_open_or_a_window_runs_it_is_not_deleted_and_names_them_with_links()
    {
        var id = await AddPageAsync();
        await AddComponentAsync(id, "API");
        var incident = await AddIncidentAsync(id, "API down");
        await AddIncidentAsync(id, "Over", IncidentStatus.Resolved);
        var window = await Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(id, "Upgrade", "Work.", [], Clock.GetUtcNow().UtcDateTime.AddHours(-1), Clock.GetUtcNow().UtcDateTime.AddHours(2)), Stop);
        await Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(id, "Later", "Work.", [], Clock.GetUtcNow().UtcDateTime.AddHours(5), Clock.GetUtcNow().UtcDateTime.AddHours(6)), Stop);
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        Assert.Equal(
            [("API down", $"admin/incidents/{incident}"), ("Upgrade", $"admin/maintenance/{window}")],
            Links(cut));

        Type(cut, "Name of the page", "Main Status");
        await cut.FindAll("form")[1].SubmitAsync();
        Assert.Contains(PageInUseException.Explanation, cut.Find("[aria-labelledby=delete]").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, Links(cut).Count());
        Assert.NotNull(await Get<StatusPageQueries>().PageAsync(id, Stop));

        await Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"), Stop);
        await cut.FindAll("form")[1].SubmitAsync();
        cut.WaitForAssertion(() => Assert.Equal([("Upgrade", $"admin/maintenance/{window}")], Links(cut)));
        await Get<MaintenanceService>().CompleteNowAsync(
            window, (await Get<MaintenanceQueries>().FindAsync(window, Stop))!.Version, cancellationToken: Stop);
        await cut.FindAll("form")[1].SubmitAsync();
        Assert.Null(await Get<StatusPageQueries>().PageAsync(id, Stop));

        static IEnumerable<(string, string?)> Links(IRenderedComponent<StatusPageForm> cut) =>
            cut.FindAll("ul[aria-label='Open incidents and maintenance in progress'] a").Select(a => (a.TextContent, a.GetAttribute("href")));
    }

    [Fact]
    public async Task An_archived_page_stands_apart_and_is_not_offered_in_forms()
    {
        var away = await AddPageAsync("Away", "away");
        var component = await AddComponentAsync(away, "Old");
        await AddPageAsync("Here", "here");
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, away));

        Assert.Contains("scheduled already still starts and completes; recurring maintenance is not planned any further", DisplayText(cut), StringComparison.Ordinal);
        await Button(cut, "Archive").ClickAsync();
        Assert.Contains("planned again when the page is restored", DisplayText(cut), StringComparison.Ordinal);
        Assert.NotNull((await Get<StatusPageQueries>().PageAsync(away, Stop))!.ArchivedAt);

        var list = Open<StatusPageList>();
        Assert.Contains("Here", list.Find("table[aria-label='Status pages']").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Away", list.Find("table[aria-label='Status pages']").TextContent, StringComparison.Ordinal);
        Assert.Contains("Away", list.Find("table[aria-label='Archived status pages']").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Away", Open<ComponentForm>().Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Away", Open<IncidentForm>().Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Old", Open<ComponentList>().Markup, StringComparison.Ordinal);
        Assert.Equal("Old", Value(Open<ComponentForm>(p => p.Add(f => f.Id, component)), "Name"));

        await Button(cut, "Restore").ClickAsync();
        Assert.Null((await Get<StatusPageQueries>().PageAsync(away, Stop))!.ArchivedAt);

        static string DisplayText(IRenderedComponent<StatusPageForm> cut) =>
            string.Join(' ', cut.Find("[aria-labelledby=archive] p").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_pages_own_page_shows_its_worst_status_and_sets_one_beside_what_is_typed()
    {
        var id = await AddPageAsync();
        var api = await AddComponentAsync(id, "API", ComponentStatus.PartialOutage);
        var group = await Get<ComponentOrder>().AddGroupAsync(id, "Core", Stop);
        await Get<ComponentOrder>().MoveComponentAsync(api, group, 0, Stop);
        var cut = Open<StatusPageForm>(p => p.Add(page => page.Id, id));
        cut.WaitForElement(".content svg.bars");
        Assert.Contains("Partial outage", cut.Find(".content .head").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Core", cut.Find("summary").TextContent, StringComparison.Ordinal);

        Type(cut, "Name", "Mine");
        await cut.Find(".content select").ChangeAsync(nameof(ComponentStatus.Degraded));
        await Button(cut, "Publish").ClickAsync();

        cut.WaitForAssertion(() => Assert.Contains("Degraded", cut.Find(".content .head").TextContent, StringComparison.Ordinal));
        Assert.Equal("Mine", Value(cut, "Name"));
    }
}

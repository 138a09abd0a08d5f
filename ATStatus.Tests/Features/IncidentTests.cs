using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

public sealed class IncidentTests : FeatureTest
{
    [Fact]
    public async Task The_list_begins_with_the_open_ones()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        await AddIncidentAsync(page, "Open", IncidentStatus.Monitoring, api);
        await AddIncidentAsync(page, "Over", IncidentStatus.Resolved);

        var cut = Open<IncidentList>();

        var rows = cut.FindAll("tbody tr").Select(row => row.TextContent).ToList();
        Assert.Equal(["Open", "Over"], cut.FindAll("tbody th").Select(th => th.TextContent.Trim()));
        Assert.All(["Major", "Monitoring", "Main Status", "API", "< 1 min"], text => Assert.Contains(text, rows[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_list_is_filtered_by_state_and_page_through_the_address()
    {
        var (main, shop) = (await AddPageAsync(), await AddPageAsync("Shop", "shop"));
        await AddIncidentAsync(main, "Main open");
        await AddIncidentAsync(main, "Main over", IncidentStatus.Resolved);
        await AddIncidentAsync(shop, "Shop over", IncidentStatus.Resolved);
        var cut = Open<IncidentList>();
        Assert.Equal(["Main open", "Shop over", "Main over"], Titles(cut));

        await Field(cut, "Page").ChangeAsync($"{main}");
        cut.WaitForAssertion(() => Assert.Equal(["Main open", "Main over"], Titles(cut)));
        Assert.Equal($"?page={main}", Address);
        await Field(cut, "Show").ChangeAsync("open");
        cut.WaitForAssertion(() => Assert.Equal(["Main open"], Titles(cut)));
        Assert.Equal($"?page={main}&show=open", Address);

        await Field(cut, "Page").ChangeAsync($"{shop}");
        cut.WaitForAssertion(() => Assert.Contains("No incident matches", cut.Markup, StringComparison.Ordinal));
        Assert.Equal("admin/incidents", Button(cut, "Show all").GetAttribute("href"));
        await Field(cut, "Show").ChangeAsync("");
        cut.WaitForAssertion(() => Assert.Equal(["Shop over"], Titles(cut)));
        Assert.Equal($"?page={shop}", Address);
    }

    [Fact]
    public async Task Creates_with_the_components_of_the_chosen_page()
    {
        var first = await AddPageAsync("A", "a");
        var second = await AddPageAsync("B", "b");
        await AddComponentAsync(first, "API");
        await AddComponentAsync(second, "Mail");
        var cut = Open<IncidentForm>();
        Assert.Contains("Choose a status page first", cut.Markup, StringComparison.Ordinal);

        await Field(cut, "Status page").ChangeAsync($"{first}");
        await cut.Find("#Components input").ChangeAsync(true);
        await Field(cut, "Status page").ChangeAsync($"{second}");
        Assert.Equal("Mail", cut.Find("#Components label").TextContent.Trim());
        await cut.Find("#Components input").ChangeAsync(true);
        Type(cut, "Title", "Mail is slow");
        Type(cut, "Message", "Queues are long.");
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        await cut.Find("form").SubmitAsync();

        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        Assert.Equal(("Mail is slow", IncidentSeverity.Critical, IncidentStatus.Investigating), (row.Title, row.Severity, row.Status));
        Assert.Equal(["Mail"], row.Components);
        Assert.Equal($"admin/incidents/{row.Id}", Address);
        var detail = await Get<IncidentQueries>().FindAsync(row.Id, Stop);
        Assert.Equal(Me, Assert.Single(detail!.Updates).Author);
    }

    [Fact]
    public async Task Bad_input_is_told_beside_the_field_and_kept()
    {
        await AddPageAsync();
        var cut = Open<IncidentForm>();

        Type(cut, "Title", "Kept");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Message is required.", ErrorOf(cut, "Message"));
        Assert.Null(ErrorOf(cut, "Title"));
        Assert.Equal("Kept", Value(cut, "Title"));

        Type(cut, "Title", "");
        Type(cut, "Message", "Kept too");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Title is required.", ErrorOf(cut, "Title"));
        Assert.Equal("Kept too", Value(cut, "Message"));

        await using var db = await DbAsync();
        Assert.Equal(0, await db.Incidents.CountAsync(Stop));
        Assert.Equal(0, await db.Events.CountAsync(Stop));
    }

    [Fact]
    public async Task Posts_an_update_and_shows_it_first()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        Type(cut, "Message", "Found it.");
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Identified));
        await cut.Find("form").SubmitAsync();
        // The second click of a double click.
        await cut.Find("form").SubmitAsync();

        Assert.Null(ErrorOf(cut, "Message"));
        var entries = cut.FindAll(".timeline li");
        Assert.Equal(2, entries.Count);
        Assert.All(["Identified", "Found it.", Me], text => Assert.Contains(text, entries[0].TextContent, StringComparison.Ordinal));
        Assert.Equal("", Value(cut, "Message"));
    }

    [Fact]
    public async Task A_status_over_one_that_somebody_else_has_set_is_refused_and_stays_typed()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        Type(cut, "Message", "Mine.");
        await Get<IncidentService>().PostUpdateAsync(
            id, 0, new IncidentUpdateInput(IncidentStatus.Identified, "Theirs."), new Actor("bea@example.com"), Stop);

        // Another status than theirs, which this form has not shown yet.
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Monitoring));
        await cut.Find("form").SubmitAsync();
        Assert.Contains("Somebody else set this incident to Identified", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine.", Value(cut, "Message"));
        await Button(cut, "Reload").ClickAsync();

        Assert.Contains("Theirs.", cut.Find(".timeline").TextContent, StringComparison.Ordinal);
        Assert.Equal(("Mine.", nameof(IncidentStatus.Monitoring)), (Value(cut, "Message"), Value(cut, "Status")));
        await cut.Find("form").SubmitAsync();
        Assert.Equal(3, cut.FindAll(".timeline li").Count);
    }

    [Fact]
    public async Task Edits_the_title_in_a_dialog_that_is_there_only_while_it_is_open()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = Open<IncidentPage>(p => p.Add(incident => incident.Id, id));
        Assert.Empty(cut.FindAll("dialog form"));

        await Button(cut, "Edit").ClickAsync();
        Assert.Equal("Edit incident", cut.Find($"#{cut.Find("dialog").GetAttribute("aria-labelledby")}").TextContent);
        Type(cut, "Title", "");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal("Title is required.", ErrorOf(cut, "Title"));
        Type(cut, "Title", "API is down");
        await cut.Find("dialog form").SubmitAsync();

        Assert.Equal("API is down", cut.Find("h1").TextContent);
        Assert.Empty(cut.FindAll("dialog form"));
        Assert.Single(JSInterop.Invocations["atstatus.closeDialog"]);
    }

    [Fact]
    public async Task An_update_carries_severity_components_and_their_statuses()
    {
        var page = await AddPageAsync();
        var (api, mail) = (await AddComponentAsync(page, "API"), await AddComponentAsync(page, "Mail"));
        var id = await AddIncidentAsync(page, components: api);
        var cut = Open<IncidentPage>(p => p.Add(incident => incident.Id, id));

        Type(cut, "Message", "It is worse.");
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        await cut.FindAll("#Components input")[1].ChangeAsync(true);
        await Field(cut, "Status of API").ChangeAsync(nameof(ComponentStatus.Degraded));
        await cut.Find("form").SubmitAsync();

        var saved = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        Assert.Equal(IncidentSeverity.Critical, saved.Row.Severity);
        Assert.Equivalent(
            new[] { new AffectedComponent(api, ComponentStatus.Degraded), new AffectedComponent(mail, ComponentStatus.MajorOutage, IsChosen: false) },
            saved.Affected);
        Assert.Equal(ComponentStatus.MajorOutage, (await Get<StatusPageQueries>().ComponentAsync(mail, Stop))!.Status);
        Assert.Empty(cut.FindAll("[data-unsaved]"));
    }

    private static IEnumerable<string> Titles(IRenderedComponent<IncidentList> cut) => cut.FindAll("tbody th").Select(th => th.TextContent.Trim());
}

using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Lists;

/// <summary>Long lists of the console: searched, filtered, sorted and turned over, all of it by the address, and changed many rows at once.</summary>
public sealed class ListPageTests : FeatureTest
{
    [Fact]
    public async Task Incidents_are_searched_while_typing_and_the_search_is_cleared()
    {
        var page = await AddPageAsync();
        foreach (var title in (string[])["API is slow", "Mail is slow", "API is down"])
            await AddIncidentAsync(page, title);
        var cut = await OpenAsync<IncidentList>("admin/incidents");
        Assert.Contains("3 incidents", cut.Find(".filters-found").TextContent, StringComparison.Ordinal);

        Type(cut, "Search", "api");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Equal(["API is down", "API is slow"], Titles(cut)));
        Assert.Equal("admin/incidents?q=api", Address);
        Assert.Equal("2 of 3 incidents", cut.Find(".filters-found").TextContent);
        await Field(cut, "Sort by").ChangeAsync("oldest");
        cut.WaitForAssertion(() => Assert.Equal(["API is slow", "API is down"], Titles(cut)));

        Type(cut, "Search", "nothing like it");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Contains("No incident matches", cut.Markup, StringComparison.Ordinal));
        await Button(cut, "Clear filters").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal(3, Titles(cut).Count));
        Assert.Equal("admin/incidents?sort=oldest", Address);
    }

    [Fact]
    public async Task A_long_list_is_turned_over_and_a_filter_begins_at_its_first_row()
    {
        var page = await AddPageAsync();
        for (var i = 0; i < IncidentList.PageSize + 3; i++)
            await AddIncidentAsync(page, $"Incident {i}");
        var cut = await OpenAsync<IncidentList>("admin/incidents");
        Assert.Equal(IncidentList.PageSize, Titles(cut).Count);

        await Button(cut, "Next").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal(3, Titles(cut).Count));
        Assert.Equal($"admin/incidents?offset={IncidentList.PageSize}", Address);
        Assert.Contains($"{IncidentList.PageSize + 1}–{IncidentList.PageSize + 3} of {IncidentList.PageSize + 3}", cut.Find("nav").TextContent, StringComparison.Ordinal);
        await Field(cut, "Show").ChangeAsync("open");
        cut.WaitForAssertion(() => Assert.Equal(IncidentList.PageSize, Titles(cut).Count));
        Assert.Equal("admin/incidents?show=open", Address);
    }

    [Fact]
    public async Task Of_selected_incidents_those_that_are_over_are_deleted_and_the_others_are_said()
    {
        var page = await AddPageAsync();
        await AddIncidentAsync(page, "Still open");
        await AddIncidentAsync(page, "Over", IncidentStatus.Resolved);
        var dialog = Dialog();
        var cut = await OpenAsync<IncidentList>("admin/incidents");
        Assert.Empty(cut.FindAll(".selection"));

        await cut.Find("input[aria-label='Select Over']").ChangeAsync(true);
        await cut.Find("input[aria-label='Select Still open']").ChangeAsync(true);
        Assert.Contains("2 selected", cut.Find(".selection").TextContent, StringComparison.Ordinal);
        var deleting = Button(cut, "Delete").ClickAsync();
        dialog.WaitForAssertion(() => Assert.Contains("Delete 2 incidents?", dialog.Markup, StringComparison.Ordinal));
        await AnswerAsync(dialog);
        await deleting;

        cut.WaitForAssertion(() => Assert.Equal(["Still open"], Titles(cut)));
        Assert.Contains("1 incident deleted; 1 could not be changed:", cut.Find(".selection").TextContent, StringComparison.Ordinal);
        Assert.Contains("“Still open”: An open incident cannot be deleted.", cut.Find(".selection").TextContent, StringComparison.Ordinal);
        await Button(cut, "Close").ClickAsync();
        Assert.Empty(cut.FindAll(".selection"));
    }

    [Fact]
    public async Task Components_are_found_by_status_and_text_and_their_groups_say_how_many()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        await AddAsync(page, "API", group);
        await AddAsync(page, "Database", group, ComponentStatus.MajorOutage);
        await AddAsync(page, "Mail", null, ComponentStatus.Degraded);
        await Get<ComponentService>().SetVisibleAsync([1], false, Stop);
        var cut = await OpenAsync<ComponentList>("admin/components");
        Assert.Equal("3 components", cut.Find(".filters-found").TextContent);

        await Field(cut, "Show").ChangeAsync("not_operational");
        cut.WaitForAssertion(() => Assert.Equal(["Database", "Mail"], Names(cut)));
        Assert.Equal("admin/components?show=not_operational", Address);
        Assert.Equal("2 of 3 components", cut.Find(".filters-found").TextContent);
        Assert.Contains("1 component", cut.Find(".group-row").TextContent, StringComparison.Ordinal);
        await Field(cut, "Show").ChangeAsync("hidden");
        cut.WaitForAssertion(() => Assert.Equal(["API"], Names(cut)));
        await Field(cut, "Show").ChangeAsync("");
        await Field(cut, "Sort by").ChangeAsync("status");
        cut.WaitForAssertion(() => Assert.Equal(["Database", "Mail", "API"], Names(cut)));
        // In another order than the page's, nothing is moved.
        Assert.DoesNotContain("Move up", cut.Markup, StringComparison.Ordinal);
        Type(cut, "Search", "core");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Equal(["Database", "API"], Names(cut)));
        Type(cut, "Search", "none of these");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Contains("No component matches", cut.Markup, StringComparison.Ordinal));
        await Button(cut, "Show all").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal(3, Names(cut).Count));
    }

    [Fact]
    public async Task With_many_components_groups_are_folded_until_they_are_opened()
    {
        var page = await AddPageAsync();
        var (first, second) = (await Get<ComponentOrder>().AddGroupAsync(page, "First", Stop), await Get<ComponentOrder>().AddGroupAsync(page, "Second", Stop));
        for (var i = 0; i < ComponentLines.MostUnfolded; i++)
            await AddAsync(page, $"Part {i}", i % 2 == 0 ? first : second);
        var cut = await OpenAsync<ComponentList>("admin/components");
        // The head of the page takes the place of three lines, and two are the groups'.
        Assert.Equal(ComponentLines.Size - 5, Names(cut).Count);

        await AddAsync(page, "One more", first);
        cut = await OpenAsync<ComponentList>("admin/components");
        Assert.Empty(Names(cut));
        await cut.Find($"#group-{first}").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal((ComponentLines.MostUnfolded / 2) + 1, Names(cut).Count));
        Assert.Equal($"admin/components?open={first}", Address);
        // Few are found: nothing is folded.
        Type(cut, "Search", "Part 4");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Equal(14, Names(cut).Count));
    }

    [Fact]
    public async Task Several_components_are_moved_hidden_and_deleted_together()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        foreach (var name in (string[])["API", "Database", "Mail"])
            await AddAsync(page, name, null);
        var dialog = Dialog();
        var cut = await OpenAsync<ComponentList>("admin/components");

        await SelectAsync(cut, "API", "Mail");
        await cut.Find(".selection select").ChangeAsync($"{group}");
        await Button(cut, "Move to group").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal(["API", "Mail", "Database"], Names(cut)));
        Assert.Empty(cut.FindAll(".selection"));

        await SelectAsync(cut, "API", "Mail");
        await Button(cut, "Hide").ClickAsync();
        cut.WaitForAssertion(() => Assert.Equal(2, cut.FindAll(".pill").Count(pill => pill.TextContent.Contains("Hidden", StringComparison.Ordinal))));

        await SelectAsync(cut, "API", "Mail");
        var deleting = Button(cut, "Delete").ClickAsync();
        dialog.WaitForAssertion(() => Assert.Contains("Delete 2 components?", dialog.Markup, StringComparison.Ordinal));
        await AnswerAsync(dialog);
        await deleting;
        cut.WaitForAssertion(() => Assert.Equal(["Database"], Names(cut)));
    }

    [Fact]
    public async Task Short_lists_of_pages_need_no_tools_and_long_ones_have_them()
    {
        for (var i = 0; i < 10; i++)
            await AddPageAsync($"Site {i}", $"site-{i}");
        var cut = await OpenAsync<StatusPageList>("admin/status-pages");
        Assert.Empty(cut.FindAll(".filters"));

        await AddPageAsync("Shop", "shop");
        cut = await OpenAsync<StatusPageList>("admin/status-pages");
        Type(cut, "Search", "shop");
        Clock.Advance(FilterPause);
        cut.WaitForAssertion(() => Assert.Equal(["Shop"], cut.FindAll("tbody th").Select(th => th.TextContent)));
        Assert.Equal("1 of 11 status pages", cut.Find(".filters-found").TextContent);
    }

    private static readonly TimeSpan FilterPause = TimeSpan.FromSeconds(1);

    private Task<IRenderedComponent<T>> OpenAsync<T>(string address)
        where T : IComponent
    {
        Get<NavigationManager>().NavigateTo(address);
        return Task.FromResult(Open<T>());
    }

    private Task<int> AddIncidentAsync(int page, string title, IncidentStatus status = IncidentStatus.Investigating)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return Get<IncidentService>().CreateAsync(new IncidentInput(page, title, IncidentSeverity.Minor, status, "We look into it.", []), new Core.Model.Actor(Me), Stop);
    }

    private Task<int> AddAsync(int page, string name, int? group, ComponentStatus status = ComponentStatus.Operational) =>
        Get<ComponentService>().CreateAsync(new ComponentInput(page, name, status, GroupId: group), Stop);

    private static async Task SelectAsync(IRenderedComponent<ComponentList> cut, params string[] names)
    {
        foreach (var name in names)
            await cut.Find($"input[aria-label='Select {name}']").ChangeAsync(true);
    }

    private IRenderedComponent<Admin.Components.Shared.ConfirmDialog> Dialog() => Render<Admin.Components.Shared.ConfirmDialog>();

    private static async Task AnswerAsync(IRenderedComponent<Admin.Components.Shared.ConfirmDialog> dialog)
    {
        await dialog.FindAll("button")[^1].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }

    private static List<string> Titles(IRenderedComponent<IncidentList> cut) => [.. cut.FindAll("tbody th a").Select(a => a.TextContent)];

    private static List<string> Names(IRenderedComponent<ComponentList> cut) => [.. cut.FindAll("tbody tr:not(.group-row) th a").Select(a => a.TextContent)];
}

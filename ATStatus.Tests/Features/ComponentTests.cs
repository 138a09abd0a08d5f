using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

public sealed class ComponentTests : FeatureTest
{
    [Fact]
    public async Task The_list_stands_by_page_with_uptime_in_two_decimals()
    {
        var first = await AddPageAsync("A", "a");
        var second = await AddPageAsync("B", "b");
        await AddComponentAsync(second, "Mail");
        await AddComponentAsync(first, "API");

        var cut = Open<ComponentList>();

        Assert.Equal(["A", "B"], cut.FindAll("h2").Select(h => h.TextContent));
        Assert.Equal(["API", "Mail"], cut.FindAll("tbody th").Select(th => th.TextContent.Trim()));
        Assert.All(cut.FindAll("td.num"), cell => Assert.Equal("100.00 %", cell.TextContent));
    }

    [Fact]
    public async Task The_address_can_name_one_page()
    {
        var first = await AddPageAsync("A", "a");
        await AddPageAsync("B", "b");
        await AddComponentAsync(first, "API");
        Get<NavigationManager>().NavigateTo($"admin/components?page={first}");

        var cut = Open<ComponentList>();

        Assert.Equal("A", Assert.Single(cut.FindAll("h2")).TextContent);
    }

    [Fact]
    public async Task Choosing_a_rows_status_publishes_nothing_and_Publish_raises_its_event()
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API");
        await AddComponentAsync(page, "Mail");
        var cut = Open<ComponentList>();
        var select = cut.FindAll("tbody tr").Single(row => row.TextContent.Contains("Mail", StringComparison.Ordinal)).QuerySelector("select")!;
        Assert.Equal("Status", cut.Find($"label[for={select.Id}]").TextContent);

        await select.ChangeAsync(nameof(ComponentStatus.MajorOutage));
        Assert.All(await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop), row => Assert.Equal(ComponentStatus.Operational, row.Status));
        await using (var before = await DbAsync())
            Assert.Equal(0, await before.Events.CountAsync(e => e.Type == EventType.ComponentStatusChanged, Stop));
        await Button(cut, "Publish").ClickAsync();

        Assert.DoesNotContain(cut.FindAll("button"), button => button.TextContent.Trim() is "Publish" or "Discard");
        Assert.Equal(select.Id, JSInterop.Invocations["atstatus.refocus"][^1].Arguments[0]);
        var rows = await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop);
        Assert.Equal([ComponentStatus.Operational, ComponentStatus.MajorOutage], rows.Select(row => row.Status));
        await using var db = await DbAsync();
        Assert.Equal(1, await db.Events.CountAsync(e => e.Type == EventType.ComponentStatusChanged, Stop));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Delete_asks_first(bool yes, int left)
    {
        await AddComponentAsync(await AddPageAsync(), "API");
        var dialog = Render<ConfirmDialog>();
        var cut = Open<ComponentList>();

        var deleting = Button(cut, "Delete API").ClickAsync();
        dialog.WaitForAssertion(() => Assert.Contains("Delete API?", dialog.Markup, StringComparison.Ordinal));
        await dialog.FindAll("button")[yes ? 1 : 0].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        await deleting;

        Assert.Equal(left, (await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop)).Count);
    }

    [Fact]
    public async Task The_form_has_the_only_page_chosen_and_adds()
    {
        var page = await AddPageAsync();
        var cut = Open<ComponentForm>();
        Assert.Equal($"{page}", Value(cut, "Status page"));

        Type(cut, "Name", "API");
        await Field(cut, "Status").ChangeAsync(nameof(ComponentStatus.Degraded));
        await cut.Find("form").SubmitAsync();

        var row = Assert.Single(await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop));
        Assert.Equal(("API", ComponentStatus.Degraded), (row.Name, row.Status));
        Assert.Equal("admin/components", Address);
    }

    [Fact]
    public async Task Bad_input_is_told_beside_the_field_and_kept()
    {
        await AddPageAsync("A", "a");
        await AddPageAsync("B", "b");
        var cut = Open<ComponentForm>();
        var tooLong = new string('x', Component.NameLength + 1);

        Type(cut, "Name", tooLong);
        await cut.Find("form").SubmitAsync();

        Assert.Equal("Choose a status page.", ErrorOf(cut, "StatusPageId"));
        Assert.StartsWith("Name can have at most 100 characters", ErrorOf(cut, "Name"), StringComparison.Ordinal);
        Assert.Equal(tooLong, Value(cut, "Name"));
        Assert.Empty(await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task Somebody_elses_change_is_told_and_what_was_typed_stays()
    {
        var id = await AddComponentAsync(await AddPageAsync(), "API");
        var cut = Open<ComponentForm>(p => p.Add(f => f.Id, id));
        Type(cut, "Name", "Mine");
        await Get<ComponentService>().UpdateAsync(id, 0, new ComponentInput(null, "Theirs", ComponentStatus.Degraded, "Described"), Stop);

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this component", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", Value(cut, "Name"));
        Assert.Equal("Theirs", (await Get<StatusPageQueries>().ComponentAsync(id, Stop))!.Name);
        await Button(cut, "Reload").ClickAsync();

        // The name was typed, so it stays; what was not touched follows.
        Assert.Equal("Mine", Value(cut, "Name"));
        Assert.Contains("Theirs", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        Assert.Equal("Described", Value(cut, "Description"));
        Assert.Empty(cut.FindAll("[role=alert]"));
        await cut.Find("form").SubmitAsync();
        var row = (await Get<StatusPageQueries>().ComponentAsync(id, Stop))!;
        Assert.Equal(("Mine", "Described", ComponentStatus.Degraded), (row.Name, row.Description, row.Status));
    }

    [Fact]
    public async Task A_group_that_went_meanwhile_is_told_beside_its_field()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        var cut = Open<ComponentForm>();
        Type(cut, "Name", "API");
        await Field(cut, "Group").ChangeAsync($"{group}");
        await Get<ComponentOrder>().RemoveGroupAsync(group, Stop);

        await cut.Find("form").SubmitAsync();

        Assert.Equal("This group is not on the page any more. Choose again.", ErrorOf(cut, "GroupId"));
        Assert.Equal("API", Value(cut, "Name"));
    }

    [Fact]
    public void Without_a_page_the_form_leads_to_one()
    {
        var cut = Open<ComponentForm>();

        Assert.Equal("admin/status-pages/new", Button(cut, "Add Status Page").GetAttribute("href"));
        Assert.Empty(cut.FindAll("form"));
    }
}

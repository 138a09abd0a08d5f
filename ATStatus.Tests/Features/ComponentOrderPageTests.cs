using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

public sealed class ComponentOrderPageTests : FeatureTest
{
    [Fact]
    public async Task A_component_moves_by_keyboard_and_the_page_says_so()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        await AddComponentAsync(page, "Mail");
        var said = new List<string>();
        Get<Announcer>().Said += said.Add;
        var cut = Open<ComponentList>();

        await cut.Find($"#down-component-{api}").ClickAsync();

        Assert.Equal(["Mail", "API"], Names(cut));
        Assert.Equal("API is now 2 of 2", said[^1]);
        Assert.Equal("true", cut.Find($"#down-component-{api}").GetAttribute("aria-disabled"));
        Assert.Equal($"down-component-{api}", JSInterop.Invocations["atstatus.refocus"][^1].Arguments[0]);

        await cut.Find($"#down-component-{api}").ClickAsync();
        Assert.Equal("API is the last already", said[^1]);
        await cut.Find($"#up-component-{api}").ClickAsync();
        Assert.Equal(["API", "Mail"], Names(cut));
        await using var db = await DbAsync();
        Assert.Equal(2, await db.Events.CountAsync(Stop));
    }

    [Fact]
    public async Task A_group_is_added_renamed_and_removed_and_its_components_stay()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var dialog = Render<ConfirmDialog>();
        var cut = Open<ComponentList>();

        await Button(cut, "Add group").ClickAsync();
        Type(cut, "Group name", " ");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Name is required.", ErrorOf(cut, Field(cut, "Group name").Id!));
        Type(cut, "Group name", "Core");
        await cut.Find("form").SubmitAsync();
        var group = Assert.Single(await Get<StatusPageQueries>().GroupsAsync(page, Stop));

        await cut.Find($"#regroup-{api}").ChangeAsync($"{group.Id}");
        Assert.Equal(group.Id, (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.GroupId);

        await Button(cut, "Rename Core").ClickAsync();
        Type(cut, "Group name", new string('x', ComponentGroup.NameLength + 1));
        await cut.Find("form").SubmitAsync();
        Assert.StartsWith("Name can have at most 100", ErrorOf(cut, Field(cut, "Group name").Id!), StringComparison.Ordinal);
        Type(cut, "Group name", "Heart");
        await cut.Find("form").SubmitAsync();
        Assert.Contains("Heart", cut.Find($"#group-{group.Id}").TextContent, StringComparison.Ordinal);

        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Ops", new("https://test-receiver.invalid/"), new([EventType.ComponentCreated]) { GroupIds = [group.Id] }), Stop);
        var removing = Button(cut, "Remove Heart").ClickAsync();
        dialog.WaitForAssertion(() => Assert.Contains("Remove Heart?", dialog.Markup, StringComparison.Ordinal));
        Assert.Contains("It is the only group that Ops is limited to: that notification will receive nothing.", dialog.Markup, StringComparison.Ordinal);
        await dialog.FindAll("button")[1].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        await removing;

        Assert.Equal(["API"], Names(cut));
        Assert.Null((await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.GroupId);
        Assert.Empty(await Get<StatusPageQueries>().GroupsAsync(page, Stop));
    }

    [Fact]
    public async Task Somebody_elses_name_for_a_group_is_told_and_what_was_typed_stays()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        var cut = Open<ComponentList>();
        await Button(cut, "Rename Core").ClickAsync();
        Type(cut, "Group name", "Mine");
        await Get<ComponentOrder>().RenameGroupAsync(group, 0, "Theirs", Stop);

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this group", cut.Find("form [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", Value(cut, "Group name"));
        await Button(cut, "Reload").ClickAsync();

        Assert.Equal("Mine", Value(cut, "Group name"));
        Assert.Contains("Theirs", cut.Find($"#{Field(cut, "Group name").Id}-warning").TextContent, StringComparison.Ordinal);
        Assert.Empty(cut.FindAll("[role=alert]"));
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Mine", Assert.Single(await Get<StatusPageQueries>().GroupsAsync(page, Stop)).Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_focus_goes_back_to_the_button_that_opened_a_groups_form(bool save)
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        var said = new List<string>();
        Get<Announcer>().Said += said.Add;
        var cut = Open<ComponentList>();

        await Button(cut, "Rename Core").ClickAsync();
        Type(cut, "Group name", "Heart");
        await LeaveAsync();
        Assert.Equal(($"rename-group-{group}", save ? "Rename Heart" : "Rename Core"), Focused());

        await Button(cut, "Add group").ClickAsync();
        Type(cut, "Group name", "More");
        await LeaveAsync();
        Assert.Equal(($"add-group-{page}", null), Focused());
        Assert.Equal(save ? ["Group renamed to Heart", "Group More added"] : [], said);

        Task LeaveAsync() => save ? cut.Find("form").SubmitAsync() : Button(cut, "Cancel").ClickAsync();

        (string, string?) Focused()
        {
            var id = (string)JSInterop.Invocations["atstatus.refocus"][^1].Arguments[0]!;
            return (id, cut.Find($"#{id}").GetAttribute("aria-label"));
        }
    }

    [Fact]
    public async Task A_component_is_dropped_into_a_group_and_out_again()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        var api = await AddComponentAsync(page, "API");
        var mail = await AddComponentAsync(page, "Mail");
        var cut = Open<ComponentList>();

        await Row(cut, api).TriggerEventAsync("ondragstart", new DragEventArgs());
        await cut.Find("tr.group-row").TriggerEventAsync("ondrop", new DragEventArgs());
        Assert.Equal(group, (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.GroupId);

        await Row(cut, api).TriggerEventAsync("ondragstart", new DragEventArgs());
        await Row(cut, mail).TriggerEventAsync("ondrop", new DragEventArgs());
        Assert.Null((await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.GroupId);
    }

    [Fact]
    public async Task A_folded_group_is_in_the_address()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        await Get<ComponentService>().CreateAsync(new ComponentInput(page, "API", ComponentStatus.Operational, GroupId: group), Stop);
        Get<NavigationManager>().NavigateTo("admin/components");
        var cut = Open<ComponentList>();

        await cut.Find($"#group-{group}").ClickAsync();
        Assert.Equal($"admin/components?closed={group}", Address);

        cut = Open<ComponentList>();
        Assert.Equal("false", cut.Find($"#group-{group}").GetAttribute("aria-expanded"));
        Assert.DoesNotContain("API", cut.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_edit_keeps_description_and_visibility()
    {
        var page = await AddPageAsync();
        var id = await Get<ComponentService>().CreateAsync(new ComponentInput(page, "API", ComponentStatus.Operational, "For partners", false), Stop);
        var cut = Open<ComponentList>();
        Assert.Contains("Hidden", cut.Find($"#component-{id}").TextContent, StringComparison.Ordinal);
        Assert.Contains("For partners", cut.Find($"#component-{id}").TextContent, StringComparison.Ordinal);

        var form = Open<ComponentForm>(p => p.Add(f => f.Id, id));
        await Field(form, "Status").ChangeAsync(nameof(ComponentStatus.Degraded));
        await form.Find("form").SubmitAsync();

        var row = (await Get<StatusPageQueries>().ComponentAsync(id, Stop))!;
        Assert.Equal(("For partners", false, ComponentStatus.Degraded), (row.Description, row.IsVisible, row.Status));
    }

    [Fact]
    public async Task A_component_is_added_to_a_group_hidden_and_described()
    {
        var page = await AddPageAsync();
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        var cut = Open<ComponentForm>();

        Type(cut, "Name", "API");
        Type(cut, "Description", new string('x', Component.DescriptionLength + 1));
        await cut.Find("form").SubmitAsync();
        Assert.StartsWith("Description can have at most 500", ErrorOf(cut, "Description"), StringComparison.Ordinal);

        Type(cut, "Description", "Ours");
        await Field(cut, "Group").ChangeAsync($"{group}");
        await Field(cut, "Visible").ChangeAsync(false);
        await cut.Find("form").SubmitAsync();

        var row = Assert.Single(await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop));
        Assert.Equal(("Ours", false, group), (row.Description, row.IsVisible, row.GroupId));
    }

    [Fact]
    public async Task A_components_page_draws_its_days_and_lists_its_changes()
    {
        var id = await AddComponentAsync(await AddPageAsync(), "API");
        Clock.Advance(TimeSpan.FromDays(2));
        await Get<ComponentService>().SetStatusAsync(id, ComponentStatus.MajorOutage, cancellationToken: Stop);
        Clock.Advance(TimeSpan.FromHours(2));

        var cut = Open<ComponentForm>(p => p.Add(f => f.Id, id));
        cut.WaitForElement("svg.bars");

        var bars = cut.FindAll("svg.bars rect");
        Assert.Equal(StatusHistory.Days, bars.Count);
        Assert.Equal(["fill-success", "fill-success", "fill-danger"], bars.TakeLast(3).Select(bar => bar.ClassName));
        Assert.All(bars.SkipLast(3), bar => Assert.Equal("fill-none", bar.ClassName));
        Assert.Equal("16 Jan 2026: Major outage, down for 2 h 0 min", bars[^1].TextContent);
        Assert.Equal("API, 3 days: 96.00 % uptime; major outage on 1 day", cut.Find("svg.bars").GetAttribute("aria-label"));
        Assert.Equal(["Major outage", "Operational"], cut.FindAll(".changes .pill").Select(pill => pill.TextContent.Trim()));
    }

    private static IEnumerable<string> Names(IRenderedComponent<ComponentList> cut) => cut.FindAll("tbody th a").Select(a => a.TextContent);

    private static AngleSharp.Dom.IElement Row(IRenderedComponent<ComponentList> cut, int id) =>
        cut.FindAll("tbody tr").Single(row => row.QuerySelector($"#component-{id}") is not null);
}

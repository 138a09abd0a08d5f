using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Admin.Features.Notifications;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>Pages of one name and components of one name can be told apart wherever one is chosen; a name that is the only one stands alone.</summary>
public sealed class AmbiguousNamesTests : FeatureTest
{
    private static readonly string[] Components = ["API (Core)", "API (Edge)", "API (no group)", "Web"];
    private int _eu;

    [Fact]
    public async Task Pages_of_one_name_have_their_slugs_in_every_select_and_filter()
    {
        await FillAsync();
        Assert.Equal(Pages, Options<IncidentForm>("#StatusPageId"));
        Assert.Equal(Pages, Options<MaintenanceForm>("#StatusPageId"));
        Assert.Equal(Pages, Options<ComponentForm>("#StatusPageId"));
        await AddIncidentAsync(_eu);
        Assert.Equal(Pages, OptionsOf(Field(Open<IncidentList>(), "Page")));
        Assert.Equal(Pages, OptionsOf(Field(Open<ComponentList>(), "Page")));
        var form = Render<NotificationEditPage>();
        form.WaitForAssertion(() => Assert.Equal(["All status pages", .. Pages], Labels(form, "#StatusPageIds")));
        Assert.Equal(["Main (eu)", "Main (us)"], form.FindAll("#ComponentIds .picker-page-name").Select(head => head.TextContent));
    }

    [Fact]
    public async Task Components_of_one_name_have_their_groups_in_every_picker()
    {
        await FillAsync();
        var incident = Open<IncidentForm>();
        await Field(incident, "Status page").ChangeAsync($"{_eu}");
        Assert.Equal(Components, Labels(incident, "#Components"));
        Assert.Equal(["All of Core", "All of Edge"], incident.FindAll("#Components .select-all").Select(label => label.TextContent.Trim()).Order());
        var maintenance = Open<MaintenanceForm>();
        await Field(maintenance, "Status page").ChangeAsync($"{_eu}");
        Assert.Equal(Components, Labels(maintenance, "#ComponentIds"));
        var starts = new DateTime(2026, 1, 20, 2, 0, 0);
        var window = await Get<MaintenanceService>().ScheduleAsync(new MaintenanceInput(_eu, "Upgrade", "Work.", [], starts, starts.AddHours(1)), Stop);
        var page = Open<MaintenancePage>(p => p.Add(page => page.Id, window));
        await Button(page, "Edit").ClickAsync();
        Assert.Equal(Components, Labels(page, "#ComponentIds"));
        var form = Render<NotificationEditPage>();
        form.WaitForAssertion(() => Assert.Equal(Components.Append("API").Append("All components").Order(StringComparer.Ordinal), Labels(form, "#ComponentIds")));
    }

    [Fact]
    public async Task Notifications_of_one_name_have_their_numbers()
    {
        await AddPageAsync();
        var (first, second) = (await AddNotificationAsync("Ops"), await AddNotificationAsync("Ops"));
        await AddNotificationAsync("Pager");
        string[] names = [$"Ops (#{first})", $"Ops (#{second})", "Pager"];
        var log = Render<DeliveryLogPage>();
        log.WaitForAssertion(() => Assert.Equal(names, OptionsOf(Field(log, "Notification", "[role=search]"))));
        var form = Render<NotificationEditPage>();
        form.WaitForAssertion(() => Assert.Equal(names, OptionsOf(form.Find("#AlertNotificationId"))));
    }

    [Fact]
    public async Task The_list_of_notifications_says_which_page_and_which_component()
    {
        await FillAsync();
        var components = await Get<StatusPageQueries>().ChoicesAsync(Stop);
        await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ops", new("https://test-receiver.invalid/"),
                new([EventType.IncidentCreated])
                {
                    StatusPageIds = [_eu],
                    ComponentIds =
                    [
                        .. components.Where(c => c.StatusPageId == _eu && c.Name == "API" && c.GroupName is not null).Select(c => c.Id),
                    ],
                }),
            Stop);
        var row = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal(["Main (eu)"], row.PageNames);
        Assert.Equal(["API (Main, eu, Core)", "API (Main, eu, Edge)"], row.ComponentNames);
    }

    private static readonly string[] Pages = ["Main (eu)", "Main (us)", "Shop"];

    private async Task FillAsync()
    {
        _eu = await AddPageAsync("Main", "eu");
        var us = await AddPageAsync("Main", "us");
        await AddPageAsync("Shop", "shop");
        var components = Get<ComponentService>();
        await AddComponentAsync(_eu, "API");
        foreach (var name in new[] { "Core", "Edge" })
        {
            var group = await Get<ComponentOrder>().AddGroupAsync(_eu, name, Stop);
            await components.CreateAsync(new ComponentInput(_eu, "API", ComponentStatus.Operational, GroupId: group), Stop);
        }
        await AddComponentAsync(_eu, "Web");
        await AddComponentAsync(us, "API");
    }

    private string[] Options<TPage>(string select)
        where TPage : IComponent => OptionsOf(Open<TPage>().Find(select));

    private static string[] OptionsOf(AngleSharp.Dom.IElement select) =>
        [.. select.QuerySelectorAll("option").Where(option => !string.IsNullOrEmpty(option.GetAttribute("value"))).Select(option => option.TextContent)];

    private static string[] Labels(IRenderedComponent<IComponent> cut, string group) =>
        [.. cut.FindAll($"{group} label.choice:not(.select-all)").Select(label => label.TextContent.Trim()).Order(StringComparer.Ordinal)];
}

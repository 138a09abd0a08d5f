using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Features.Notifications;

public sealed class NotificationListTests : NotificationPagesFixture
{
    [Fact]
    public void Without_notifications_it_leads_to_the_first_one()
    {
        var list = Render<NotificationListPage>();

        Assert.Equal("admin/notifications/new?receiver=built-in", list.Button("Start with the test receiver").GetAttribute("href"));
        list.Button("Add Notification").Click();
        Assert.EndsWith("/admin/notifications/new", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_tells_its_last_result_and_leads_to_it()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("Ops", TestReceiverEndpoint.Url + "status/503", "secret");
        var delivery = await RaiseAsync(page, "API");
        await RunAsync(delivery);

        var list = Render<NotificationListPage>();

        var row = list.Row("Ops");
        Assert.Contains("Failed, 503", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("All 9 events", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("on all status pages", row.TextContent, StringComparison.Ordinal);
        Assert.Equal($"admin/deliveries/{delivery}", row.QuerySelector("td a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task One_that_was_switched_off_by_itself_says_why()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("Gone", TestReceiverEndpoint.Url + "status/410");
        await RunAsync(await RaiseAsync(page, "API"));

        var row = Render<NotificationListPage>().Row("Gone");

        Assert.Contains("Switched off", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("410 Gone", row.TextContent, StringComparison.Ordinal);
        Assert.False(row.QuerySelector("[role=switch]")!.HasAttribute("checked"));
    }

    [Fact]
    public async Task The_switch_switches()
    {
        var id = await AddNotificationAsync("Ops");
        var list = Render<NotificationListPage>();

        await list.Field("On: Ops").ChangeAsync(new() { Value = false });

        list.WaitForAssertion(() => Assert.Contains("Switched off", list.Row("Ops").TextContent, StringComparison.Ordinal));
        Assert.False((await Get<NotificationQueries>().FindAsync(id, Stop))!.Enabled);
        await list.Field("On: Ops").ChangeAsync(new() { Value = true });
        Assert.True((await Get<NotificationQueries>().FindAsync(id, Stop))!.Enabled);
    }

    [Fact]
    public async Task A_test_goes_out_at_one_click_with_the_chosen_event()
    {
        await AddNotificationAsync("Ops");
        var list = Render<NotificationListPage>();
        list.Field("Test event").Change("ComponentDeleted");

        await list.Button("Send test").ClickAsync();

        list.WaitForAssertion(() => Assert.Contains("Delivered: status 200", list.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        Assert.Contains("component.deleted", list.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal);
        Assert.Single(await Get<TestReceiverQueries>().ListAsync(Stop));
        Assert.Contains("No events sent yet", list.Row("Ops").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_asks_first_and_says_what_becomes_of_what_waits()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("Ops");
        var delivery = await RaiseAsync(page, "API");
        var list = Render<NotificationListPage>();

        Answer = false;
        await list.Button("Delete Ops").ClickAsync();
        Assert.Contains("1 waiting delivery will be skipped.", Asked, StringComparison.Ordinal);
        Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));

        Answer = true;
        await list.Button("Delete Ops").ClickAsync();
        list.WaitForAssertion(() => Assert.Contains("No notifications yet", list.Markup, StringComparison.Ordinal));
        await RunAsync(delivery);
        Assert.Equal(DeliveryState.Skipped, (await Get<DeliveryQueries>().FindAsync(delivery, Stop))!.Row.State);
    }
}

using ATStatus.Admin.Features.Notifications;
using ATStatus.Admin.Features.Notifications.Statistics;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using IPNetwork = System.Net.IPNetwork;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>A notification's own page: its health in words, what leads on from it, and its tabs.</summary>
public sealed class NotificationOverviewTests : NotificationPagesFixture
{
    protected override void Configure(IServiceCollection services) => services.AddSingleton(new WebhookOptions
    {
        AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")],
        MaxAttempts = 2,
        RetryBaseDelay = TimeSpan.FromMilliseconds(1),
    });

    [Fact]
    public async Task A_failing_one_never_looks_well_and_says_why()
    {
        var site = await AddPageAsync();
        var id = await AddNotificationAsync("Ops", TestReceiverEndpoint.Url + "status/503", "secret");
        var page = Open(id);
        Assert.Equal("On", Badge(page));
        Assert.Contains("No events sent yet.", page.Markup, StringComparison.Ordinal);

        var delivery = await RaiseAsync(site, "API");
        await RunAsync(delivery);
        page.WaitForAssertion(() => Assert.Equal("Retrying", Badge(page)));
        page.WaitForAssertion(() => Assert.Contains("Retrying, last attempt 503", page.Find("[aria-labelledby=health]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Retrying, last attempt 503", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
        Assert.Contains("status 503.", page.Find("[aria-labelledby=health]").TextContent, StringComparison.Ordinal);
        Assert.Equal([$"admin/deliveries/{delivery}"], page.FindAll("[aria-labelledby=recent] .log-link").Select(a => a.GetAttribute("href")));

        await Eventually.TrueAsync(async () =>
        {
            await RunAsync(delivery);
            return (await Get<DeliveryQueries>().FindAsync(delivery, Stop))!.Row.State == DeliveryState.Failed;
        });
        page.WaitForAssertion(() => Assert.Equal("Failing", Badge(page)));
        page.WaitForAssertion(() => Assert.Contains("1 delivery failed permanently since the last success.", page.Markup, StringComparison.Ordinal));
        Assert.Contains("Failed, 503", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#notification-tab a"), a => a.GetAttribute("href") == $"admin/notifications/{id}/recover");
    }

    [Fact]
    public async Task It_is_switched_and_tested_where_it_is_read()
    {
        var id = await AddNotificationAsync("Ops");
        var page = Open(id);
        await page.Button("Switch off").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Off", Badge(page)));
        page.WaitForAssertion(() => Assert.Contains("Switched off. By hand", page.Markup, StringComparison.Ordinal));
        await page.Button("Send test").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("Delivered: status 200", page.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        // A test says nothing of how events fare.
        Assert.Contains("No events sent yet", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_tabs_are_on_each_of_its_pages()
    {
        var id = await AddNotificationAsync("Ops");
        var page = Open(id);
        Assert.Equal(
            ["", "/deliveries", "/statistics", "/recover", "/receivers", "/edit"],
            page.FindAll("[role=tab]").Select(tab => tab.GetAttribute("href")![$"admin/notifications/{id}".Length..]));
        var statistics = Render<StatisticsPage>(p => p.Add(x => x.Id, id));
        Assert.Equal("Statistics", statistics.Find("[role=tab][aria-selected=true]").TextContent);
        Assert.Equal("Ops", statistics.Find("h1").TextContent);
    }

    [Fact]
    public async Task Its_deliveries_are_listed_by_state()
    {
        var site = await AddPageAsync();
        var id = await AddNotificationAsync("Ops");
        await AddNotificationAsync("Other");
        await RaiseAsync(site, "API");
        var page = Render<NotificationDeliveriesPage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".log-row")));
        page.Field("State").Change("delivered");
        Assert.EndsWith("?state=delivered", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        var delivered = Render<NotificationDeliveriesPage>(p => p.Add(x => x.Id, id));
        delivered.WaitForAssertion(() => Assert.Contains("No delivery of this notification is in this state.", delivered.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_does_not_exist_says_so() => Assert.Contains("This notification does not exist", Open(77).Markup, StringComparison.Ordinal);

    private IRenderedComponent<NotificationOverviewPage> Open(int id)
    {
        var page = Render<NotificationOverviewPage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".loading")));
        return page;
    }

    private static string Badge(IRenderedComponent<NotificationOverviewPage> page) => page.Find(".title .pill").TextContent.Trim();
}

using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Nothing flickers while pages are live: what did not change is not touched, and nothing moves that has no reason to.</summary>
public sealed class LayoutStabilityBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_new_delivery_leaves_the_log_s_other_rows_alone()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartAsync(receiver);
        foreach (var title in (string[])["First", "Second", "Third"])
            await ReportAsync(title);
        await Page.GotoAsync("admin/deliveries");
        await Expect(Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Delivered" })).ToHaveCountAsync(3);
        await LayoutStability.WatchAsync(Page, "tbody tr:has(a)");
        Assert.Equal(3, await LayoutStability.CountAsync(Page));

        await ReportAsync("Fourth");

        await Expect(Page.Row("Fourth")).ToContainTextAsync("Delivered");
        Assert.Empty(await LayoutStability.TouchedAsync(Page));
    }

    [Fact]
    public async Task A_notification_s_news_leave_the_others_rows_alone_and_move_nothing()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartAsync(receiver);
        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Resolved only", new(receiver.Url.AbsoluteUri), new([EventType.IncidentResolved])), Stop);
        await ReportAsync("First");
        await Page.GotoAsync("admin/notifications");
        await Expect(Page.Row("My endpoint")).ToContainTextAsync("Delivered");
        await LayoutStability.WatchAsync(Page, "tbody tr:has(a)");
        Assert.Equal(2, await LayoutStability.CountAsync(Page));
        receiver.Script(ScriptedResponse.Status(410));

        await ReportAsync("Second");

        await Expect(Page.GetByRole(AriaRole.Switch, new() { Name = "On: My endpoint" })).Not.ToBeCheckedAsync();
        Assert.StartsWith("My endpoint", Assert.Single(await LayoutStability.TouchedAsync(Page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_that_grow_on_the_overview_move_nothing()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartAsync(receiver);
        await Get<ComponentService>().CreateAsync(new ComponentInput(1, "One", ComponentStatus.Operational), Stop);
        await receiver.WaitForAsync(1);
        await Page.GotoAsync("admin");
        var delivered = Page.GetByText("Delivered", new() { Exact = true }).Locator("..");
        await Expect(delivered).ToContainTextAsync("1");
        await LayoutStability.WatchAsync(Page, "main section");

        await Get<ComponentService>().CreateAsync(new ComponentInput(1, "Two", ComponentStatus.Operational), Stop);

        await Expect(delivered).ToContainTextAsync("2");
        Assert.Equal(0, await LayoutStability.ShiftAsync(Page));
    }

    private async Task StartAsync(LoopbackReceiver receiver)
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
    }
}

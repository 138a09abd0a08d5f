using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What a notification missed while it was off is resent, from the switch in the list to the receiver.</summary>
public sealed class RecoveryBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task After_switching_it_on_again_what_was_skipped_is_counted_and_arrives_in_order()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        var id = await SubscribeAsync(receiver.Url.AbsoluteUri, "Partner portal");
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        foreach (var title in (string[])["First", "Second", "Third"])
            await ReportAsync(title);

        await GoToAsync("Notifications");
        await Page.GetByRole(AriaRole.Switch, new() { Name = "On: Partner portal" }).CheckAsync();
        await Expect(Page.Row("Partner portal")).ToContainTextAsync("3 deliveries were skipped while it was off.");
        await Page.Link("Resend them").ClickAsync();
        await Expect(Page.Heading("Partner portal")).ToBeFocusedAsync();
        await Page.Button("Since it was switched off").ClickAsync();
        await Page.Button("Find missed deliveries").ClickAsync();
        await Expect(Page.GetByText("3 deliveries (3 skipped)")).ToBeVisibleAsync();
        await Page.ReloadAsync();
        await Expect(Page.GetByText("3 deliveries (3 skipped)")).ToBeVisibleAsync();
        await Page.Button("Resend missed events").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog, new() { Name = "Resend 3 deliveries?" }).Button("Resend missed events").ClickAsync();

        await Expect(Page.Row(ConsoleApp.AdminEmail)).ToContainTextAsync("Complete");
        await Expect(Page.Row(ConsoleApp.AdminEmail)).ToContainTextAsync("3 of 3");
        var requests = await receiver.WaitForAsync(3);
        Assert.Equal(3, requests.Select(r => r.Header("X-Request-ID")).Distinct().Count());
        await GoToAsync("Deliveries");
        await Expect(Page.Row("Delivered")).ToHaveCountAsync(3);
    }
}

using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>All sending is paused by one person, seen and resumed by another.</summary>
public sealed class PauseBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private readonly TestBrowser _browser = browser;

    [Fact]
    public async Task Paused_in_one_window_it_is_seen_in_another_which_lets_it_go_on()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await ReportAsync("Before");
        await receiver.WaitForAsync(1);
        await using var window = await _browser.OpenAsync(App.Address);
        var other = window.Page;
        await other.GotoAsync("login?returnUrl=%2Fadmin%2Fdeliveries");
        await other.Field("Email").FillAsync(ConsoleApp.AdminEmail);
        await other.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await other.Button("Sign in").ClickAsync();
        await Expect(other.Heading("Deliveries")).ToBeVisibleAsync();

        await Page.GotoAsync("admin");
        var pause = Page.GetByRole(AriaRole.Switch, new() { Name = "Pause all sending" });
        await pause.ClickAsync();
        var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Pause all sending?" });
        await question.Button("Cancel").ClickAsync();
        await Expect(pause).Not.ToBeCheckedAsync();
        await pause.ClickAsync();
        await question.Button("Pause").ClickAsync();
        await Expect(pause).ToBeCheckedAsync();
        foreach (var page in (IPage[])[Page, other])
            await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = $"by {ConsoleApp.AdminEmail}." })).ToContainTextAsync("Sending has been paused since");

        await ReportAsync("Meanwhile");
        await Expect(other.GetByText("1 delivery waiting.")).ToBeVisibleAsync();
        await Expect(other.Row("Meanwhile")).ToBeVisibleAsync();
        Assert.Single(receiver.Requests);

        await other.Button("Resume").ClickAsync();
        await Expect(other.Locator("main")).ToBeFocusedAsync();
        await receiver.WaitForAsync(2);
        await Expect(Page.Button("Resume")).ToHaveCountAsync(0);
        await Expect(other.Button("Resume")).ToHaveCountAsync(0);
        await Expect(pause).Not.ToBeCheckedAsync();
        Assert.Empty(window.Problems);
    }
}

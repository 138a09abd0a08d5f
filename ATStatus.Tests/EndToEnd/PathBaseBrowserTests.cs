using System.Text.RegularExpressions;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The console under a path of somebody else's site.</summary>
public sealed class PathBaseBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Every_link_stays_below_the_path_base()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartAsync(new ConsoleAppOptions { Settings = { ["Hosting:PathBase"] = "/ops" } });
        await Page.GotoAsync("admin/deliveries?state=failed");
        await Expect(Page.Heading("Sign in")).ToBeVisibleAsync();
        await SignInAsync();
        await Expect(Page).ToHaveURLAsync(Address("admin/deliveries?state=failed"));
        await Expect(Page.GetByLabel("State", new() { Exact = true })).ToHaveValueAsync("failed");

        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        foreach (var (place, path) in (IEnumerable<(string, string)>)
            [
                ("Overview", "admin"), ("Status pages", "admin/status-pages"), ("Components", "admin/components"), ("Incidents", "admin/incidents"),
                ("Notifications", "admin/notifications"), ("Test receiver", "admin/test-receiver"), ("Deliveries", "admin/deliveries"),
            ])
        {
            await GoToAsync(place);
            await Expect(Page).ToHaveURLAsync(Address(path));
        }

        await ReportAsync("Under a path base");
        await receiver.WaitForAsync(1);
        await Page.Row("Under a path base").Link("incident.created").ClickAsync();
        await Expect(Page.GetByText("The receiver took it")).ToBeVisibleAsync();
        await Expect(Page).ToHaveURLAsync(Address("admin/deliveries/1"));
        // The job's own page, then out of the dashboard again.
        await Page.GetByRole(AriaRole.Definition).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^[0-9a-f-]+$") }).ClickAsync();
        await Expect(Page.Heading("Send event #1")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Link, new() { Name = "Back to site" }).ClickAsync();
        await Expect(Page).ToHaveURLAsync(Address("admin"));
        await Page.Link("Jobs").ClickAsync();
        await Expect(Page).ToHaveURLAsync(Address("hangfire"));
        await Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Jobs") }).ClickAsync();
        await Expect(Page).ToHaveURLAsync(new Regex("/ops/hangfire/jobs/"));

        await Page.GotoAsync("admin");
        await Page.Link("Sign out").ClickAsync();
        await Expect(Page).ToHaveURLAsync(new Regex("/ops/login"));
    }

    private string Address(string path) => new Uri(App.Address, path).AbsoluteUri;
}

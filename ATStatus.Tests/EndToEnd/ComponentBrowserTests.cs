using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What is done to components in the browser, as a receiver gets it.</summary>
public sealed class ComponentBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Setting_a_status_adding_and_deleting_reach_the_receiver()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);

        await GoToAsync("Components");
        await Page.Row("Database").GetByLabel("Status").SelectOptionAsync("Partial outage");
        await Expect(Page.Row("Database").GetByText("1 notification will be sent.")).ToBeVisibleAsync();
        await Page.Row("Database").Button("Publish").ClickAsync();
        var changed = await DataAsync(receiver, 1, "component.status_changed");
        Assert.Equal(("Database", "operational", "partial_outage"), changed);

        await Page.Button("Add Component").ClickAsync();
        await Page.Field("Name").FillAsync("Search");
        await Page.Field("Status").SelectOptionAsync("Degraded");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Search").GetByLabel("Status")).ToHaveValueAsync(new Regex("(?i)degraded"));
        Assert.Equal(("Search", null, "degraded"), await DataAsync(receiver, 2, "component.created"));

        await Page.Button("Delete Search").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Delete").ClickAsync();
        await Expect(Page.Row("Search")).ToHaveCountAsync(0);
        Assert.Equal(("Search", "degraded", null), await DataAsync(receiver, 3, "component.deleted"));
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task What_is_done_with_Do_not_notify_is_logged_and_reaches_nobody()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);

        await GoToAsync("Components");
        await Page.Field("Do not notify").CheckAsync();
        await Expect(Page.GetByText("Status changes made here are recorded, and no notifications are sent.")).ToBeVisibleAsync();
        await Page.Row("Database").GetByLabel("Status").SelectOptionAsync("Partial outage");
        await Page.Row("Database").Button("Publish").ClickAsync();
        await Expect(Page.GetByText("Saved. Database: Partial outage. No notifications were sent")).ToBeVisibleAsync();
        await Page.Button("Delete API Gateway").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByLabel("Do not notify").CheckAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Delete").ClickAsync();
        await Expect(Page.Row("API Gateway")).ToHaveCountAsync(0);
        await Page.Field("Do not notify").UncheckAsync();
        await Page.Row("Dashboard").GetByLabel("Status").SelectOptionAsync("Degraded");
        await Page.Row("Dashboard").Button("Publish").ClickAsync();

        Assert.Equal(("Dashboard", "operational", "degraded"), await DataAsync(receiver, 1, "component.status_changed"));
        await GoToAsync("Deliveries");
        await Expect(Page.Row("Database")).ToContainTextAsync("Skipped");
        await Expect(Page.Row("API Gateway")).ToContainTextAsync("Skipped");
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_the_field_and_what_was_typed_stays()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/components/new");
        await Page.Field("Name").FillAsync(new string('x', 101));
        await Page.Field("Status").SelectOptionAsync("Major outage");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Name")).ToHaveAccessibleDescriptionAsync(new Regex("at most 100 characters"));
        await Expect(Page.Field("Name")).ToHaveValueAsync(new string('x', 101));
        await Expect(Page.Field("Status")).ToHaveValueAsync(new Regex("(?i)major"));
        await Page.Field("Name").FillAsync("Edge <script>");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Link("Edge <script>")).ToBeVisibleAsync();

        await Page.GotoAsync("admin/status-pages/new");
        await Page.Field("Name").FillAsync("Main Status");
        await Expect(Page.Field("Slug")).ToHaveValueAsync("main-status");
        await Page.Field("Slug").FillAsync("main");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Slug")).ToHaveAccessibleDescriptionAsync(new Regex("has this slug already"));
        await Page.Field("Slug").FillAsync("Not A Slug");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Slug")).ToHaveAccessibleDescriptionAsync(new Regex("lower-case letters"));
        await Expect(Page.Field("Name")).ToHaveValueAsync("Main Status");

        await Page.Link("Cancel").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
        await Page.GotoAsync("admin/incidents/new");
        await Page.Field("Message").FillAsync("A message without a title");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Title")).ToHaveAccessibleDescriptionAsync(new Regex("required"));
        await Expect(Page.Field("Message")).ToHaveValueAsync("A message without a title");
    }

    private static async Task<(string? Name, string? Before, string? After)> DataAsync(LoopbackReceiver receiver, int count, string type)
    {
        var request = (await receiver.WaitForAsync(count))[count - 1];
        Assert.Equal(type, request.Header("X-Webhook-Event"));
        Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "s3cret"));
        using var body = JsonDocument.Parse(request.Body);
        var data = body.RootElement.GetProperty("data");
        return (Text("name"), Text("previousStatus"), Text("newStatus"));
        string? Text(string property) => data.GetProperty(property).GetString();
    }
}

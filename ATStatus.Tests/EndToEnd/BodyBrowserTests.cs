using System.Text.RegularExpressions;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A body of one's own and a rate limit, from the form to the request that arrived.</summary>
public sealed class BodyBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_template_is_previewed_refused_where_it_is_wrong_tested_saved_and_shown_in_the_log()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        var examination = new PageExamination(Page);
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Own form");
        await Page.Field("URL").FillAsync(receiver.Url.AbsoluteUri);
        await Expect(Page.Field("Template body")).ToHaveCountAsync(0);
        await Page.Field("Body").SelectOptionAsync("CloudEvents");
        var preview = Page.Region("Preview");
        await Expect(preview).ToContainTextAsync("urn:atstatus:");

        await Page.Field("Body").SelectOptionAsync("Template");
        await Expect(Page.Field("Template body")).ToHaveValueAsync(new Regex("data.title"));
        await Expect(preview).ToContainTextAsync("[Test] API Connectivity Issues");
        await Page.Field("Template body").FillAsync("{\"summary\": \"{{ data.title }}\"");
        await Expect(preview).ToContainTextAsync("not valid JSON");
        await Page.Checkbox("incident.created").CheckAsync();
        await Page.Field("Rate limit").FillAsync("many");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Template body")).ToHaveAccessibleDescriptionAsync(new Regex("^incident.created: The result is not valid JSON"));
        await Expect(Page.Field("Rate limit")).ToHaveAccessibleDescriptionAsync(new Regex("from 1 to 1,000"));
        await examination.ExamineAsync("notification-template-refused");

        await Page.Field("Template body").FillAsync("{\"summary\": \"{{ data.title }}\"}");
        await Expect(preview).ToContainTextAsync("summary");
        await Page.Field("Rate limit").FillAsync("10");
        await Page.Field("Per").SelectOptionAsync("Minute");
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        Assert.Equal("""{"summary":"[Test] API Connectivity Issues"}""", Assert.Single(receiver.Requests).Text);
        await examination.ExamineAsync("notification-template");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Own form")).ToBeVisibleAsync();

        await ReportAsync("It says \"no\"");
        Assert.Equal("""{"summary":"It says \"no\""}""", (await receiver.WaitForAsync(2))[1].Text);
        await GoToAsync("Deliveries");
        await Page.Row("It says").Link("incident.created").ClickAsync();
        await Expect(Page.Region("Request body")).ToContainTextAsync("summary");
        await Expect(Page.Region("The event it was rendered from")).ToContainTextAsync("startedAt");
        await examination.ExamineAsync("delivery-template");

        await Page.GotoAsync("admin/notifications/1/receivers");
        await Expect(Page.Region("Example")).ToContainTextAsync("summary");
        await Page.GotoAsync("admin/notifications/1/edit");
        await Expect(Page.Field("Body")).ToHaveValueAsync("Template");
        await Expect(Page.Field("Rate limit")).ToHaveValueAsync("10");
        await Expect(Page.Field("Per")).ToHaveValueAsync("Minute");
        examination.AssertNothingFound();
    }

    [Fact]
    public async Task A_chat_starts_with_incidents_and_maintenance_and_keeps_what_was_chosen()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/notifications/new");
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Discord", Exact = true }).CheckAsync();
        await Expect(Page.Checkbox("All incident events")).ToBeCheckedAsync();
        await Expect(Page.Checkbox("All maintenance events")).ToBeCheckedAsync();
        await Expect(Page.Checkbox("All component events")).Not.ToBeCheckedAsync();
        await Expect(Page.Region("Preview").Locator(".discord-head")).ToContainTextAsync(new Regex(@"Name of the webhook\s+APP\s+\S"));
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Webhook", Exact = true }).CheckAsync();
        await Expect(Page.Checkbox("All incident events")).Not.ToBeCheckedAsync();
        await Page.Checkbox("component.created").CheckAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Slack", Exact = true }).CheckAsync();
        await Expect(Page.Checkbox("component.created")).ToBeCheckedAsync();
        await Expect(Page.Checkbox("All incident events")).Not.ToBeCheckedAsync();
    }
}

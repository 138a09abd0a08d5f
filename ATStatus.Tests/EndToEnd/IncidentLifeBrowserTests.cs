using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>An incident from its report to its deletion, and the history that stays, by the labels that people see.</summary>
public sealed class IncidentLifeBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private ILocator Update => Page.Region("New update");

    private ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_incident_is_created_raised_edited_resolved_reopened_and_deleted(int width)
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.SetViewportSizeAsync(width, 844);
        await Page.GotoAsync("admin/incidents/new");
        await Page.Field("Title").FillAsync("API errors");
        await Page.Field("Message").FillAsync("Some requests fail.");
        await Expect(Page.Field("Ended")).ToHaveCountAsync(0);
        await Page.Checkbox("API").CheckAsync();
        await Page.Checkbox("Database").CheckAsync();
        await Expect(Page.Field("Status of API")).ToHaveValueAsync(nameof(ComponentStatus.Degraded));
        await Page.Field("Status of Database").SelectOptionAsync("No change");
        await Expect(Page.GetByText("Components keep these statuses until the incident is resolved.")).ToBeVisibleAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("API errors")).ToBeVisibleAsync();

        // Raised: the form shows what follows, before it is posted.
        await Field(Update, "Message").FillAsync("It is an outage.");
        await Field(Update, "Severity").SelectOptionAsync("Critical");
        await Expect(Field(Update, "Status of API")).ToHaveValueAsync(nameof(ComponentStatus.MajorOutage));
        await Expect(Field(Update, "Status of Database")).ToHaveValueAsync("");
        await Update.Button("Preview").ClickAsync();
        await Expect(Page.Region("Preview").GetByText("component.status_changed", new() { Exact = true })).ToBeVisibleAsync();
        await Update.Button("Post update").ClickAsync();
        await Expect(Page.GetByText("It is an outage.", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Field(Update, "Message")).ToHaveValueAsync("");
        Assert.Equal(ComponentStatus.MajorOutage, await StatusAsync("API"));

        // Its end is asked for when it has one.
        await Page.Button("Edit").ClickAsync();
        await Expect(Field(Dialog, "Title")).ToBeFocusedAsync();
        await Expect(Field(Dialog, "Ended")).ToHaveCountAsync(0);
        await Field(Dialog, "Title").FillAsync("API outage");
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Dialog.GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(Page.Heading("API outage")).ToBeVisibleAsync();
        await Expect(Page.Button("Edit")).ToBeFocusedAsync();

        await Field(Update, "Message").FillAsync("It works again.");
        await Update.Button("Resolve").ClickAsync();
        await Expect(Page.Button("Reopen")).ToBeVisibleAsync();
        Assert.Equal(ComponentStatus.Operational, await StatusAsync("API"));
        await Page.Button("Reopen").ClickAsync();
        await Expect(Field(Update, "Message")).ToBeFocusedAsync();
        await Field(Update, "Message").FillAsync("It is back.");
        await Update.Button("Post update").ClickAsync();
        await Expect(Page.Button("Reopen")).ToHaveCountAsync(0);
        Assert.Equal(ComponentStatus.MajorOutage, await StatusAsync("API"));
        await Field(Update, "Message").FillAsync("Over for good.");
        await Update.Button("Resolve").ClickAsync();
        await Expect(Page.Button("Reopen")).ToBeVisibleAsync();

        await Page.Button("Edit").ClickAsync();
        var end = await Field(Dialog, "Ended").InputValueAsync();
        Assert.Matches("^20", end);
        await Field(Dialog, "Ended").FillAsync(Local(DateTime.UtcNow.AddHours(1)));
        await Dialog.Button("Save").ClickAsync();
        await Expect(Field(Dialog, "Ended")).ToHaveAccessibleDescriptionAsync(new Regex("cannot end in the future"));
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Page.GetByText("Close without saving?")).ToBeVisibleAsync();
        await Page.Button("Discard").ClickAsync();
        await Expect(Dialog).ToHaveCountAsync(0);

        await Page.Button("Delete incident").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Radio, new() { Name = "Keep its downtime", Exact = true })).ToBeCheckedAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Remove its downtime", Exact = true }).CheckAsync();
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Dialog.GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(Page.Heading("Incidents")).ToBeVisibleAsync();
        Assert.Empty(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        await Page.GotoAsync($"admin/components/{await IdAsync("API")}");
        await Expect(Page.GetByRole(AriaRole.List, new() { Name = "Changes of status" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task An_incident_is_resolved_in_one_press_and_its_page_says_who_has_been_notified()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(404));
        await StartSignedInAsync(new ConsoleAppOptions { Settings = { ["Webhooks:MaxAttempts"] = "1" } });
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/incidents/templates");
        var texts = Page.Region("Default texts");
        await Field(texts, "Resolved").FillAsync("{{ foo }}");
        await texts.Button("Save default texts").ClickAsync();
        await Expect(Field(texts, "Resolved")).ToHaveAccessibleDescriptionAsync(new Regex("There is no variable {{ foo }}\\. The variables are {{ page }}, {{ components }} and {{ time }}\\."));
        await Field(texts, "Resolved").FillAsync("{{ page }} works again since {{ time }}.");
        await texts.Button("Save default texts").ClickAsync();
        await Expect(Page.GetByText("Default texts saved")).ToBeVisibleAsync();
        Assert.Empty(await AxeScan.FindingsAsync(Page));

        await SubscribeAsync(receiver.Url.AbsoluteUri, "Pager");
        await SubscribeAsync(gone.Url.AbsoluteUri, "Old intranet");
        var incident = await ReportAsync("API errors");
        var link = Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Incidents", Exact = true });
        await Expect(link).ToHaveAccessibleDescriptionAsync("1 open incident");
        await Page.GotoAsync($"admin/incidents/{incident}");
        await Expect(Page.Link("1 of 2 delivered, 1 failed")).ToBeVisibleAsync();
        await Field(Update, "Status").SelectOptionAsync("Identified");
        await Expect(Field(Update, "Message")).ToHaveValueAsync("The issue has been identified and a fix is being implemented.");
        await Update.Button("Resolve").ClickAsync();
        await Expect(Page.GetByText("Saved. The incident is resolved. It goes to 2 notifications.")).ToBeVisibleAsync();
        await Expect(link).ToHaveAccessibleDescriptionAsync("");
        Assert.Matches("Main Status works again since [^{]+ \\(.+\\)\\.", (await receiver.WaitForAsync(2))[1].Text);
        await Expect(Page.Field("Status of API")).ToHaveCountAsync(0);

        await Page.Field("Post-mortem").FillAsync("A disk was full.");
        await Page.Button("Save post-mortem").ClickAsync();
        await Expect(Page.GetByText("Post-mortem saved. No event was raised.")).ToBeVisibleAsync();
        await Page.Link("1 of 2 delivered, 1 failed").ClickAsync();
        await Expect(Page.Heading("Delivery report")).ToBeVisibleAsync();
        await Page.Field("Outcome").SelectOptionAsync("Failed");
        await Expect(Page.Row("Old intranet")).ToContainTextAsync("last attempt 404");
        await Expect(Page.Row("Pager")).ToHaveCountAsync(0);
        Assert.Empty(await AxeScan.FindingsAsync(Page));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_outage_entered_afterwards_says_what_counts_and_its_history_can_be_corrected(int width)
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.SetViewportSizeAsync(width, 844);
        await Page.GotoAsync("admin/incidents/new");
        await Page.Field("Title").FillAsync("API was down");
        await Page.Field("Message").FillAsync("A disk was full.");
        await Page.Field("Severity").SelectOptionAsync("Critical");
        await Page.Field("Status").SelectOptionAsync("Resolved");
        await Page.Checkbox("API").CheckAsync();
        var day = DateTime.UtcNow.Date.AddDays(-2);
        await Page.Field("Started").FillAsync(Local(day.AddHours(6)));
        await Page.Field("Ended").FillAsync(Local(day.AddHours(9)));
        await Expect(Page.GetByText(new Regex("Counts as downtime of API from .*06:00 to 09:00\\."))).ToBeVisibleAsync();
        await Expect(Page.GetByText("Recorded as already resolved. Component statuses don't change now; the time counts in their history.")).ToBeVisibleAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("API was down")).ToBeVisibleAsync();
        await Expect(Page.GetByText("3 h", new() { Exact = true })).ToBeVisibleAsync();

        await Page.GotoAsync($"admin/components/{await IdAsync("API")}");
        var changes = Page.GetByRole(AriaRole.List, new() { Name = "Changes of status" }).GetByRole(AriaRole.Listitem);
        await Expect(changes).ToHaveCountAsync(3);
        await Expect(Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("99\\.86 % uptime; major outage on 1 day") })).ToBeVisibleAsync();
        await Page.Button("Correct history").ClickAsync();
        await Expect(Field(Dialog, "From")).ToBeFocusedAsync();
        await Field(Dialog, "From").FillAsync(Local(day.AddHours(6)));
        await Field(Dialog, "Until").FillAsync(Local(day.AddHours(9)));
        await Field(Dialog, "Status").SelectOptionAsync("Operational");
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Dialog.Button("Save").ClickAsync();

        await Expect(Dialog).ToHaveCountAsync(0);
        await Expect(changes.GetByText("Corrected", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("100\\.00 % uptime; operational throughout; corrected on 1 day") })).ToBeVisibleAsync();
        Assert.True(await Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
    }

    private static ILocator Field(ILocator part, string label) => part.GetByLabel(label, new() { Exact = true });

    private static string Local(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private async Task<ComponentRow> ComponentAsync(string name) =>
        (await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop)).Single(row => row.Name == name);

    private async Task<int> IdAsync(string name) => (await ComponentAsync(name)).Id;

    private async Task<ComponentStatus> StatusAsync(string name) => (await ComponentAsync(name)).Status;
}

using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>In a browser, over real receivers: limits, who is alerted of failing, and taking notifications out and in.</summary>
public sealed class NotificationLimitsBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task What_is_chosen_in_the_form_holds_for_the_next_event_and_the_event_says_why_not()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Only the API");
        await Page.Field("URL").FillAsync(receiver.Url.AbsoluteUri);
        await Page.Checkbox("All incident events").CheckAsync();
        await Page.Checkbox("API").CheckAsync();
        await Expect(Page.Checkbox("All components")).Not.ToBeCheckedAsync();
        await Page.Field("Incident severity").SelectOptionAsync("Major or worse");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Only the API")).ToContainTextAsync("of API");
        await Expect(Page.Row("Only the API")).ToContainTextAsync("incidents: major or worse");

        await ReportAsync("Elsewhere", IncidentSeverity.Critical, "Database");
        await ReportAsync("Too mild", IncidentSeverity.Minor, "API");
        await ReportAsync("Just that", IncidentSeverity.Major, "API");
        Assert.Contains("Just that", Assert.Single(await receiver.WaitForAsync(1)).Text, StringComparison.Ordinal);

        await Page.GotoAsync("admin/incidents/1/told");
        await Expect(Page.Locator("main")).ToContainTextAsync("none of the chosen components was concerned");
        await Page.GotoAsync("admin/incidents/2/told");
        await Expect(Page.Locator("main")).ToContainTextAsync("it was not severe enough");

        await Page.GotoAsync("admin/notifications/1/edit");
        await Page.Checkbox("All components").CheckAsync();
        await Page.Field("Incident severity").SelectOptionAsync("Any");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Only the API")).Not.ToContainTextAsync("of API");
        await ReportAsync("Anything", IncidentSeverity.None, "Database");
        Assert.Contains("Anything", (await receiver.WaitForAsync(2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_notification_is_told_that_one_was_switched_off_and_the_log_shows_it()
    {
        await using var gone = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        await using var pager = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(gone.Url.AbsoluteUri, "Partner");
        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Pager", new(pager.Url.AbsoluteUri, "s3cret"), new([EventType.MaintenanceStarted])), Stop);
        await Page.GotoAsync("admin/notifications/1/edit");
        await Page.Field("Alert on failure").SelectOptionAsync("Pager");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Pager is alerted on failure")).ToBeVisibleAsync();

        await ReportAsync("Down", IncidentSeverity.Major, "API");

        var received = Assert.Single(await pager.WaitForAsync(1));
        Assert.Equal("notification.switched_off", received.Header("X-Webhook-Event"));
        Assert.True(DocumentVerifier.Verify(received.Body, received.Header("X-Webhook-Signature")!, "s3cret"));
        await Expect(Page.Row("Failing; Pager was alerted")).ToContainTextAsync("410 Gone");
        await GoToAsync("Deliveries");
        await Page.Link("notification.switched_off").ClickAsync();
        await Expect(Page.Locator("main")).ToContainTextAsync("notification.switched_off: Partner");
        await Page.Link("notification.switched_off").ClickAsync();
        await Expect(Page.Region("Delivery report").GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Page.Link("Partner").ClickAsync();
        await Expect(Page.Heading("Partner")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Notifications_are_exported_changed_in_bulk_by_keyboard_duplicated_and_imported()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.UrlFor("127.0.0.1", "/services/T0ken/abc").AbsoluteUri, "One");
        await SubscribeAsync(receiver.Url.AbsoluteUri, "Two");
        await GoToAsync("Notifications");
        var download = await Page.RunAndWaitForDownloadAsync(() => Page.Link("Export").ClickAsync());
        Assert.Matches(@"^notifications-\d{4}-\d\d-\d\d\.json$", download.SuggestedFilename);
        var file = await download.PathAsync();
        Assert.DoesNotContain("s3cret", await File.ReadAllTextAsync(file, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("T0ken", await File.ReadAllTextAsync(file, Stop), StringComparison.Ordinal);

        await Page.Checkbox("Select all on this page").FocusAsync();
        await Page.Keyboard.PressAsync("Space");
        await Expect(Page.GetByText("2 selected")).ToBeVisibleAsync();
        await Page.Checkbox("Select Two").FocusAsync();
        await Page.Keyboard.PressAsync("Space");
        await Expect(Page.GetByText("1 selected")).ToBeVisibleAsync();
        await Page.Button("Switch off selected").FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.GetByRole(AriaRole.Switch, new() { Name = "On: One" })).Not.ToBeCheckedAsync();
        await Expect(Page.GetByRole(AriaRole.Switch, new() { Name = "On: Two" })).ToBeCheckedAsync();
        // The bar is gone, and the focus stays at its place.
        await Expect(Page.Locator(".bulk")).ToBeFocusedAsync();

        await Page.Link("Duplicate Two").ClickAsync();
        await Expect(Page.GetByText("It does not exist before it is saved.")).ToBeVisibleAsync();
        await Page.Button("Generate").ClickAsync();
        await Page.Field("Name").FillAsync("Three");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Three")).ToBeVisibleAsync();

        await Page.Link("Import").ClickAsync();
        await Page.ChooseFileAsync("File", file);
        await Expect(Page.Heading("2 notifications")).ToBeVisibleAsync();
        await Page.Button("Import 2 notifications").ClickAsync();
        await Page.GetByRole(AriaRole.Alert).Button("One: Enter a URL.").ClickAsync();
        await Expect(Page.Field("URL of One")).ToBeFocusedAsync();
        await Page.Field("URL of One").FillAsync(receiver.Url.AbsoluteUri);
        await Page.Field("Secret of One").FillAsync("another");
        await Expect(Page.Heading("One notification is left")).ToBeVisibleAsync();
        await Page.Button("Import it").ClickAsync();
        await Expect(Page.Row("Imported, and not switched on yet.")).ToHaveCountAsync(1);
        var without = Page.Row("Imported without its secret.");
        await without.GetByRole(AriaRole.Switch).ClickAsync();
        await Expect(Page.GetByText("Two was imported without its secret.")).ToBeVisibleAsync();
        await Expect(without.GetByRole(AriaRole.Switch)).Not.ToBeCheckedAsync();
    }

    private async Task ReportAsync(string title, IncidentSeverity severity, string component)
    {
        var found = (await Get<StatusPageQueries>().ChoicesAsync(Stop)).Single(c => c.Name == component);
        await Get<IncidentService>().CreateAsync(
            new IncidentInput(found.StatusPageId, title, severity, IncidentStatus.Investigating, "We look into it.", [new AffectedComponent(found.Id)]),
            new Actor("op"), Stop);
    }
}

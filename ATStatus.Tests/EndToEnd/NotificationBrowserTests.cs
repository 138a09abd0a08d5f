using System.Text.RegularExpressions;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Adding notifications: by a newcomer without an endpoint, for an address the guard refuses, and without a mouse.</summary>
public sealed partial class NotificationBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task In_production_a_newcomer_without_an_endpoint_sees_a_signed_POST_arrive()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Environment = "Production" });
        await Page.Button("Load sample data").ClickAsync();
        await Page.Link("Add a notification").ClickAsync();
        await Page.Field("Name").FillAsync("Trying it out");
        await Page.Button("Use the test receiver").ClickAsync();
        await Page.Button("Generate").ClickAsync();
        await Page.Checkbox("All incident events").CheckAsync();
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Trying it out")).ToBeVisibleAsync();

        await GoToAsync("Test receiver");
        await Expect(Page.GetByText("Signature valid")).ToHaveCountAsync(1);
        await ReportAsync("Seen without an endpoint");
        await Expect(Page.GetByText("Signature valid")).ToHaveCountAsync(2);
        await Page.GetByText("Signature valid").First.ClickAsync();
        await Expect(Page.GetByText("Seen without an endpoint")).ToBeVisibleAsync();

        await GoToAsync("Overview");
        await Expect(Page.Heading("Get started: receive your first webhook")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_guarded_address_is_named_beside_the_field_at_a_test_and_in_the_log()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Inside");
        await Page.Field("URL").FillAsync("http://169.254.169.254/latest/meta-data");
        await Page.Field("Secret").FillAsync("typed by hand");
        await Expect(Page.Field("URL")).ToHaveAccessibleDescriptionAsync(NamesTheSetting());
        await Expect(Page.Field("URL")).ToHaveAttributeAsync("aria-invalid", "true");

        var form = Page.Region("Send a test");
        await form.Button("Send test").ClickAsync();
        await Expect(form).ToContainTextAsync("Failed: ");
        await Expect(form).ToContainTextAsync("Webhooks:AllowedNetworks");

        await Page.Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Webhooks:AllowedNetworks");
        await Expect(Page.GetByRole(AriaRole.Group, new() { Name = "Events", Exact = true })).ToHaveAccessibleDescriptionAsync(new Regex("at least one"));
        await Expect(Page.Field("URL")).ToHaveAccessibleDescriptionAsync(NamesTheSetting());
        await Expect(Page.Field("Name")).ToHaveValueAsync("Inside");
        await Expect(Page.Field("URL")).ToHaveValueAsync("http://169.254.169.254/latest/meta-data");
        await Expect(Page.Field("Secret")).ToHaveValueAsync("typed by hand");

        var log = await Window.NewTabAsync();
        await log.GotoAsync("admin/deliveries/1");
        await Expect(log.GetByText("Webhooks:AllowedNetworks").First).ToBeVisibleAsync();
        await Expect(log.GetByText("No request went out.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in_adds_a_notification_and_deletes_it()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartAsync();
        var keyboard = Page.Keyboard;
        await Page.GotoAsync("login");
        await Expect(Page.Field("Email")).ToBeFocusedAsync();
        await keyboard.TypeAsync(ConsoleApp.AdminEmail);
        await TabToAsync(Page.Field("Password"));
        await keyboard.TypeAsync(ConsoleApp.AdminPassword);
        await keyboard.PressAsync("Enter");

        await ReachAsync(Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).Link("Notifications"));
        await Expect(Page.Heading("Notifications")).ToBeFocusedAsync();
        await ReachAsync(Page.Button("Add Notification"));
        await Expect(Page.GetByRole(AriaRole.Radio, new() { Name = "Webhook", Exact = true })).ToBeFocusedAsync();
        await TabToAsync(Page.Field("Name"));
        await keyboard.TypeAsync("By keyboard");
        await TabToAsync(Page.Field("URL"));
        await keyboard.TypeAsync(receiver.Url.AbsoluteUri);
        // The events are one stop; the arrow keys go through them.
        await TabToAsync(Page.Checkbox("All events"));
        foreach (var next in (string[])["All incident events", "incident.created", "incident.updated", "incident.resolved"])
        {
            await keyboard.PressAsync("ArrowDown");
            await Expect(Page.Checkbox(next)).ToBeFocusedAsync();
        }
        await keyboard.PressAsync("Space");
        await ReachAsync(Page.Button("Send test"));
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        await Expect(Page.Button("Send test")).ToBeFocusedAsync();
        await ReachAsync(Page.Button("Save"));
        await Expect(Page.Row("By keyboard")).ToContainTextAsync("incident.resolved");
        await Expect(Page.Heading("Notifications")).ToBeFocusedAsync();

        await ReachAsync(Page.Button("Delete By keyboard"));
        var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete By keyboard?" });
        await Expect(question).ToBeVisibleAsync();
        await Expect(question.Button("Cancel")).ToBeFocusedAsync();
        await keyboard.PressAsync("Escape");
        await Expect(question).ToBeHiddenAsync();
        await Expect(Page.Button("Delete By keyboard")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await ReachAsync(question.Button("Delete"));
        await Expect(Page.GetByText("No notifications yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_secret_is_replaced_a_header_added_and_a_private_authority_trusted_by_the_form_alone()
    {
        using var root = TestAuthority.Root();
        using var certificate = root.Issue("localhost");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        await StartSignedInAsync(new ConsoleAppOptions { Settings = { ["Webhooks:AllowInsecureTls"] = "true" } });
        await Page.Button("Load sample data").ClickAsync();
        await Expect(Page.Button("Load sample data")).ToBeHiddenAsync();
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Inside");
        await Page.Field("URL").FillAsync(receiver.UrlFor("localhost").AbsoluteUri);
        await Page.Field("Secret").FillAsync("the first");
        await Page.Checkbox("All incident events").CheckAsync();
        await Expect(Page.Field("Certificate check")).ToBeHiddenAsync();
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Failed: ");
        await Page.Button("Advanced").ClickAsync();
        await Page.Field("Certificate check").SelectOptionAsync("Not verified");
        await Expect(Page.GetByText("The receiver is not verified")).ToBeVisibleAsync();
        await Page.Button("Add header").ClickAsync();
        await Expect(Page.Field("Header 1 name")).ToBeFocusedAsync();
        await Page.Field("Header 1 name").FillAsync("Host");
        await Page.Field("Header 1 value").FillAsync("Bearer of-the-browser");
        await Page.Button("Advanced").ClickAsync();
        await Page.Button("Save").ClickAsync();
        // What is wrong opens what it is in, and the summary leads there.
        await Page.GetByRole(AriaRole.Alert).Button("Host is set by the console or the connection and cannot be added.").ClickAsync();
        await Expect(Page.Field("Header 1 name")).ToBeFocusedAsync();
        await Page.Field("Header 1 name").FillAsync("Authorization");
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Inside")).ToContainTextAsync("Not verified");

        await Page.Link("Edit Inside").ClickAsync();
        await Expect(Page.Field("Header 1 name")).ToHaveValueAsync("Authorization");
        await Expect(Page.Field("Header 1 value")).ToHaveValueAsync("");
        await Page.Field("Certificate check").SelectOptionAsync("Extra certificate authority");
        await Page.Field("Certificate (PEM)").FillAsync(root.Pem);
        await Expect(Page.Field("Certificate (PEM)")).ToHaveAccessibleDescriptionAsync(new Regex("Recognised: CN=Example Root"));
        await Page.Field("Secret").FillAsync("the second");
        await Page.Field("Old secret keeps signing").SelectOptionAsync("7 days");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Inside")).ToContainTextAsync("The previous secret also signs until");
        await Expect(Page.Row("Inside")).Not.ToContainTextAsync("Not verified");
        await ReportAsync("Sent by both");
        var both = (await receiver.WaitForAsync(2))[1];
        Assert.Equal("Bearer of-the-browser", both.Header("Authorization"));
        Assert.True(DocumentVerifier.Verify(both.Body, both.Header("X-Webhook-Signature")!, "the second"));
        Assert.True(DocumentVerifier.Verify(both.Body, both.Header("X-Webhook-Signature-Previous")!, "the first"));

        await GoToAsync("Notifications");
        await Page.Link("Edit Inside").ClickAsync();
        await Page.Checkbox("Stop now").CheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Inside")).Not.ToContainTextAsync("previous secret");
        await ReportAsync("Sent by one");
        Assert.Null((await receiver.WaitForAsync(3))[2].Header("X-Webhook-Signature-Previous"));
        await GoToAsync("Deliveries");
        await Expect(Page.GetByText("Bearer")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("Webhooks:AllowedNetworks")]
    private static partial Regex NamesTheSetting();
}

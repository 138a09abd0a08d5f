using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The main job: from a fresh install to a signed POST that the user's own function accepts.</summary>
public sealed partial class FirstPostTests(TestBrowser browser) : BrowserTest(browser)
{
    private const string Title = "API Connectivity Issues 🚨 <b>& \"friends\"</b>";

    [Fact]
    public async Task From_a_fresh_install_to_a_verified_POST_in_the_log()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200, """{"thanks":true}"""));
        await StartAsync(new ConsoleAppOptions { FirstAccount = false });
        await SetUpAsync();
        await LoadSampleDataAsync();

        var secret = await FillInNotificationAsync(receiver.Url);
        await SendTestAsync(receiver, secret);
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("My endpoint")).ToContainTextAsync("All 9 events");
        Window.ForgetFrames();
        await AssertSecretIsGoneAsync(Page, secret);

        var log = await Window.NewTabAsync();
        await log.GotoAsync("admin/deliveries");
        await Expect(log.Row("[Test] ")).ToContainTextAsync("Delivered");
        await Expect(log.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await Page.BringToFrontAsync();
        await CreateIncidentAsync();
        await log.BringToFrontAsync();
        // Beside the test and the incident its two components, and sends run side by side.
        var request = (await receiver.WaitForAsync(4)).Skip(1).Single(sent => sent.Header("X-Webhook-Event") == "incident.created");
        AssertRequest(request, secret, "incident.created", Title);

        // The log was open before the incident was, and nobody touched it since.
        var row = log.Row(Title);
        await Expect(row).ToContainTextAsync("Delivered");
        await AssertSecretIsGoneAsync(log, secret);
        await row.Link("incident.created").ClickAsync();
        await AssertDetailAsync(log, request, secret);
        await AssertJobAsync(log, secret);
        await Page.BringToFrontAsync();
        await AssertSecretStaysAwayAsync(secret);
    }

    private async Task SetUpAsync()
    {
        await Page.GotoAsync(Printed().Match(App.Output).Groups[1].Value);
        await Page.Field("Email").FillAsync("first@example.com");
        await Page.Field("Password").FillAsync("a long enough password");
        await Page.Field("Repeat password").FillAsync("a long enough password");
        await Page.Button("Create account").ClickAsync();
    }

    private async Task LoadSampleDataAsync()
    {
        var steps = Page.Region("Get started: receive your first webhook");
        await Expect(steps).ToContainTextAsync("0 of 4 done");
        await steps.Button("Load sample data").ClickAsync();
        await Expect(steps).ToContainTextAsync("1 of 4 done");
        await Expect(Page.Link("Main Status")).ToBeVisibleAsync();
    }

    private async Task<string> FillInNotificationAsync(Uri url)
    {
        await GoToAsync("Notifications");
        await Page.Button("Add Notification").ClickAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Webhook", Exact = true }).CheckAsync();
        await Page.Field("Name").FillAsync("My endpoint");
        await Page.Field("URL").FillAsync(url.AbsoluteUri);
        await Page.Button("Generate").ClickAsync();
        await Page.Checkbox("All events").CheckAsync();
        await Expect(Page.Checkbox("component.deleted")).ToBeCheckedAsync();
        await Expect(Page.GetByText("Store it now: it is never shown again.")).ToBeVisibleAsync();
        var secret = await Page.Field("Secret").InputValueAsync();
        Assert.True(secret.Length >= 32, $"A secret of {secret.Length} characters.");
        return secret;
    }

    private async Task SendTestAsync(LoopbackReceiver receiver, string secret)
    {
        var form = Page.Region("Send a test");
        await form.Button("Send test").ClickAsync();
        await Expect(form).ToContainTextAsync("Delivered: status 200");
        await Expect(form).ToContainTextAsync("thanks");
        await Expect(form.GetByRole(AriaRole.Link, new() { Name = "Log entry #1" })).ToBeVisibleAsync();
        var request = Assert.Single(await receiver.WaitForAsync(1));
        AssertRequest(request, secret, "incident.created", null);
    }

    private async Task CreateIncidentAsync()
    {
        await GoToAsync("Incidents");
        await Page.Button("Create Incident").ClickAsync();
        await Page.Field("Title").FillAsync(Title);
        await Page.Field("Severity").SelectOptionAsync("Major");
        await Page.Field("Status").SelectOptionAsync("Investigating");
        await Page.Field("Message").FillAsync("We are investigating reports of API errors.");
        await Page.Checkbox("API").CheckAsync();
        await Page.Checkbox("Dashboard").CheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading(Title)).ToBeVisibleAsync();
    }

    private static void AssertRequest(ReceivedRequest request, string secret, string type, string? title)
    {
        Assert.Equal("POST", request.Method);
        Assert.Equal(
            ["Content-Length", "Content-Type", "Host", "User-Agent", "X-Request-ID", "X-Webhook-Event", "X-Webhook-Signature"],
            request.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal("ATStatus-Webhook/1.0", request.Header("User-Agent"));
        Assert.Equal(type, request.Header("X-Webhook-Event"));
        Assert.True(Guid.TryParseExact(request.Header("X-Request-ID"), "D", out _));
        Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, secret));
        Assert.False(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, secret + "x"));

        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal(type, body.RootElement.GetProperty("event").GetString());
        Assert.Equal("Main Status", body.RootElement.GetProperty("statusPage").GetProperty("name").GetString());
        var data = body.RootElement.GetProperty("data");
        if (title is null)
        {
            Assert.StartsWith("[Test] ", data.GetProperty("title").GetString(), StringComparison.Ordinal);
            return;
        }
        Assert.Equal(title, data.GetProperty("title").GetString());
        Assert.Equal("major", data.GetProperty("severity").GetString());
        Assert.Equal("investigating", data.GetProperty("status").GetString());
        Assert.Equal(["API", "Dashboard"], data.GetProperty("components").EnumerateArray().Select(name => name.GetString()));
    }

    private static async Task AssertDetailAsync(IPage log, ReceivedRequest request, string secret)
    {
        await Expect(log.Heading("Delivery #2")).ToBeVisibleAsync();
        await Expect(log.GetByText("The receiver took it: status 200")).ToBeVisibleAsync();
        await Expect(log.GetByRole(AriaRole.Region, new() { Name = "Request headers of attempt 1" }))
            .ToContainTextAsync($"X-Request-ID: {request.Header("X-Request-ID")}");
        await Expect(log.Region("Response body of attempt 1")).ToContainTextAsync("thanks");
        var body = log.Region("Request body");
        await Expect(body).ToContainTextAsync("We are investigating reports of API errors.");
        await log.GetByRole(AriaRole.Figure).Filter(new() { Has = body }).Button("Raw").ClickAsync();
        await Expect(body).ToHaveTextAsync(request.Text);
        await AssertSecretIsGoneAsync(log, secret);
    }

    private static async Task AssertJobAsync(IPage tab, string secret)
    {
        await tab.Link("Jobs").ClickAsync();
        await Expect(tab).ToHaveTitleAsync(new Regex("ATStatus jobs"));
        await tab.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Jobs") }).ClickAsync();
        await tab.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Succeeded") }).ClickAsync();
        await tab.Link("Send event #2").ClickAsync();
        await Expect(tab.Heading("Send event #2")).ToBeVisibleAsync();
        await AssertSecretIsGoneAsync(tab, secret);
    }

    /// <summary>Looks at every page once more: what was stored must not come back to any of them.</summary>
    private async Task AssertSecretStaysAwayAsync(string secret)
    {
        foreach (var path in (string[])["admin", "admin/notifications", "admin/notifications/1", "admin/deliveries/1", "admin/test-receiver"])
        {
            await Page.GotoAsync(path);
            await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await AssertSecretIsGoneAsync(Page, secret);
        }
        Assert.NotEmpty(Window.Frames);
        Assert.DoesNotContain(Window.Frames, frame => frame.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(App.Logs, line => line.Contains(secret, StringComparison.Ordinal));
    }

    private static async Task AssertSecretIsGoneAsync(IPage page, string secret)
    {
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        var typed = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('input, textarea')].map(field => field.value)");
        Assert.DoesNotContain(typed, value => value.Contains(secret, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"First start: create your account at (\S+)")]
    private static partial Regex Printed();
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Discord, Slack and Microsoft Teams from an empty form to a message that arrived, at servers that stand in for theirs.</summary>
public sealed class ChatBrowserTests(TestBrowser browser) : BrowserTest(browser), IAsyncDisposable
{
    private readonly StandInServices _services = new();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData("Discord", "discord", "https://hooks.slack.com/services/T0/B0/x", "Not a Discord webhook URL")]
    [InlineData("Slack", "slack", "https://hooks.slack.com/triggers/T0/1/x", "starts a workflow")]
    [InlineData("Microsoft Teams", "teams", "https://contoso.webhook.office.com/webhookb2/1", "has retired Office 365 connectors")]
    public async Task From_the_form_to_a_message_that_arrived(string type, string kind, string wrongUrl, string words)
    {
        await StartSignedInAsync(new ConsoleAppOptions { Configure = builder => _services.Register(builder.Services) });
        await Get<StatusPageService>().CreateAsync(new StatusPageInput("Shop & more", "shop", PublicUrl: "https://status.example.com"), Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Page.GetByRole(AriaRole.Radio, new() { Name = type, Exact = true }).CheckAsync();
        await Expect(Page.Field("Secret")).ToHaveCountAsync(0);
        await Page.Field("Name").FillAsync("Team chat");

        await Page.Field("URL").FillAsync(wrongUrl);
        await Page.Field("Name").FocusAsync();
        await Expect(Page.Field("URL")).ToHaveAccessibleDescriptionAsync(new Regex(words));
        await Expect(Page.Field("URL")).ToHaveAttributeAsync("aria-invalid", "true");
        await Page.Field("URL").FillAsync(StandInServices.UrlOf(kind));
        await Page.Field("Name").FocusAsync();
        await Expect(Page.Field("URL")).Not.ToHaveAttributeAsync("aria-invalid", "true");

        var preview = Page.Region("Preview");
        await Expect(preview).ToContainTextAsync("New incident");
        await Page.Field("Test event").SelectOptionAsync("maintenance.scheduled");
        await Expect(preview).ToContainTextAsync("Maintenance scheduled");
        await Expect(preview).ToContainTextAsync("Shop & more");

        await Page.Checkbox("All incident events").CheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Team chat")).ToContainTextAsync(type);

        await ReportAsync("Checkout <fails>");
        var request = Assert.Single(await _services.Receiver.WaitForAsync(1));
        Assert.Equal("application/json", request.Header("Content-Type"));
        await GoToAsync("Deliveries");
        await Expect(Page.Row("Checkout <fails>")).ToContainTextAsync("Delivered");
        await Page.Row("Checkout <fails>").Link("incident.created").ClickAsync();
        var shown = Page.Region("Request body, written again from the event with the notification's present settings");
        await Expect(shown).ToContainTextAsync("Checkout");
        await Page.Button("Raw").First.ClickAsync();
        await Expect(shown).ToHaveTextAsync(request.Text);
        await Expect(Page.Region("The event it is written from")).ToContainTextAsync("incident.created");
    }

    [Theory]
    [InlineData("Discord", "discord")]
    [InlineData("Slack", "slack")]
    [InlineData("Microsoft Teams", "teams")]
    public async Task A_test_of_an_unsaved_form_arrives_and_keeps_nothing_but_its_entry_in_the_log(string type, string kind)
    {
        await StartSignedInAsync(new ConsoleAppOptions { Configure = builder => _services.Register(builder.Services) });
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Page.GetByRole(AriaRole.Radio, new() { Name = type, Exact = true }).CheckAsync();
        await Page.Field("Name").FillAsync("Only tried");
        await Page.Field("URL").FillAsync(StandInServices.UrlOf(kind));
        if (kind == "discord")
        {
            await Page.Field("User name").FillAsync("Nobody's bot");
            await Page.Field("Thread ID").FillAsync("123456789012345678");
        }

        await Page.Button("Send test").ClickAsync();

        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        var request = Assert.Single(_services.Receiver.Requests);
        Assert.Equal(kind == "discord", request.Text.Contains("Nobody's bot", StringComparison.Ordinal));
        Assert.Equal(kind == "discord", request.Path.Contains("thread_id=123456789012345678", StringComparison.Ordinal));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
        var log = await Window.NewTabAsync();
        await log.GotoAsync("admin/deliveries/1");
        await Expect(log.GetByText("Test", new() { Exact = true }).First).ToBeVisibleAsync();
        await Expect(log.Region("The event it is written from")).ToContainTextAsync("[Test] ");
        await Expect(log.GetByText("Nobody's bot")).ToHaveCountAsync(0);
        Assert.DoesNotContain("Nobody's bot", await StoredDeliveryAsync(), StringComparison.Ordinal);
    }

    /// <summary>All that the only delivery's row and its attempts say.</summary>
    private async Task<string> StoredDeliveryAsync()
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var delivery = await db.Deliveries.AsNoTracking().Include(d => d.Attempts).Include(d => d.Event).SingleAsync(Stop);
        var entry = new JsonObject();
        foreach (var part in (object[])[delivery, delivery.Event!, .. delivery.Attempts])
        {
            foreach (var property in db.Model.FindEntityType(part.GetType())!.GetProperties().Where(p => p.PropertyInfo is not null))
            {
                var value = property.PropertyInfo!.GetValue(part);
                entry[$"{part.GetType().Name}.{property.Name}"] = value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : value?.ToString();
            }
        }
        return entry.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

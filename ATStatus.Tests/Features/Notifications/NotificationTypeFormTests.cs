using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Sending.Messages;
using ATStatus.Tests.Support;
using Bunit;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>The forms of the types that write messages, their previews, and what a test of them says.</summary>
public sealed class NotificationTypeFormTests : NotificationPagesFixture
{
    private readonly StandInServices _services = new();

    public NotificationTypeFormTests() => _services.Register(Services);

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _services.DisposeAsync();
    }

    [Fact]
    public void A_type_shows_its_own_fields_and_what_was_typed_comes_back_with_it()
    {
        var form = Render<NotificationEditPage>();
        form.Field("Name").Input("Ops");
        Choose(form, "Discord");
        form.Field("User name").Input("Status bot");
        Assert.Empty(Labels(form, "Secret"));
        Choose(form, "Slack");
        Assert.Empty(Labels(form, "User name"));
        Assert.Empty(Labels(form, "Secret"));
        Choose(form, "Webhook");
        Assert.Single(Labels(form, "Secret"));
        Choose(form, "Discord");

        Assert.Equal("Status bot", form.Field("User name").GetAttribute("value"));
        Assert.Equal("Ops", form.Field("Name").GetAttribute("value"));
    }

    [Fact]
    public async Task Discord_s_settings_are_saved_and_shown_again()
    {
        var form = FilledForm("Discord", StandInServices.DiscordUrl);
        form.Field("User name").Input("Status bot");
        form.Field("Avatar").Input("https://example.com/logo.png");
        form.Field("Mention").Change("role");
        form.Field("Role ID").Input("42");
        form.Field("Thread ID").Input("123456789012345678");
        await form.Find("form").SubmitAsync();

        var saved = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal("discord", saved.Kind);
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, saved.Id));
        Assert.Equal("Status bot", edit.Field("User name").GetAttribute("value"));
        Assert.Equal("https://example.com/logo.png", edit.Field("Avatar").GetAttribute("value"));
        Assert.Equal("role", edit.Field("Mention").GetAttribute("value"));
        Assert.Equal("42", edit.Field("Role ID").GetAttribute("value"));
        Assert.Equal("123456789012345678", edit.Field("Thread ID").GetAttribute("value"));
        Assert.Equal("https://discord.com/api/webhooks/22…", edit.Field("URL").GetAttribute("value"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_setting_stands_beside_its_field_until_it_is_edited()
    {
        var form = FilledForm("Discord", StandInServices.DiscordUrl);
        form.Field("User name").Input("Our Discord");
        form.Field("Avatar").Input("logo.png");
        form.Field("Mention").Change("user");
        form.Field("Thread ID").Input("#general");

        await form.Find("form").SubmitAsync();

        Assert.Contains("contains 'discord' or 'clyde'", form.ErrorOf("Settings-userName"), StringComparison.Ordinal);
        Assert.Contains("complete URL of a picture", form.ErrorOf("Settings-avatarUrl"), StringComparison.Ordinal);
        Assert.Contains("the user's ID", form.ErrorOf("Settings-mentionId"), StringComparison.Ordinal);
        Assert.Contains("a number", form.ErrorOf("Settings-threadId"), StringComparison.Ordinal);
        Assert.Equal(4, form.FindAll("[role=alert] li").Count);
        form.Field("Thread ID").Input("1");
        Assert.Null(form.ErrorOf("Settings-threadId"));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    [Theory]
    [InlineData("Discord", "https://hooks.slack.com/services/T0/B0/x", "Not a Discord webhook URL")]
    [InlineData("Slack", "https://hooks.slack.com/triggers/T0/1/x", "starts a workflow")]
    [InlineData("Microsoft Teams", "https://contoso.webhook.office.com/webhookb2/1", "has retired Office 365 connectors")]
    public async Task Another_URL_is_told_when_the_field_is_left(string type, string url, string words)
    {
        var form = FilledForm(type, url);

        await form.Field("URL").BlurAsync();

        form.WaitForAssertion(() => Assert.Contains(words, form.ErrorOf("Url"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Slack", "slack")]
    [InlineData("Microsoft Teams", "teams")]
    public async Task Slack_and_Teams_need_a_URL_only(string type, string kind)
    {
        await FilledForm(type, StandInServices.UrlOf(kind)).Find("form").SubmitAsync();

        Assert.Equal(kind, Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Kind);
    }

    [Fact]
    public async Task The_list_names_the_service_and_no_signature()
    {
        await FilledForm("Slack", StandInServices.SlackUrl).Find("form").SubmitAsync();

        var row = Render<NotificationListPage>().Row("Ops");

        Assert.Contains("Slack", row.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("signed", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("https://hooks.slack.com/services/T0…", row.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("XXXX", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_preview_follows_what_is_typed_and_which_event_is_chosen()
    {
        await Get<StatusPageService>().CreateAsync(new StatusPageInput("Shop & more", "shop", PublicUrl: "https://status.example.com"), Stop);
        var form = FilledForm("Discord", StandInServices.DiscordUrl);
        form.WaitForAssertion(() => Assert.Contains("New incident · Shop & more", Preview(form), StringComparison.Ordinal));
        Assert.Contains("[Test] API Connectivity Issues", Preview(form), StringComparison.Ordinal);
        Assert.Contains("Name of the webhook", Preview(form), StringComparison.Ordinal);

        form.Field("User name").Input("Status bot");
        Assert.Contains("Status bot", Preview(form), StringComparison.Ordinal);
        form.Field("Mention").Change("here");
        Assert.Contains("@here", Preview(form), StringComparison.Ordinal);
        form.Field("Test event").Change(nameof(EventType.ComponentStatusChanged));
        form.WaitForAssertion(() => Assert.Contains("Operational → Degraded", Preview(form), StringComparison.Ordinal));

        Choose(form, "Slack");
        form.WaitForAssertion(() => Assert.Contains("Open the status page", Preview(form), StringComparison.Ordinal));
        Choose(form, "Microsoft Teams");
        form.WaitForAssertion(() => Assert.Contains("Component status changed · Shop & more", Preview(form), StringComparison.Ordinal));
        Choose(form, "Webhook");
        form.WaitForAssertion(() => Assert.Contains("\"component.status_changed\"", Preview(form), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_event_has_a_preview_in_every_type()
    {
        var form = Render<NotificationEditPage>();
        foreach (var type in new[] { "Webhook", "Discord", "Slack", "Microsoft Teams" })
        {
            Choose(form, type);
            foreach (var eventType in EventTypes.Selectable)
            {
                form.Field("Test event").Change(eventType.ToString());
                form.WaitForAssertion(() => Assert.Contains(eventType.WireName(), form.Find("[aria-label=Preview] .preview-title").TextContent, StringComparison.Ordinal));
                Assert.Contains("[Test] ", Preview(form), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_test_sends_what_is_in_the_form()
    {
        var form = FilledForm("Discord", StandInServices.DiscordUrl);
        form.Field("User name").Input("Status bot");

        await form.Button("Send test").ClickAsync();

        form.WaitForAssertion(() => Assert.Contains("Delivered: status 200", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Status bot", Reading.Json(Assert.Single(_services.Receiver.Requests).Body).Text("username"));
    }

    [Theory]
    [InlineData("Discord", "discord", 404, """{"message":"Unknown Webhook","code":10015}""", "Discord does not know this webhook any more")]
    [InlineData("Discord", "discord", 401, """{"message":"Invalid Webhook Token","code":50027}""", "not this webhook's token")]
    [InlineData("Discord", "discord", 400, """{"message":"Webhooks posted to forum channels must have a thread_name or thread_id","code":220001}""", "is a forum")]
    [InlineData("Slack", "slack", 404, "no_service", "Slack does not know this webhook any more")]
    [InlineData("Slack", "slack", 400, "invalid_blocks", "a mistake of the console")]
    [InlineData("Slack", "slack", 410, "channel_is_archived", "was archived or deleted")]
    [InlineData("Slack", "slack", 403, "action_prohibited", "rules forbid this app")]
    [InlineData("Microsoft Teams", "teams", 401, """{"error":{"code":"DirectApiAuthorizationRequired"}}""", "must be 'Anyone'")]
    [InlineData("Microsoft Teams", "teams", 400, """{"error":{"code":"WorkflowTriggerIsNotEnabled"}}""", "switched off")]
    public async Task What_a_service_answers_is_said_in_words(string type, string kind, int status, string body, string words)
    {
        _services.Receiver.Script(Support.ScriptedResponse.Status(status, body));
        var form = FilledForm(type, StandInServices.UrlOf(kind));

        await form.Button("Send test").ClickAsync();

        form.WaitForAssertion(() => Assert.Contains(words, form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        Assert.Contains(body, form.Find("[data-testid=test-outcome] pre").TextContent, StringComparison.Ordinal);
    }

    private static void Choose(IRenderedComponent<NotificationEditPage> form, string type) => form.Field(type).Click();

    private static string Preview(IRenderedComponent<NotificationEditPage> form) => form.Find("[aria-label=Preview]").TextContent;

    private static IEnumerable<AngleSharp.Dom.IElement> Labels(IRenderedComponent<NotificationEditPage> form, string text) =>
        form.FindAll("label").Where(label => label.TextContent.Trim() == text);

    private IRenderedComponent<NotificationEditPage> FilledForm(string type, string url)
    {
        var form = Render<NotificationEditPage>();
        Choose(form, type);
        form.Field("Name").Input("Ops");
        form.Field("URL").Input(url);
        form.Field("incident.created").Change(true);
        return form;
    }
}

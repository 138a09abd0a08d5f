using System.Text;
using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Signing;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Notifications;

public sealed class NotificationFormTests : NotificationPagesFixture
{
    private const string Secret = "s3cr3t-that-nobody-sees";

    [Fact]
    public void A_new_one_is_a_webhook_for_every_page_with_no_event_chosen()
    {
        var form = Render<NotificationEditPage>();

        Assert.True(form.Field("Webhook").HasAttribute("checked"));
        Assert.True(form.Field("All status pages").HasAttribute("checked"));
        Assert.All(EventTypes.Selectable, type => Assert.False(form.Field(type.WireName()).HasAttribute("checked")));
        Assert.Equal(["incident.created", "incident.updated"], form.Field("Test event").QuerySelectorAll("option").Take(2).Select(o => o.TextContent));
    }

    [Theory]
    [InlineData("Name", "", "Name is required.")]
    [InlineData("Name", "two\u0007bells", "one line without control characters")]
    [InlineData("URL", "", "Enter a URL.")]
    [InlineData("URL", "example.com/hook", "must be complete and begin with https://")]
    [InlineData("URL", "ftp://example.com/hook", "must be complete and begin with https://")]
    [InlineData("URL", "https://user:pw@127.0.0.1/", "user name or password")]
    [InlineData("URL", "https://127.0.0.1/#part", "fragment")]
    [InlineData("URL", "https://10.1.2.3/hook", "Webhooks:AllowedNetworks")]
    public async Task A_wrong_text_is_said_beside_its_field_and_kept(string label, string text, string message)
    {
        var form = FilledForm();
        form.Field(label).Input(text);

        await form.Find("form").SubmitAsync();

        var field = form.Field(label);
        form.WaitForAssertion(() => Assert.Contains(message, form.ErrorOf(field.Id!), StringComparison.Ordinal));
        Assert.Equal("true", form.Field(label).GetAttribute("aria-invalid"));
        Assert.Equal(text, form.Field(label).GetAttribute("value") ?? "");
        Assert.Equal(Secret, form.Field("Secret").GetAttribute("value"));
        Assert.True(form.Field("incident.created").HasAttribute("checked"));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task Too_long_texts_are_refused()
    {
        var form = FilledForm();
        form.Field("Name").Input(new string('n', 101));
        form.Field("Secret").Input(new string('s', 257));

        await form.Find("form").SubmitAsync();

        Assert.Contains("at most 100", form.ErrorOf("Name"), StringComparison.Ordinal);
        Assert.Contains("at most 256", form.ErrorOf("Secret"), StringComparison.Ordinal);
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task No_event_and_no_page_are_said_beside_their_groups_until_they_are_mended()
    {
        await AddPageAsync();
        var form = FilledForm();
        form.Field("incident.created").Change(false);
        form.Field("All status pages").Change(false);

        await form.Find("form").SubmitAsync();

        Assert.Equal("Choose at least one event.", form.ErrorOf("Events"));
        Assert.Equal("Choose at least one status page, or all.", form.ErrorOf("StatusPageIds"));
        form.Field("component.deleted").Change(true);
        Assert.Null(form.ErrorOf("Events"));
        form.Field("Main Status").Change(true);
        await form.Find("form").SubmitAsync();
        var saved = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal(["Main Status"], saved.PageNames);
        Assert.Equal([EventType.ComponentDeleted], saved.Subscription.Events);
    }

    [Fact]
    public void Select_all_chooses_a_group_or_everything_and_takes_it_back()
    {
        var form = Render<NotificationEditPage>();

        form.Field("All maintenance events").Change(true);
        Assert.Equal(["maintenance.scheduled", "maintenance.started", "maintenance.completed"], Chosen(form));
        var partial = Assert.Single(JSInterop.Invocations["atstatus.setIndeterminate"]);
        Assert.Equal(true, partial.Arguments[1]);

        form.Field("All events").Change(true);
        Assert.Equal(EventTypes.All.Select(type => type.WireName()), Chosen(form));
        Assert.True(form.Field("All component events").HasAttribute("checked"));

        form.Field("All events").Change(false);
        Assert.Empty(Chosen(form));
    }

    [Fact]
    public async Task An_additional_event_is_chosen_by_itself_and_stays_when_all_are_taken_back()
    {
        var form = FilledForm();
        var group = form.Find("[role=group][aria-labelledby=additional-events]");
        Assert.Equal("Additional events", form.Find("#additional-events").TextContent);
        Assert.Equal(["maintenance.updated", "maintenance.reminder"], group.QuerySelectorAll("label").Select(label => label.TextContent.Trim()));
        form.Field("maintenance.reminder").Change(true);
        form.Field("All events").Change(true);
        Assert.Equal([.. EventTypes.All.Select(type => type.WireName()), "maintenance.reminder"], Chosen(form));
        Assert.True(form.Field("All maintenance events").HasAttribute("checked"));
        form.Field("All events").Change(false);
        Assert.Equal(["maintenance.reminder"], Chosen(form));

        await form.Find("form").SubmitAsync();

        var saved = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal([EventType.MaintenanceReminder], saved.Subscription.Events);
        Assert.Equal(["maintenance.reminder"], Chosen(Render<NotificationEditPage>(p => p.Add(x => x.Id, saved.Id))));
        Assert.Contains("maintenance.reminder", Render<NotificationListPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_saved_is_what_was_typed_and_the_secret_is_never_shown_again()
    {
        var form = FilledForm();

        await form.Find("form").SubmitAsync();

        Assert.EndsWith("/admin/notifications", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        var saved = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal(("webhook", "Ops", "https://127.0.0.1/hook", true, true), (saved.Kind, saved.Name, saved.DisplayUrl, saved.IsSigned, saved.Enabled));

        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, saved.Id));
        Assert.Equal("Ops", edit.Field("Name").GetAttribute("value"));
        Assert.Contains("A secret is stored", edit.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, edit.Markup, StringComparison.Ordinal);
        var list = Render<NotificationListPage>();
        Assert.DoesNotContain(Secret, list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_secret_keeps_the_stored_one_and_a_checkbox_removes_it()
    {
        var id = await AddNotificationAsync(secret: Secret);

        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        edit.Field("Name").Input("Renamed");
        await edit.Find("form").SubmitAsync();
        Assert.True((await Get<NotificationQueries>().FindAsync(id, Stop))!.HasSecret);

        edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        edit.Field("Remove secret").Change(true);
        await edit.Find("form").SubmitAsync();
        var saved = (await Get<NotificationQueries>().FindAsync(id, Stop))!;
        Assert.False(saved.HasSecret);
        Assert.Equal("Renamed", saved.Name);
    }

    [Fact]
    public async Task In_order_is_off_until_it_is_switched_on_and_is_kept()
    {
        var form = FilledForm();
        Assert.False(form.Field("Keep events in order").HasAttribute("checked"));
        form.Field("Keep events in order").Change(true);
        await form.Find("form").SubmitAsync();
        var id = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Id;
        Assert.True((await Get<NotificationQueries>().FindAsync(id, Stop))!.Subscription.InOrder);

        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        Assert.True(edit.Field("Keep events in order").HasAttribute("checked"));
        edit.Field("Keep events in order").Change(false);
        await edit.Find("form").SubmitAsync();
        Assert.False((await Get<NotificationQueries>().FindAsync(id, Stop))!.Subscription.InOrder);
    }

    [Fact]
    public async Task Standard_Webhooks_headers_are_tested_and_saved_and_the_form_says_when_nothing_signs()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(200));
        var form = FilledForm(receiver.Url.AbsoluteUri);
        const string Unsigned = "but no webhook-signature";
        form.Field("Standard Webhooks headers as well").Change(true);
        Assert.DoesNotContain(Unsigned, form.Markup, StringComparison.Ordinal);
        form.Field("Secret").Input("");
        Assert.Contains(Unsigned, form.Markup, StringComparison.Ordinal);
        form.Field("Secret").Input(Secret);

        await form.Button("Send test").ClickAsync();
        form.WaitForAssertion(() => Assert.Contains("Delivered", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        await form.Find("form").SubmitAsync();
        var id = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Id;
        Assert.True((await Get<NotificationQueries>().FindAsync(id, Stop))!.Options.StandardWebhooks);
        await AddPageAsync();
        await Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);

        Assert.Equal(2, receiver.Requests.Count);
        Assert.All(receiver.Requests, request => Assert.StartsWith("v1,", request.Header("webhook-signature"), StringComparison.Ordinal));
    }

    [Fact]
    public void Generate_fills_a_fresh_secret_and_shows_it_once()
    {
        var form = Render<NotificationEditPage>();

        form.Button("Generate").Click();
        var first = form.Find("[data-testid=generated-secret]").TextContent;
        Assert.StartsWith(WebhookSecret.Prefix, first, StringComparison.Ordinal);
        Assert.Equal(first, form.Field("Secret").GetAttribute("value"));
        Assert.Contains("never shown again", form.Markup, StringComparison.Ordinal);
        Assert.NotNull(form.Button("Copy secret"));

        form.Button("Generate").Click();
        Assert.NotEqual(first, form.Field("Secret").GetAttribute("value"));

        form.Field("Secret").Input("mine");
        Assert.Empty(form.FindAll("[data-testid=generated-secret]"));
    }

    [Fact]
    public async Task Leaving_the_url_warns_without_standing_in_the_way()
    {
        var form = Render<NotificationEditPage>();
        form.Field("URL").Input("http://127.0.0.1/hook");

        await form.Field("URL").BlurAsync();

        form.WaitForAssertion(() => Assert.Contains("not encrypted", form.Find("#Url-warning").TextContent, StringComparison.Ordinal));
        Assert.Null(form.ErrorOf("Url"));
    }

    [Fact]
    public async Task The_test_receiver_is_one_click_away_and_a_test_goes_out_before_the_first_save()
    {
        await AddPageAsync();
        var form = Render<NotificationEditPage>();
        form.Button("Use the test receiver").Click();
        Assert.Equal(TestReceiverEndpoint.Url, form.Field("URL").GetAttribute("value"));
        form.Button("Generate").Click();
        form.Field("Test event").Change("MaintenanceStarted");

        await form.Button("Send test").ClickAsync();

        form.WaitForAssertion(() => Assert.Contains("Delivered: status 200", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Received; the signature is valid.", form.Find("[data-testid=test-outcome] pre").TextContent, StringComparison.Ordinal);
        var sent = Assert.Single((await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 10, Stop)).Rows);
        Assert.Equal((EventType.MaintenanceStarted, true, DeliveryState.Delivered), (sent.Event, sent.IsTest, sent.State));
        Assert.Equal($"admin/deliveries/{sent.Id}", form.Find("[data-testid=test-outcome] a").GetAttribute("href"));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task A_failed_test_shows_status_error_and_the_beginning_of_the_response()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(503, "<b>down</b>" + new string('x', 5000)));
        var form = FilledForm(receiver.Url.AbsoluteUri);

        await form.Button("Send test").ClickAsync();

        form.WaitForAssertion(() => Assert.Contains("Failed: status 503", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        var shown = form.Find("[data-testid=test-outcome] pre").TextContent;
        Assert.StartsWith("<b>down</b>", shown, StringComparison.Ordinal);
        Assert.True(shown.Length < 2000);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("incident.created", request.Header("X-Webhook-Event"));
        Assert.Equal(WebhookSignature.Compute(request.Body, Secret), request.Header("X-Webhook-Signature"));
        Assert.Contains("[Test] ", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_to_no_url_is_refused_beside_the_field()
    {
        var form = Render<NotificationEditPage>();

        await form.Button("Send test").ClickAsync();

        form.WaitForAssertion(() => Assert.Equal("Enter a URL.", form.ErrorOf("Url")));
        Assert.Contains("Not sent.", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_change_is_not_overwritten()
    {
        var id = await AddNotificationAsync();
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        var before = (await Get<NotificationQueries>().FindAsync(id, Stop))!;
        await Get<NotificationService>().UpdateAsync(
            id, before.Version, new NotificationInput("webhook", "Theirs", new(before.Url), new(before.Subscription.Events)), Stop);

        edit.Field("Name").Input("Mine");
        await edit.Find("form").SubmitAsync();

        Assert.Contains("Someone else changed this notification", edit.Markup, StringComparison.Ordinal);
        Assert.Equal("Mine", edit.Field("Name").GetAttribute("value"));
        edit.Button("Reload").Click();
        edit.WaitForAssertion(() => Assert.Equal("Theirs", edit.Field("Name").GetAttribute("value")));
    }

    [Fact]
    public async Task Switching_in_the_form_keeps_what_is_typed_and_does_not_stand_in_the_way_of_its_save()
    {
        var id = await AddNotificationAsync();
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        edit.Field("Name").Input("Mine");

        await edit.Button("Switch off").ClickAsync();
        edit.WaitForAssertion(() => Assert.NotNull(edit.Button("Switch on")));
        await edit.Find("form").SubmitAsync();

        var saved = (await Get<NotificationQueries>().FindAsync(id, Stop))!;
        Assert.Equal(("Mine", false), (saved.Name, saved.Enabled));
    }

    [Fact]
    public void A_missing_notification_says_so()
    {
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, 4711));

        Assert.Contains("This notification does not exist", edit.Markup, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Chosen(IRenderedComponent<NotificationEditPage> form) =>
        EventTypes.Selectable.Select(type => type.WireName()).Where(name => form.Field(name).HasAttribute("checked"));

    private IRenderedComponent<NotificationEditPage> FilledForm(string url = "https://127.0.0.1/hook")
    {
        var form = Render<NotificationEditPage>();
        form.Field("Name").Input("Ops");
        form.Field("URL").Input(url);
        form.Field("Secret").Input(Secret);
        form.Field("incident.created").Change(true);
        return form;
    }
}

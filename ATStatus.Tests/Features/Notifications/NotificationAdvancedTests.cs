using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>What a webhook's form has for those who need more: a secret's overlap, added headers, the certificate check.</summary>
public sealed class NotificationAdvancedTests : NotificationPagesFixture
{
    private const string Secret = "s3cr3t-that-nobody-sees";
    private const string Token = "t0ken-that-nobody-sees";

    [Fact]
    public void The_simple_case_stays_simple()
    {
        var form = Render<NotificationEditPage>();
        form.Field("Secret").Input(Secret);

        Assert.False(IsOpen(form));
        Assert.True(Body(form).HasAttribute("hidden"));
        Assert.DoesNotContain("Old secret keeps signing", form.Markup, StringComparison.Ordinal);
        Assert.Equal(["System trust", "Extra certificate authority", "Pinned certificate"], OptionsOf(form, "Certificate check"));
        form.Button("Advanced").Click();
        Assert.False(Body(form).HasAttribute("hidden"));
        form.Button("Advanced").Click();
        Assert.True(Body(form).HasAttribute("hidden"));
    }

    [Fact]
    public async Task A_secret_that_is_replaced_goes_on_signing_for_as_long_as_is_chosen_and_can_be_stopped()
    {
        var id = await AddNotificationAsync(secret: Secret);
        var edit = Edit(id);
        Assert.DoesNotContain("Old secret keeps signing", edit.Markup, StringComparison.Ordinal);
        edit.Field("Secret").Input("another");
        Assert.Equal(["Not at all", "1 hour", "1 day", "3 days", "7 days"], OptionsOf(edit, "Old secret keeps signing"));
        Assert.Equal("1.00:00:00", edit.Field("Old secret keeps signing").GetAttribute("value"));
        edit.Field("Old secret keeps signing").Change("3.00:00:00");
        await edit.Find("form").SubmitAsync();

        var until = (await SavedAsync(id)).PreviousSecretUntil!.Value;
        Assert.InRange(until, DateTime.UtcNow.AddDays(3).AddMinutes(-5), DateTime.UtcNow.AddDays(3));
        Assert.Contains("The previous secret also signs until", Render<NotificationListPage>().Row("Main channel").TextContent, StringComparison.Ordinal);

        edit = Edit(id);
        var note = edit.Find("[data-testid=secret-overlap]");
        Assert.Equal($"{until:yyyy-MM-ddTHH:mm:ss}Z", note.QuerySelector("time")!.GetAttribute("datetime"));
        Assert.Contains("X-Webhook-Signature-Previous", note.TextContent, StringComparison.Ordinal);
        edit.Field("Secret").Input("a third");
        Assert.Contains("ends with Save", edit.Find("#SecretOverlap-help").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Stop now", edit.Markup, StringComparison.Ordinal);
        edit.Field("Secret").Input("");
        edit.Field("Stop now").Change(true);
        Assert.Equal(until, (await SavedAsync(id)).PreviousSecretUntil);
        await edit.Find("form").SubmitAsync();

        Assert.Null((await SavedAsync(id)).PreviousSecretUntil);
        Assert.True((await SavedAsync(id)).HasSecret);
        Assert.DoesNotContain("previous secret", Render<NotificationListPage>().Row("Main channel").TextContent, StringComparison.Ordinal);
        Assert.Empty(Edit(id).FindAll("[data-testid=secret-overlap]"));
    }

    [Fact]
    public async Task A_secret_that_is_removed_leaves_nothing_to_choose()
    {
        var edit = Edit(await AddNotificationAsync(secret: Secret));
        edit.Field("Secret").Input("another");

        edit.Field("Remove secret").Change(true);

        Assert.DoesNotContain("Old secret keeps signing", edit.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_added_mended_tested_saved_kept_and_removed()
    {
        await AddPageAsync();
        await using var receiver = LoopbackReceiver.Start();
        var form = FilledForm(receiver.Url.AbsoluteUri);
        form.Button("Advanced").Click();
        form.Button("Add header").Click();
        form.Button("Add header").Click();
        Assert.Equal(["Headers-0-Name", "Headers-1-Name"], JSInterop.Invocations["atstatus.focus"].Select(call => call.Arguments[0]));
        form.Field("Header 1 name").Input("Authorization");
        form.Field("Header 1 value").Input(Token);
        form.Field("Header 2 name").Input("X-Webhook-Event");
        form.Button("Advanced").Click();

        await form.Find("form").SubmitAsync();

        Assert.True(IsOpen(form));
        Assert.Equal("X-Webhook-Event is set by the console or the connection and cannot be added.", form.ErrorOf("Headers-1-Name"));
        Assert.Equal("Enter the header's value.", form.ErrorOf("Headers-1-Value"));
        Assert.Equal("true", form.Field("Header 2 name").GetAttribute("aria-invalid"));
        form.Button("Remove header 2").Click();
        Assert.Null(form.ErrorOf("Headers-1-Name"));
        await form.Button("Send test").ClickAsync();
        form.WaitForAssertion(() => Assert.Contains("Delivered", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        Assert.Equal(Token, receiver.Requests[0].Header("Authorization"));
        await form.Find("form").SubmitAsync();
        var id = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Id;

        var edit = Edit(id);
        Assert.True(IsOpen(edit));
        Assert.Equal("1 header", edit.Find(".disclosure-note").TextContent);
        Assert.Equal("Authorization", edit.Field("Header 1 name").GetAttribute("value"));
        Assert.Equal("Stored, not shown", edit.Field("Header 1 value").GetAttribute("placeholder"));
        Assert.DoesNotContain(Token, edit.Markup, StringComparison.Ordinal);
        edit.Button("Add header").Click();
        edit.Field("Header 2 name").Input("X-Key");
        edit.Field("Header 2 value").Input("second");
        await edit.Find("form").SubmitAsync();
        await Get<TestSendService>().SendSavedAsync(id, EventType.IncidentCreated, Stop);
        Assert.Equal((Token, "second"), (receiver.Requests[1].Header("Authorization"), receiver.Requests[1].Header("X-Key")));

        edit = Edit(id);
        edit.Field("Header 1 name").Input("X-Renamed");
        Assert.False(edit.Field("Header 1 value").HasAttribute("placeholder"));
        edit.Button("Remove header 1").Click();
        await edit.Find("form").SubmitAsync();
        Assert.Equal(["X-Key"], (await SavedAsync(id)).HeaderNames);
    }

    [Fact]
    public async Task Headers_whose_keys_are_gone_are_asked_for_again()
    {
        var id = await AddNotificationAsync();
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            await db.Notifications.ExecuteUpdateAsync(
                row => row.SetProperty(n => n.Transport.ProtectedHeaders, "CfDJ8AAAAAAAAAAAAAAAAAAAAAA"), Stop);

        var edit = Edit(id);

        Assert.True(IsOpen(edit));
        Assert.Contains("cannot be decrypted", edit.Find("#Headers-warning").TextContent, StringComparison.Ordinal);
        Assert.Contains("Headers-warning", edit.Find("#Headers").GetAttribute("aria-describedby"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_is_recognised_tested_and_saved()
    {
        await AddPageAsync();
        using var root = TestAuthority.Root();
        using var certificate = root.Issue("localhost");
        using var expired = LoopbackReceiver.SelfSigned(DateTimeOffset.UtcNow.AddYears(-3), "old.example");
        await using var receiver = LoopbackReceiver.StartTls(certificate);
        var form = FilledForm(receiver.UrlFor("localhost").AbsoluteUri);
        form.Field("Certificate check").Change("Authority");
        await form.Find("form").SubmitAsync();
        Assert.True(IsOpen(form));
        Assert.Contains("Paste the certificate as PEM", form.ErrorOf("TlsCertificate"), StringComparison.Ordinal);

        form.Field("Certificate (PEM)").Input(expired.ExportCertificatePem());
        Assert.Null(form.ErrorOf("TlsCertificate"));
        Assert.StartsWith("CN=old.example expired on ", form.Find("#TlsCertificate-warning").TextContent.Trim(), StringComparison.Ordinal);
        form.Field("Certificate (PEM)").Input(root.Pem);
        Assert.Empty(form.FindAll("#TlsCertificate-warning"));
        Assert.StartsWith("Recognised: CN=Example Root, valid until ", form.Find("#TlsCertificate-help").TextContent, StringComparison.Ordinal);
        await form.Button("Send test").ClickAsync();
        form.WaitForAssertion(() => Assert.Contains("Delivered", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        await form.Find("form").SubmitAsync();

        var edit = Edit(Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Id);
        Assert.Equal("extra certificate authority", edit.Find(".disclosure-note").TextContent);
        Assert.Equal("Authority", edit.Field("Certificate check").GetAttribute("value"));
        Assert.Contains("BEGIN CERTIFICATE", edit.Field("Certificate (PEM)").GetAttribute("value"), StringComparison.Ordinal);
        edit.Field("URL").Input("http://127.0.0.1/");
        Assert.Contains("has no certificate", edit.Find("#TlsTrust-help").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_verifying_is_offered_where_it_is_permitted_and_is_loud()
    {
        Get<WebhookOptions>().AllowInsecureTls = true;
        var form = FilledForm("https://127.0.0.1/hook");
        Assert.Contains("Not verified", OptionsOf(form, "Certificate check"));
        Assert.Empty(form.FindAll(".unverified"));
        form.Field("Certificate check").Change("Unverified");
        Assert.Contains("The receiver is not verified", form.Find(".unverified").TextContent, StringComparison.Ordinal);
        Assert.Null(form.ErrorOf("TlsTrust"));
        await form.Find("form").SubmitAsync();
        Assert.Contains("Not verified", Render<NotificationListPage>().Row("Ops").QuerySelector(".pill-danger")!.TextContent, StringComparison.Ordinal);
        var id = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Id;

        Get<WebhookOptions>().AllowInsecureTls = false;
        var edit = Edit(id);
        Assert.True(IsOpen(edit));
        Assert.Equal("Unverified", edit.Field("Certificate check").GetAttribute("value"));
        Assert.Contains("Webhooks:AllowInsecureTls is off", edit.ErrorOf("TlsTrust"), StringComparison.Ordinal);
        await edit.Find("form").SubmitAsync();
        Assert.Contains("Webhooks:AllowInsecureTls", edit.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        edit.Field("Certificate check").Change("System");
        await edit.Find("form").SubmitAsync();
        Assert.Equal(TlsTrust.System, (await SavedAsync(id)).Options.TlsTrust);
    }

    [Fact]
    public async Task What_was_changed_here_is_not_left_without_a_question_and_the_choice_of_an_overlap_alone_is_no_change()
    {
        var id = await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ops", new("https://127.0.0.1/", Secret) { Headers = [new("X-Key", "x")] },
                new([EventType.IncidentCreated])), Stop);
        var saved = await SavedAsync(id);
        var before = NotificationDraft.Of(saved);
        (string What, Action<NotificationDraft> Change, bool Differs)[] changes =
        [
            ("nothing", _ => { }, false),
            ("overlap", draft => draft.SecretOverlap = TimeSpan.FromDays(7), false),
            ("stop", draft => draft.EndOverlap = true, true),
            ("trust", draft => draft.Options = draft.Options with { TlsTrust = TlsTrust.Pinned }, true),
            ("certificate", draft => draft.Options = draft.Options with { TlsCertificate = "x" }, true),
            ("header's value", draft => draft.Headers[0].Value = "y", true),
            ("header's name", draft => draft.Headers[0].Name = "X-Other", true),
            ("header added", draft => draft.Headers.Add(new HeaderDraft()), true),
            ("header removed", draft => draft.Headers.Clear(), true),
        ];

        foreach (var (what, change, differs) in changes)
        {
            var draft = NotificationDraft.Of(saved);
            change(draft);
            Assert.True(draft.DiffersFrom(before) == differs, what);
        }
    }

    private static IEnumerable<string> OptionsOf(IRenderedComponent<NotificationEditPage> form, string label) =>
        form.Field(label).QuerySelectorAll("option").Select(option => option.TextContent);

    private static bool IsOpen(IRenderedComponent<NotificationEditPage> form) => form.Button("Advanced").GetAttribute("aria-expanded") == "true";

    private static AngleSharp.Dom.IElement Body(IRenderedComponent<NotificationEditPage> form) =>
        form.Find($"[id='{form.Button("Advanced").GetAttribute("aria-controls")}']");

    private IRenderedComponent<NotificationEditPage> Edit(int id) => Render<NotificationEditPage>(p => p.Add(x => x.Id, id));

    private async Task<NotificationDetail> SavedAsync(int id) => (await Get<NotificationQueries>().FindAsync(id, Stop))!;

    private IRenderedComponent<NotificationEditPage> FilledForm(string url)
    {
        var form = Render<NotificationEditPage>();
        form.Field("Name").Input("Ops");
        form.Field("URL").Input(url);
        form.Field("incident.created").Change(true);
        return form;
    }
}

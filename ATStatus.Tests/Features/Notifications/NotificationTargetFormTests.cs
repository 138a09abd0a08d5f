using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>What the form says about a stored URL, and about what is stored for its server once the URL leads to another.</summary>
public sealed class NotificationTargetFormTests : NotificationPagesFixture
{
    private const string Token = "T0pS3cretT0ken";
    private const string Url = $"https://127.0.0.1/hooks/{Token}";
    private const string Mask = "https://127.0.0.1/hooks/T0…";

    [Fact]
    public async Task A_URL_that_can_be_a_credential_is_masked_until_it_is_asked_for_and_kept_by_a_save()
    {
        var id = await AddNotificationAsync(url: Url);
        var edit = Edit(id);
        Assert.Equal(Mask, edit.Field("URL").GetAttribute("value"));
        Assert.DoesNotContain(Token, edit.Markup, StringComparison.Ordinal);
        edit.Field("Name").Input("Renamed");
        await edit.Find("form").SubmitAsync();
        Assert.Equal(("Renamed", Url), ((await SavedAsync(id)).Name, await Get<NotificationQueries>().UrlAsync(id, Stop)));

        edit = Edit(id);
        await edit.Button("Show").ClickAsync();
        edit.WaitForAssertion(() => Assert.Equal(Url, edit.Field("URL").GetAttribute("value")));
        Assert.False(edit.FindComponent<ATStatus.Admin.Components.Shared.UnsavedChangesGuard>().Instance.Dirty);
        await edit.Button("Hide").ClickAsync();
        edit.WaitForAssertion(() => Assert.Equal(Mask, edit.Field("URL").GetAttribute("value")));
        Assert.DoesNotContain(Token, edit.Markup, StringComparison.Ordinal);

        await edit.Button("Show").ClickAsync();
        edit.WaitForAssertion(() => Assert.Equal(Url, edit.Field("URL").GetAttribute("value")));
        edit.Field("URL").Input(Url + "2");
        await edit.Find("form").SubmitAsync();
        Assert.Equal(Url + "2", await Get<NotificationQueries>().UrlAsync(id, Stop));
    }

    [Fact]
    public async Task Half_a_mask_is_not_written_back()
    {
        var id = await AddNotificationAsync(url: Url);
        var edit = Edit(id);
        edit.Field("URL").Input(Mask + "x");
        await edit.Find("form").SubmitAsync();
        Assert.Equal("The URL is shortened (…). Enter the whole URL.", edit.ErrorOf("Url"));
        Assert.Equal(Url, await Get<NotificationQueries>().UrlAsync(id, Stop));
    }

    [Fact]
    public async Task A_copy_takes_the_URL_along_unseen()
    {
        var id = await AddNotificationAsync(url: Url);
        Get<NavigationManager>().NavigateTo($"admin/notifications/new?from={id}");
        var copy = Render<NotificationEditPage>();
        Assert.Equal(Mask, copy.Field("URL").GetAttribute("value"));
        Assert.DoesNotContain(Token, copy.Markup, StringComparison.Ordinal);
        await copy.Find("form").SubmitAsync();
        var made = (await Get<NotificationQueries>().ListAsync(Stop)).Single(r => r.Id != id);
        Assert.Equal(Url, await Get<NotificationQueries>().UrlAsync(made.Id, Stop));
    }

    [Fact]
    public async Task Beside_the_fields_stands_what_must_be_entered_again_for_another_server()
    {
        var id = await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Mine",
                new("https://127.0.0.1/hook", "whsec_the-stored-one")
                {
                    Headers = [new HeaderInput("Authorization", "Bearer stored")],
                    Options = new()
                    {
                        TlsTrust = TlsTrust.Pinned,
                        TlsCertificate = LoopbackReceiver.SelfSigned(null, "localhost").ExportCertificatePem(),
                    },
                },
                new([EventType.IncidentCreated])),
            Stop);
        var edit = Edit(id);
        edit.Field("URL").Input("https://127.0.0.1/other?path");
        Assert.Empty(edit.FindAll(".field-warning"));
        Assert.Equal("Stored, not shown", edit.Field("Secret").GetAttribute("placeholder"));

        edit.Field("URL").Input("https://127.0.0.2/hook");
        Assert.Equal(2, edit.FindAll(".field-warning").Count(w => w.TextContent.Contains("another scheme, host or port", StringComparison.Ordinal)));
        Assert.Null(edit.Field("Secret").GetAttribute("placeholder"));
        await edit.Button("Send test").ClickAsync();
        edit.WaitForAssertion(() => Assert.Contains("another scheme, host or port", edit.ErrorOf("Secret"), StringComparison.Ordinal));
        Assert.Empty((await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 1, Stop)).Rows);
        await edit.Find("form").SubmitAsync();
        Assert.Contains("another scheme, host or port", edit.ErrorOf("Headers-0-Value"), StringComparison.Ordinal);
        Assert.Contains("another scheme, host or port", edit.ErrorOf("TlsTrust"), StringComparison.Ordinal);

        edit.Field("Remove secret").Change(true);
        edit.Field("Header 1 value").Input("Bearer other");
        edit.Field("Use this check for the new server too").Change(true);
        await edit.Find("form").SubmitAsync();
        Assert.Equal(("https://127.0.0.2/hook", false), ((await SavedAsync(id)).Url, (await SavedAsync(id)).HasSecret));
    }

    [Theory]
    [InlineData("short", "at least 6")]
    public async Task A_secret_that_is_too_short_is_refused_beside_the_field(string secret, string words)
    {
        var id = await AddNotificationAsync();
        var edit = Edit(id);
        edit.Field("Secret").Input(secret);
        await edit.Find("form").SubmitAsync();
        Assert.Contains(words, edit.ErrorOf("Secret"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_secret_warns_and_a_long_one_does_not()
    {
        var form = Render<NotificationEditPage>();
        form.Field("Secret").Input("fifteen-letters");
        Assert.Contains("at least 16 characters", form.Find("#Secret-warning").TextContent, StringComparison.Ordinal);
        form.Field("Secret").Input("sixteen--letters");
        Assert.Empty(form.FindAll("#Secret-warning"));
    }

    [Fact]
    public async Task An_invisible_character_in_the_URL_is_told_when_the_field_is_left()
    {
        var form = Render<NotificationEditPage>();
        form.Field("URL").Input("https://127.0.0.1/ho\u200Bok");
        await form.Field("URL").BlurAsync();
        form.WaitForAssertion(() => Assert.Contains("U+200B", form.Find("#Url-warning").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    private IRenderedComponent<NotificationEditPage> Edit(int id) => Render<NotificationEditPage>(p => p.Add(x => x.Id, id));

    private async Task<NotificationDetail> SavedAsync(int id) => (await Get<NotificationQueries>().FindAsync(id, Stop))!;
}

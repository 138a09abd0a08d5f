using ATStatus.Admin.Features.Notifications.Transfer;
using ATStatus.Core.Notifications;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>A file is chosen, looked at, completed and imported; what is wrong stands where it can be mended.</summary>
public sealed class ImportPageTests : NotificationPagesFixture
{
    private static readonly NotificationEntry Signed = new()
    {
        Type = "webhook",
        Name = "Ops",
        Url = "https://127.0.0.1/se…",
        UrlIsMasked = true,
        Signed = true,
        Events = ["incident.created"],
        Headers = ["Authorization"],
    };

    [Fact]
    public async Task What_no_file_carries_is_asked_for_and_then_it_is_imported_switched_off()
    {
        await AddNotificationAsync("Ops");
        var page = Upload(NotificationFile.Write([Signed]));
        Assert.Contains("A notification with this name exists", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".field-error"));

        await page.Find("form").SubmitAsync();
        Assert.Equal("Enter a URL.", page.ErrorOf("Entry-0-Url"));
        Assert.Contains("Ops: Enter a URL.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        page.Field("URL of Ops").Input("https://127.0.0.1/services/abc");
        page.Field("Authorization of Ops").Input("Bearer 123");
        await page.Find("form").SubmitAsync();

        Assert.EndsWith("/admin/notifications", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        var imported = (await Get<NotificationQueries>().ListAsync(Stop))[^1];
        Assert.Equal(("Ops", false, NotificationService.SecretMissing), (imported.Name, imported.Enabled, imported.DisabledReason));
        Assert.Equal("https://127.0.0.1/services/abc", (await Get<NotificationQueries>().FindAsync(imported.Id, Stop))!.Url);
    }

    [Fact]
    public async Task What_cannot_be_mended_here_is_said_at_once_and_the_others_are_imported()
    {
        var page = Upload(NotificationFile.Write([
            new() { Type = "webhook", Name = "Good", Url = "https://127.0.0.1/", Events = ["incident.created"] },
            new() { Type = "webhook", Name = "Bad", Url = "https://127.0.0.1/", Events = ["incident.created"], StatusPages = ["nowhere"] },
        ]));
        Assert.Contains("There is no status page with the slug nowhere here.", page.Find(".field-error").TextContent, StringComparison.Ordinal);
        await page.Find("form").SubmitAsync();
        Assert.Contains("Bad: There is no status page with the slug nowhere here.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Good", Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Name);
        Assert.Contains("One was imported, switched off.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["Bad"], page.FindAll(".import-line h3").Select(h => h.TextContent));
    }

    [Fact]
    public async Task A_missing_URL_is_asked_for_after_the_others_are_imported()
    {
        NotificationEntry good = new() { Type = "webhook", Name = "Good", Url = "https://127.0.0.1/", Events = ["incident.created"] };
        var page = Upload(NotificationFile.Write([good, good with { Name = "Masked", Url = "https://127.0.0.1/se…", UrlIsMasked = true }, good with { Name = "Last" }]));
        await page.Find("form").SubmitAsync();

        Assert.Equal(["Good", "Last"], (await Get<NotificationQueries>().ListAsync(Stop)).Select(r => r.Name));
        Assert.Equal("Enter a URL.", page.ErrorOf("Entry-0-Url"));
        Assert.DoesNotContain("/admin/notifications", new Uri(Get<NavigationManager>().Uri).AbsolutePath, StringComparison.Ordinal);
        page.Field("URL of Masked").Input("https://127.0.0.1/se\u200Bcret");
        Assert.Contains("U+200B", page.Find(".field-warning").TextContent, StringComparison.Ordinal);
        page.Field("URL of Masked").Input("https://127.0.0.1/secret");
        await page.Find("form").SubmitAsync();
        Assert.Equal(["Good", "Last", "Masked"], (await Get<NotificationQueries>().ListAsync(Stop)).Select(r => r.Name));
        Assert.EndsWith("/admin/notifications", Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_none_is_said_beside_the_field()
    {
        var page = Upload("hello"u8.ToArray());
        Assert.Equal("Not a JSON file, or not in UTF-8.", page.ErrorOf("File"));
        Assert.Empty(page.FindAll("form"));
        page = Upload(new byte[NotificationFile.MaxLength + 1]);
        Assert.Equal("The file is larger than 1024 KiB.", page.ErrorOf("File"));
    }

    private IRenderedComponent<ImportPage> Upload(byte[] file)
    {
        var page = Render<ImportPage>();
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary(file, "notifications.json"));
        page.WaitForState(() => page.FindAll("form, .field-error").Count > 0);
        return page;
    }
}

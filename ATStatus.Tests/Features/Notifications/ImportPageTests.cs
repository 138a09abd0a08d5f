using ATStatus.Admin.Features.Notifications.Transfer;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
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

    private static readonly NotificationEntry Plain = new() { Type = "webhook", Name = "Good", Url = "https://127.0.0.1/", Events = ["incident.created"] };

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
    public async Task A_row_that_is_left_out_keeps_no_other_out()
    {
        var page = Upload(NotificationFile.Write([Plain, Plain with { Name = "Bad", StatusPages = ["nowhere"], Headers = ["Authorization"] }]));
        Assert.Equal("Import 2 notifications", page.Find("button[type=submit]").TextContent.Trim());
        page.Field("Leave out Bad").Change(true);
        Assert.Equal("Import one notification", page.Find("button[type=submit]").TextContent.Trim());
        Assert.Empty(page.FindAll(".field-error"));
        await page.Find("form").SubmitAsync();

        Assert.Equal("Good", Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).Name);
        Assert.EndsWith("/admin/notifications", Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_can_be_taken_back_in_and_leaving_all_out_imports_nothing()
    {
        var page = Upload(NotificationFile.Write([Plain with { StatusPages = ["nowhere"] }]));
        await page.Find("form").SubmitAsync();
        page.Field("Leave out Good").Change(true);
        Assert.DoesNotContain("Good: There is no status page", page.Markup, StringComparison.Ordinal);
        await page.Find("form").SubmitAsync();
        Assert.Contains("Every notification of the file is left out.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        page.Field("Leave out Good").Change(false);
        await page.Find("form").SubmitAsync();
        Assert.Contains("Good: There is no status page with the slug nowhere here.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task An_export_that_names_what_is_gone_is_imported_with_what_is_chosen_in_its_place()
    {
        var (main, gone) = (await AddPageAsync(), await AddPageAsync("Gone"));
        await Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Ops", new("https://127.0.0.1/"), new([EventType.IncidentCreated]) { StatusPageIds = [gone] }), Stop);
        var before = NotificationFile.Write(await Get<NotificationTransfer>().ExportAsync(Stop));
        await Get<StatusPageService>().DeleteAsync(gone, "Gone", cancellationToken: Stop);
        // What was written before the page was deleted names it; what is written since names none.
        foreach (var file in new[] { before, NotificationFile.Write(await Get<NotificationTransfer>().ExportAsync(Stop)) })
        {
            var page = Upload(file);
            Assert.NotNull(page.ErrorOf("Entry-0-StatusPageIds"));
            page.Field("Main Status").Change(true);
            Assert.Null(page.ErrorOf("Entry-0-StatusPageIds"));
            await page.Find("form").SubmitAsync();
        }
        var rows = await Get<NotificationQueries>().ListAsync(Stop);
        Assert.Equal(3, rows.Count);
        Assert.All(rows.OrderBy(row => row.Id).Skip(1), row => Assert.Equal(["Main Status"], row.PageNames));
        Assert.NotEqual(main, gone);
    }

    [Fact]
    public async Task What_the_file_names_rightly_is_chosen_already_and_holds_once_a_person_says_so()
    {
        await AddPageAsync();
        var page = Upload(NotificationFile.Write([Plain with { StatusPages = ["main-status", "nowhere"] }]));
        Assert.True(page.Field("Main Status").HasAttribute("checked"));
        await page.Find("form").SubmitAsync();
        // Never without the page that is gone unless somebody wants it so.
        Assert.Equal("There is no status page with the slug nowhere here.", page.ErrorOf("Entry-0-StatusPageIds"));
        page.Button("Use the selected pages for Good").Click();
        await page.Find("form").SubmitAsync();
        Assert.Equal(["Main Status"], Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).PageNames);
    }

    [Fact]
    public async Task Of_components_of_one_name_it_is_chosen_which()
    {
        var site = await AddPageAsync();
        var components = Get<ComponentService>();
        var core = await Get<ComponentOrder>().AddGroupAsync(site, "Core", Stop);
        await components.CreateAsync(new ComponentInput(site, "API", ComponentStatus.Operational), Stop);
        var api = await components.CreateAsync(new ComponentInput(site, "API", ComponentStatus.Operational, GroupId: core), Stop);
        var web = await components.CreateAsync(new ComponentInput(site, "Web", ComponentStatus.Operational), Stop);
        var page = Upload(NotificationFile.Write([Plain with { Components = [new("main-status", "API"), new("main-status", "Web")] }]));
        Assert.Equal("There are 2 components named API on the page main-status.", page.ErrorOf("Entry-0-ComponentIds"));
        Assert.True(page.Field("Web").HasAttribute("checked"));
        page.Field("API (Core)").Change(true);
        await page.Find("form").SubmitAsync();
        var imported = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal([api, web], (await Get<NotificationQueries>().FindAsync(imported.Id, Stop))!.Subscription.ComponentIds!.Order());
    }

    [Fact]
    public async Task Of_groups_that_are_not_here_others_are_chosen()
    {
        var order = Get<ComponentOrder>();
        var site = await AddPageAsync();
        var (europe, asia) = (await order.AddGroupAsync(site, "Europe", Stop), await order.AddGroupAsync(site, "Asia", Stop));
        var page = Upload(NotificationFile.Write([Plain with { Components = [], Groups = [new("main-status", "Europe"), new("main-status", "America")] }]));
        Assert.Equal("There is no group America on a status page with the slug main-status here.", page.ErrorOf("Entry-0-GroupIds"));
        Assert.Empty(page.FindAll("#Entry-0-ComponentIds"));
        Assert.Contains("Europe (main-status), America (main-status)", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.True(page.Field("Europe").HasAttribute("checked"));
        page.Field("Asia").Change(true);
        await page.Find("form").SubmitAsync();
        var imported = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal([europe, asia], imported.Subscription.GroupIds!.Order());
    }

    [Fact]
    public async Task Only_components_of_the_pages_that_are_chosen_are_offered()
    {
        var (main, other) = (await AddPageAsync(), await AddPageAsync("Other"));
        await Get<ComponentService>().CreateAsync(new ComponentInput(main, "API", ComponentStatus.Operational), Stop);
        var shop = await Get<ComponentService>().CreateAsync(new ComponentInput(other, "Shop", ComponentStatus.Operational), Stop);
        var page = Upload(NotificationFile.Write([Plain with { StatusPages = ["gone"], Components = [new("gone", "API")] }]));
        Assert.DoesNotContain(page.FindAll("label"), label => label.TextContent.Trim() is "API" or "Shop");
        page.Field("Other").Change(true);
        Assert.DoesNotContain(page.FindAll("label"), label => label.TextContent.Trim() == "API");
        page.Field("Shop").Change(true);
        await page.Find("form").SubmitAsync();
        var imported = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal([shop], (await Get<NotificationQueries>().FindAsync(imported.Id, Stop))!.Subscription.ComponentIds!);
    }

    [Fact]
    public async Task Whom_to_alert_is_chosen_where_the_files_name_says_nobody()
    {
        var pager = await AddNotificationAsync("Pager");
        var page = Upload(NotificationFile.Write([Plain with { Alert = "Gone" }, Plain with { Name = "Second", Alert = "Gone" }, Plain with { Name = "Third", Alert = "Good" }]));
        Assert.Equal(["Choose…", "No one", "Pager"], page.Field("Alert on failure of Good").QuerySelectorAll("option").Select(option => option.TextContent));
        // What it alerts stands in the file: it only has to be imported too.
        Assert.DoesNotContain(page.FindAll("label"), label => label.TextContent.Trim() == "Alert on failure of Third");
        page.Field("Alert on failure of Good").Change($"{pager}");
        page.Field("Alert on failure of Second").Change("0");
        await page.Find("form").SubmitAsync();
        var rows = (await Get<NotificationQueries>().ListAsync(Stop)).ToDictionary(row => row.Name, row => row.AlertName);
        Assert.Equal(("Pager", null, "Good"), (rows["Good"], rows["Second"], rows["Third"]));
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

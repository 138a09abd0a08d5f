using System.Globalization;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The audit log, as an Admin reads it.</summary>
public sealed class AuditBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task What_an_admin_does_in_pages_is_theirs_with_before_and_after_and_what_followed()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/components/1");
        await Page.Field("Name").FillAsync("Public API");
        await Page.Field("Status").SelectOptionAsync("Major outage");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Components")).ToBeVisibleAsync();
        await GoToAsync("Audit log");
        var row = Table.GetByRole(AriaRole.Row).Filter(new() { HasText = "Public API" });
        await Expect(row).ToContainTextAsync(ConsoleApp.AdminEmail);
        await Expect(row).ToContainTextAsync("Changed");
        await Expect(row).ToContainTextAsync("127.0.0.1");
        await row.Button("Show details").ClickAsync();
        var details = Page.Locator("tr.audit-details:not([hidden])");
        await Expect(details.Locator(".audit-value").Filter(new() { HasText = "Name" })).ToContainTextAsync("Public API");
        await Expect(details.Locator(".audit-before").First).ToContainTextAsync("API");
        await Expect(details.Locator(".audit-value").Filter(new() { HasText = "Status" })).ToContainTextAsync("MajorOutage");
        await details.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/admin/events/[0-9]+$"));
    }

    [Fact]
    public async Task It_is_live_filtered_by_the_address_and_exported_as_it_is_filtered()
    {
        await StartSignedInAsync();
        await GoToAsync("Audit log");
        await Expect(Table).ToContainTextAsync("Signed in");
        using (AuditActor.Use(AuditActor.OfUser(Guid.NewGuid(), "=ada@example.com", "192.0.2.7")))
            await Get<StatusPageService>().CreateAsync(new StatusPageInput("Shop", "shop"), Stop);
        // By itself.
        await Expect(Table).ToContainTextAsync("Shop");
        await Page.Field("User").SelectOptionAsync("=ada@example.com");
        await Expect(Table.Locator("tbody tr:not(.audit-details)")).ToHaveCountAsync(1);
        await Page.Field("Action").SelectOptionAsync("Deleted");
        await Expect(Page.GetByText("No entry matches")).ToBeVisibleAsync();
        await Page.Field("Action").SelectOptionAsync("Created");
        await Page.Field("Object").SelectOptionAsync("Status page");
        await Expect(Table.Locator("tbody tr:not(.audit-details)")).ToHaveCountAsync(1);
        Assert.EndsWith("?user=%3Dada%40example.com&action=created&object=status_page", Page.Url, StringComparison.Ordinal);
        await Page.Field("From").FillAsync("2020-01-01T00:00");
        await Page.Field("Until").FillAsync("2020-01-02T00:00");
        await Expect(Page.GetByText("No entry matches")).ToBeVisibleAsync();
        await Page.Field("Until").FillAsync("2099-01-02T00:00");
        await Expect(Table.Locator("tbody tr:not(.audit-details)")).ToHaveCountAsync(1);

        var file = await Page.RunAndWaitForDownloadAsync(() => Page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync());
        Assert.Matches("^audit-[0-9]{8}T[0-9]{6}Z\\.csv$", file.SuggestedFilename);
        var lines = (await File.ReadAllTextAsync(await file.PathAsync(), Stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("id,at,actor_kind,actor,actor_id,address,action,object_kind,object_id,object,", lines[0], StringComparison.Ordinal);
        // A spreadsheet must not compute it.
        Assert.Contains(",user,'=ada@example.com,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",192.0.2.7,created,status_page,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_turned_by_key()
    {
        await StartSignedInAsync();
        for (var i = 1; i <= 60; i++)
            await Get<StatusPageService>().CreateAsync(new StatusPageInput($"Page {i}", $"page-{i}"), Stop);
        await Page.GotoAsync("admin/audit?object=status_page");
        var rows = Table.Locator("tbody tr:not(.audit-details)");
        await Expect(rows).ToHaveCountAsync(50);
        await Expect(rows.First).ToContainTextAsync("Page 60");
        await Page.Button("Older").ClickAsync();
        await Expect(rows).ToHaveCountAsync(10);
        await Expect(rows.First).ToContainTextAsync("Page 10");
        await Page.Button("Newer").ClickAsync();
        await Expect(rows).ToHaveCountAsync(50);
        await Expect(rows.Last).ToContainTextAsync("Page 11");
        await Page.Button("Older").ClickAsync();
        await Expect(rows).ToHaveCountAsync(10);
        await Page.Button("Newest").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("Page 60");
    }

    [Fact]
    public async Task Failed_sign_ins_stand_there_before_their_minute_is_over()
    {
        await StartSignedInAsync();
        for (var i = 0; i < 3; i++)
            await Get<FailedSignIns>().CountAsync("192.0.2.9", ConsoleApp.AdminEmail, Stop);
        await GoToAsync("Audit log");
        var row = Table.GetByRole(AriaRole.Row).Filter(new() { HasText = "192.0.2.9" });
        await Expect(row).ToContainTextAsync("Sign-in failed");
        await Expect(row).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"{3} times"));
        await Expect(row).ToContainTextAsync("Not signed in");
    }

    private ILocator Table => Page.GetByRole(AriaRole.Table, new() { Name = "Audit log" });
}

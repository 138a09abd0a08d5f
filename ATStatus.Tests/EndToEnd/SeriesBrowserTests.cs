using System.Text.RegularExpressions;
using ATStatus.Core.Maintenance;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Recurring maintenance and its time zone, in the browser.</summary>
public sealed partial class SeriesBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_series_on_the_last_day_of_the_month_moves_with_its_page_to_another_zone()
    {
        await StartSignedInAsync();
        var site = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main", TimeZone: "Europe/Berlin"), Stop);
        await Page.GotoAsync("admin/maintenance/new");
        await Page.Field("Title").FillAsync("Database upgrade");
        await Page.Field("Message").FillAsync("Short stops.");
        await Page.Field("Starts").FillAsync("2032-01-31T02:00");
        await Page.Field("Ends").FillAsync("2032-01-31T04:00");
        await Page.Field("Repeats").SelectOptionAsync("Monthly");
        await Expect(Page.GetByText("Where a month has no day 31, it is skipped.")).ToBeVisibleAsync();
        await Page.Field("Repeats").SelectOptionAsync("Monthly on the last day");
        var next = Page.GetByRole(AriaRole.Group, new() { Name = "Next starts" });
        await Expect(next).ToContainTextAsync("Europe/Berlin");
        await Expect(next.GetByRole(AriaRole.Listitem).First).ToContainTextAsync("29 Feb 2032, 02:00");
        await Page.Button("Save").ClickAsync();
        await Expect(Page).ToHaveURLAsync(WindowPage());
        await Expect(Page.GetByText("Time zone: Europe/Berlin.")).ToBeVisibleAsync();
        var window = (await Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming, cancellationToken: Stop)).Single();

        await Page.GotoAsync($"admin/status-pages/{site}");
        await Page.Field("Time zone").FillAsync("America/New_York");
        await Page.Button("Save").ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Change the time zone to America/New_York?");
        await Expect(dialog.GetByLabel("Move recurring maintenance to the new time zone")).ToBeCheckedAsync();
        await dialog.Button("Save").ClickAsync();
        await Expect(Page).ToHaveURLAsync(new Uri(WindowAddress, "admin/status-pages").AbsoluteUri);

        await Page.GotoAsync($"admin/maintenance/{window.Id}");
        await Expect(Page.GetByText("Time zone: America/New_York.")).ToBeVisibleAsync();
        await Page.Button("Edit").ClickAsync();
        await Expect(Page.Field("Starts")).ToHaveValueAsync("2032-01-31T02:00");
        var moved = (await Get<MaintenanceQueries>().FindAsync(window.Id, Stop))!;
        Assert.Equal(new DateTime(2032, 1, 31, 7, 0, 0, DateTimeKind.Utc), moved.Start);
    }

    [GeneratedRegex(@"/admin/maintenance/\d+$")]
    private static partial Regex WindowPage();
}

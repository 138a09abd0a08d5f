using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>In a real browser, where a native select has keys and a picker of its own: only Publish publishes.</summary>
public sealed class PublishBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_status_that_is_passed_over_is_never_published()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        foreach (var path in (string[])["admin/components", "admin/status-pages/1"])
        {
            await Page.GotoAsync(path);
            var status = Page.Locator("select[aria-describedby=component-4]");
            foreach (var leave in (Func<Task>[])
                [
                    () => Page.Keyboard.PressAsync("Escape"), () => Page.Keyboard.PressAsync("Tab"), () => Page.Keyboard.PressAsync("Enter"),
                    () => Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).ClickAsync(),
                ])
            {
                await status.FocusAsync();
                await Page.Keyboard.PressAsync("ArrowDown");
                await Page.Keyboard.PressAsync("ArrowDown");
                await leave();
                // Discards what is pending, if the focus is there still; a list that was open takes the key for itself.
                await Page.Keyboard.PressAsync("Escape");
                // What stands in the list and what is pending agree once the server has spoken, and stay so.
                await Page.WaitForFunctionAsync("() => window.atstatus.edits.isSettled()");
                await Page.EvaluateAsync("() => window.atstatus.edits.quiet()");
                if (await Page.Button("Discard").IsVisibleAsync())
                    await Page.Button("Discard").ClickAsync();
                await Expect(Page.Button("Publish")).ToHaveCountAsync(0);
                await Expect(status).ToHaveValueAsync(nameof(ComponentStatus.Operational));
            }
            await status.SelectOptionAsync("Degraded");
            await Expect(Page.Button("Publish")).ToBeVisibleAsync();
            await Expect(Page.Locator("#pending-4")).ToHaveTextAsync("Now Operational. No notifications will be sent.");
            // It would look as if it were published.
            await Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Incidents" }).ClickAsync();
            var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Leave without publishing?" });
            await question.Button("Stay").ClickAsync();
            await Expect(status).ToHaveValueAsync(nameof(ComponentStatus.Degraded));
            if (path == "admin/components")
                await Page.Button("Discard").ClickAsync();
        }
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            Assert.Equal(0, await db.Events.CountAsync(Stop));

        await Page.Button("Publish").ClickAsync();
        await Expect(Page.GetByText("Saved. Database: Degraded")).ToBeVisibleAsync();
        await Expect(Page.Locator("select[aria-describedby=component-4]")).ToBeFocusedAsync();
        Assert.Equal(ComponentStatus.Degraded, (await Get<StatusPageQueries>().ComponentAsync(4, Stop))!.Status);
    }

    [Fact]
    public async Task Two_operators_see_each_other_and_both_updates_stay()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        var id = await ReportAsync("API down");
        var other = await Window.NewTabAsync();
        var list = await Window.NewTabAsync();
        await list.GotoAsync("admin/incidents");
        await other.GotoAsync($"admin/incidents/{id}");
        await Page.GotoAsync($"admin/incidents/{id}");

        await Page.Field("Message").FillAsync("Ada's, half wri");
        await other.Field("Message").FillAsync("Bea's.");
        await other.Field("Status").SelectOptionAsync("Identified");
        await other.Button("Post update").ClickAsync();

        await Expect(Page.GetByText("Bea's.")).ToBeVisibleAsync();
        await Expect(Page.Field("Message")).ToHaveValueAsync("Ada's, half wri");
        await Expect(Page.Field("Message")).ToBeFocusedAsync();
        await Expect(list.Row("API down")).ToContainTextAsync("Identified");
        await Page.Field("Message").PressSequentiallyAsync("tten.");
        await Page.Button("Post update").ClickAsync();
        await Expect(other.GetByText("Ada's, half written.")).ToBeVisibleAsync();

        var now = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        Assert.Equal(IncidentStatus.Identified, now.Row.Status);
        Assert.Equal(["Ada's, half written.", "Bea's.", "We look into it."], now.Updates.Select(update => update.Message));
    }

    [Fact]
    public async Task What_is_mended_in_another_field_takes_its_message_with_it()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/maintenance/new");
        await Page.Field("Starts").FillAsync("2032-05-01T10:00");
        await Page.Field("Ends").FillAsync("2032-05-01T09:00");
        await Page.Button("Save").ClickAsync();
        var summary = Page.GetByRole(AriaRole.Alert);
        await Expect(summary).ToContainTextAsync("The end must be after the start.");
        await Expect(summary).ToContainTextAsync("Title is required.");

        await Page.Field("Starts").FillAsync("2032-05-01T08:00");

        await Expect(Page.GetByText("The end must be after the start.")).ToHaveCountAsync(0);
        await Expect(Page.Field("Ends")).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(summary).ToContainTextAsync("Title is required.");
        await Expect(Page.Field("Starts")).ToBeFocusedAsync();
    }
}

using ATStatus.Core.Maintenance;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The forms that choose components, over a page with 200 of them, as <see cref="PageExamination"/> looks at them, and on a phone as they stand.</summary>
public sealed class ManyComponentsScreenTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Forms_over_200_components_fit()
    {
        await StartSignedInAsync();
        var page = await ManyComponents.AddAsync(App, Stop);
        var incident = await ReportAsync("Packets are lost");
        var start = DateTime.UtcNow.AddDays(1);
        var window = await Get<MaintenanceService>().ScheduleAsync(new MaintenanceInput(page, "Upgrade", "New routers.", [], start, start.AddHours(1)), Stop);
        var examination = new PageExamination(Page);
        foreach (var (name, path) in (IEnumerable<(string, string)>)
            [
                ("incident-new-many", $"admin/incidents/new?page={page}"), ("incident-open-many", $"admin/incidents/{incident}"),
                ("maintenance-new-many", $"admin/maintenance/new?page={page}"), ("window-edit-many", $"admin/maintenance/{window}"),
                ("notification-new-many", "admin/notifications/new"),
            ])
        {
            await Page.GotoAsync(path);
            if (name == "window-edit-many")
                await Page.Button("Edit").ClickAsync();
            await Page.Checkbox(ManyComponents.NameOf(0, 3)).CheckAsync();
            await Page.Checkbox(ManyComponents.NameOf(2, 1)).CheckAsync();
            await Page.Checkbox($"All of {ManyComponents.GroupOf(1)}").CheckAsync();
            await Expect(Page.GetByText("12 of 200 selected")).ToBeVisibleAsync();
            if (name == "notification-new-many")
                await Page.GetByRole(AriaRole.Group, new() { Name = "Groups", Exact = true }).GetByRole(AriaRole.Checkbox, new() { Name = ManyComponents.GroupOf(1), Exact = true }).CheckAsync();
            await examination.ExamineAsync(name);
            await Page.SetViewportSizeAsync(390, 844);
            await Page.Checkbox(ManyComponents.NameOf(1, 9)).FocusAsync();
            await examination.ExamineOnPhoneAsync($"{name}-on-phone");
            await Page.SetViewportSizeAsync(1280, 800);
        }
        await Page.GotoAsync($"admin/incidents/new?page={page}");
        await Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search components", Exact = true }).FillAsync("berlin");
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 0))).ToBeHiddenAsync();
        await examination.ExamineAsync("incident-new-many-searched");
        examination.AssertNothingFound();
    }
}

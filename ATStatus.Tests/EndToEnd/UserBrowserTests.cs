using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>An Admin and the others.</summary>
public sealed class UserBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_user_is_invited_changed_switched_off_and_deleted()
    {
        await StartSignedInAsync();
        await GoToAsync("Users");
        await Page.Button("Invite user").ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog, new() { Name = "Invite user" });
        await dialog.GetByLabel("Email", new() { Exact = true }).FillAsync("no address");
        await dialog.Button("Create invite link").ClickAsync();
        await Expect(dialog.GetByLabel("Email", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
        await dialog.GetByLabel("Email", new() { Exact = true }).FillAsync("ada@example.com");
        await dialog.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("Editor");
        await Expect(dialog.GetByRole(AriaRole.Switch, new() { Name = "May redeliver" })).ToBeCheckedAsync();
        await dialog.GetByRole(AriaRole.Switch, new() { Name = "May redeliver" }).UncheckAsync();
        await dialog.Button("Create invite link").ClickAsync();
        await Expect(dialog.Button("Copy link")).ToBeVisibleAsync();
        var link = await dialog.GetByLabel("Invite link").InputValueAsync();
        await dialog.Button("Done").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = "Invitations" })).ToContainTextAsync("ada@example.com");

        await using (var context = await Page.Context.Browser!.NewContextAsync())
        {
            var ada = await context.NewPageAsync();
            await ada.GotoAsync(link);
            await ada.Field("Password").FillAsync("a long enough password");
            await ada.Field("Repeat password").FillAsync("a long enough password");
            await ada.Button("Create account").ClickAsync();
            await Expect(ada.Heading("Overview")).ToBeVisibleAsync();

            var row = Page.Row("ada@example.com");
            await Expect(row).ToContainTextAsync("Editor");
            await Page.Button("Edit ada@example.com").ClickAsync();
            var edit = Page.GetByRole(AriaRole.Dialog, new() { Name = "Edit ada@example.com" });
            await edit.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("Viewer");
            await edit.Button("Save").ClickAsync();
            await Expect(row).ToContainTextAsync("Viewer");
            await Expect(ada.Button("Sign in")).ToBeVisibleAsync();
        }

        await Page.Row("ada@example.com").Button("Reset password").ClickAsync();
        var reset = Page.GetByRole(AriaRole.Dialog, new() { Name = "Reset the password of ada@example.com" });
        Assert.Contains("/reset-password?token=", await reset.GetByLabel("Link").InputValueAsync(), StringComparison.Ordinal);
        await reset.Button("Done").ClickAsync();
        await Page.GetByRole(AriaRole.Switch, new() { Name = "On: ada@example.com" }).UncheckAsync();
        await Expect(Page.GetByText("ada@example.com was switched off")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Switch, new() { Name = $"On: {ConsoleApp.AdminEmail}" }).ClickAsync();
        await Expect(Page.GetByText("The last Admin cannot be removed, demoted or switched off.")).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Switch, new() { Name = $"On: {ConsoleApp.AdminEmail}" })).ToBeCheckedAsync();
        await Page.Button("Delete ada@example.com").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Delete").ClickAsync();
        await Expect(Page.Row("ada@example.com")).ToHaveCountAsync(0);
        Assert.Single(await Get<AccountQueries>().ListAsync(Stop));
    }

    [Fact]
    public async Task A_viewer_reads_everything_and_is_offered_nothing_else()
    {
        await StartAsync(new ConsoleAppOptions { Settings = Showcase.Settings });
        await using var showcase = await Showcase.FillAsync(App, Stop);
        var viewer = await App.AddUserAsync("viewer@example.com", ConsoleApp.AdminPassword, Roles.Viewer);
        await Page.GotoAsync("login");
        await Page.Field("Email").FillAsync(viewer.Email!);
        await Page.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await Page.Button("Sign in").ClickAsync();
        await Expect(Page.Heading("Overview")).ToBeVisibleAsync();
        string[] verbs =
        [
            "Create Incident", "Templates", "Post update", "Resolve", "Edit", "Delete incident", "Reopen", "Schedule Maintenance", "Start now", "Complete", "Cancel", "Save",
            "Add Status Page", "Add Component", "Add group", "Publish", "Move up", "Add Notification", "Import", "Export", "Send test", "Redeliver", "Cancel delivery",
            "Clear", "Pause all sending", "Delete page", "Archive", "Correct history", "End the series", "Resend missed events",
        ];
        foreach (var path in (string[])
            [
                "admin", "admin/status-pages", "admin/status-pages/1", "admin/components", "admin/components/1", "admin/incidents", "admin/incidents/1", "admin/incidents/3",
                "admin/maintenance", $"admin/maintenance/{showcase[Core.Events.MaintenanceStatus.Scheduled]}", $"admin/maintenance/{showcase[Core.Events.MaintenanceStatus.InProgress]}",
                "admin/notifications", "admin/notifications/1", "admin/notifications/1/deliveries", "admin/notifications/1/statistics", "admin/deliveries", $"admin/deliveries/{showcase[DeliveryState.Failed]}", "admin/test-receiver",
            ])
        {
            await Page.GotoAsync(path);
            await Expect(Page.Locator("main h1")).ToBeVisibleAsync();
            await Expect(Page.Locator(".loading")).ToHaveCountAsync(0);
            var offered = await Page.GetByRole(AriaRole.Main).Locator("button:not([disabled]), a.mud-button-root").EvaluateAllAsync<string[]>(
                "all => all.map(each => (each.getAttribute('aria-label') ?? each.textContent).trim())");
            Assert.True(!offered.Intersect(verbs).Any() && !offered.Any(o => o.StartsWith("Edit ", StringComparison.Ordinal) || o.StartsWith("Delete ", StringComparison.Ordinal)),
                $"{path}: {string.Join(", ", offered)}");
        }
        await Page.GotoAsync("admin/notifications/1");
        await Expect(Page.GetByRole(AriaRole.Tab)).ToHaveTextAsync(["Overview", "Deliveries", "Statistics", "Integration guide"]);
        await Page.GotoAsync($"admin/deliveries/{showcase[DeliveryState.Failed]}");
        await Expect(Page.GetByText("Your account may not see the bodies of requests and responses.")).ToBeVisibleAsync();
        foreach (var path in (string[])
            [
                "admin/status-pages/new", "admin/components/new", "admin/incidents/new", "admin/incidents/templates", "admin/maintenance/new", "admin/notifications/new", "admin/notifications/1/edit", "admin/notifications/import",
                "admin/notifications/1/recover", "admin/users", "admin/audit", "admin/settings",
            ])
        {
            await Page.GotoAsync(path);
            await Expect(Page.Heading("No access")).ToBeVisibleAsync();
        }
        // Chromium's own lines about the status 403.
        Assert.All(Window.Problems, problem => Assert.Contains("403", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
    }
}

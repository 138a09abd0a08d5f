using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Access;
using ATStatus.Core.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// Every page, empty, full and in use, as <see cref="PageExamination"/> looks at it: on every width, in both themes, with axe. A page that is
/// added must be shown here too. The Hangfire dashboard is somebody else's: it is pictured, and not examined.
/// </summary>
public sealed class ScreenTests(TestBrowser browser) : BrowserTest(browser)
{
    private PageExamination? _examination;

    private PageExamination Examination => _examination ??= new PageExamination(Page);

    [Fact]
    public async Task A_fresh_console_fits()
    {
        await StartAsync(new ConsoleAppOptions { FirstAccount = false });
        await Page.GotoAsync("login");
        await Expect(Page.Link("Create the first account")).ToBeVisibleAsync();
        await ShootAsync("login-fresh");
        await Page.GotoAsync(Regex.Match(App.Output, @"\S+/setup\?token=\S+").Value);
        await ShootAsync("setup");
        await Page.Field("Email").FillAsync("first@example.com");
        await Page.Field("Password").FillAsync("a long enough password");
        await Page.Field("Repeat password").FillAsync("a long enough password");
        await Page.Button("Create account").ClickAsync();
        await Expect(Page.Button("Load sample data")).ToBeVisibleAsync();
        await ShootAsync("overview-empty");
        foreach (var (name, place) in (IEnumerable<(string, string)>)
            [
                ("status-pages-empty", "Status pages"), ("components-empty", "Components"), ("incidents-empty", "Incidents"), ("maintenance-empty", "Maintenance"),
                ("notifications-empty", "Notifications"), ("deliveries-empty", "Deliveries"), ("test-receiver-empty", "Test receiver"),
                ("settings-empty", "Settings"),
            ])
        {
            await GoToAsync(place);
            await ShootAsync(name);
        }

        foreach (var (name, path) in (IEnumerable<(string, string)>)
            [
                ("templates-empty", "admin/incidents/templates"), ("maintenance-past-empty", "admin/maintenance?show=past"),
                ("incident-new-empty", "admin/incidents/new"), ("error", "error"),
            ])
        {
            await Page.GotoAsync(path);
            await ShootAsync(name);
        }

        Assert.Empty(Window.Problems);
        await Page.GotoAsync("admin/nowhere");
        await Expect(Page.Heading("Page not found")).ToBeVisibleAsync();
        // Chromium's own line about the status 404.
        Assert.All(Window.Problems, problem => Assert.Contains("404", problem, StringComparison.Ordinal));
        Assert.NotEmpty(Window.Problems);
        Window.ForgetProblems();
        await ShootAsync("not-found");
        await ShootNoAccessAsync();
        await Page.GotoAsync("logout");
        await ShootAsync("logout");
        await Page.Button("Sign out").ClickAsync();
        await ShootAsync("login");
        await Page.Field("Email").FillAsync("first@example.com");
        await Page.Field("Password").FillAsync("wrong");
        await Page.Button("Sign in").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await ShootAsync("login-refused");
        Examination.AssertNothingFound();
    }

    [Fact]
    public async Task A_busy_console_fits()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Settings = Showcase.Settings });
        await using var showcase = await Showcase.FillAsync(App, Stop);
        foreach (var (name, path) in (IEnumerable<(string, string)>)
            [
                ("overview", "admin"), ("status-pages", "admin/status-pages"), ("status-page-new", "admin/status-pages/new"),
                ("status-page-edit", "admin/status-pages/1"), ("components", "admin/components"), ("component-new", "admin/components/new"),
                ("component-edit", "admin/components/1"), ("incidents", "admin/incidents"), ("incidents-none", "admin/incidents?show=open&page=2"),
                ("incident-new", "admin/incidents/new?page=1"), ("incident", "admin/incidents/1"), ("incident-open", "admin/incidents/3"),
                ("templates", "admin/incidents/templates"), ("template-edit", "admin/incidents/templates/1"),
                ("maintenance", "admin/maintenance"), ("maintenance-past", "admin/maintenance?show=past"), ("maintenance-new", "admin/maintenance/new?page=2"),
                ("window-scheduled", $"admin/maintenance/{showcase[MaintenanceStatus.Scheduled]}"),
                ("window-running", $"admin/maintenance/{showcase[MaintenanceStatus.InProgress]}"),
                ("window-completed", $"admin/maintenance/{showcase[MaintenanceStatus.Completed]}"),
                ("window-cancelled", $"admin/maintenance/{showcase[MaintenanceStatus.Cancelled]}"), ("notifications", "admin/notifications"),
                ("notification", "admin/notifications/1"), ("notification-deliveries", "admin/notifications/1/deliveries"), ("notification-edit", "admin/notifications/1/edit"), ("notification-import-empty", "admin/notifications/import"), ("statistics", "admin/notifications/1/statistics"), ("receivers", "admin/notifications/1/receivers?language=python"), ("deliveries", "admin/deliveries"),
                ("deliveries-none", "admin/deliveries?state=pending"), ("delivery-delivered", $"admin/deliveries/{showcase[DeliveryState.Delivered]}"),
                ("delivery-failed", $"admin/deliveries/{showcase[DeliveryState.Failed]}"),
                ("delivery-retrying", $"admin/deliveries/{showcase[DeliveryState.Retrying]}"),
                ("delivery-skipped", $"admin/deliveries/{showcase[DeliveryState.Skipped]}"), ("delivery-test", "admin/deliveries/1"),
                ("delivery-missing", "admin/deliveries/999"), ("test-receiver", "admin/test-receiver"), ("settings", "admin/settings"), ("users", "admin/users"), ("api-keys", "admin/api-keys"), ("audit", "admin/audit"), ("audit-none", "admin/audit?action=cleared"), ("account", "account"),
                ("delivery-first", "admin/deliveries/2"), ("event", $"admin/events/{await EventOfAsync(showcase[DeliveryState.Failed])}"), ("event-test", $"admin/events/{await EventOfAsync(1)}"),
                ("event-missing", "admin/events/9999"), ("notification-recover-nothing", "admin/notifications/1/recover"), ("template-new", "admin/incidents/templates/new"), ("incident-told", "admin/incidents/1/told"), ("component-told", "admin/components/2/told"),
                ("window-told", $"admin/maintenance/{showcase[MaintenanceStatus.Completed]}/told"), ("window-told-none", "admin/maintenance/9999/told"),
            ])
        {
            await Page.GotoAsync(path);
            await ShootAsync(name);
            if (name is "overview" or "deliveries" or "statistics" or "incident-open" or "notification-edit" or "settings")
                await Examination.ShootOnWallAsync(name);
            // As tall as a screen: these two are README's.
            if (name is "overview" or "deliveries")
                await Page.ScreenshotAsync(new() { Path = RepositoryFolder.Artifact("screens", $"readme-{name}.png"), Animations = ScreenshotAnimations.Disabled });
        }
        await Page.GotoAsync("admin/settings");
        await Page.GetByText("Numbers by day").ClickAsync();
        await ShootAsync("settings-by-day");
        await Page.GotoAsync($"admin/deliveries/{showcase[DeliveryState.Failed]}");
        await Page.GetByText("Show the command").ClickAsync();
        await ShootAsync("delivery-curl");
        await Page.GotoAsync("admin/audit?object=notification&action=created");
        await Page.Button("Show details").First.ClickAsync();
        await Expect(Page.GetByText("(hidden)").First).ToBeVisibleAsync();
        await ShootAsync("audit-details");
        await ShootListsAsync();
        await ShootLogAsync();
        await ShootFormsAsync();
        await ShootAdvancedAsync();
        await ShootTypesAsync();
        await ShootIncidentFormsAsync();
        await ShootHistoryFormsAsync();
        await ShootMaintenanceFormAsync();
        await ShootWindowDialogsAsync(showcase[MaintenanceStatus.Scheduled]);
        await Page.GotoAsync("hangfire/jobs/succeeded");
        await Expect(Page.Heading("Succeeded Jobs")).ToBeVisibleAsync();
        await Page.ScreenshotAsync(new() { Path = RepositoryFolder.Artifact("screens", "hangfire-1280-light.png") });
        await ShootWithoutCircuitAsync();
        Assert.Empty(ConsoleRoutes.NotAmong(Examination.Paths));
        Examination.AssertNothingFound();
    }

    private async Task<long> EventOfAsync(long delivery) => (await Get<DeliveryQueries>().FindAsync(delivery, Stop))!.EventId;

    [Fact]
    public async Task What_was_missed_and_what_is_paused_fits()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Stall());
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri, "Data warehouse");
        var id = await SubscribeAsync(receiver.Url.AbsoluteUri, "Partner portal");
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        await MissAsync(id, 1234);
        var place = $"admin/notifications/{id}/recover?since=24h";
        await Page.GotoAsync(place);
        await Expect(Page.GetByText("1,234 deliveries (1,234 skipped)")).ToBeVisibleAsync();
        await ShootAsync("notification-recover-off");
        await GoToAsync("Notifications");
        await Page.GetByRole(AriaRole.Switch, new() { Name = "On: Partner portal" }).CheckAsync();
        await Expect(Page.Row("Partner portal")).ToContainTextAsync("1,234 deliveries were skipped while it was off.");
        await ShootAsync("notifications-missed");
        await Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, DateTime.UtcNow.AddDays(-1)), new Actor("dana@example.com"), Stop);
        await Page.GotoAsync(place);
        await Expect(Page.GetByText("500 of 1,234")).ToBeVisibleAsync();
        await ShootAsync("notification-recover-running");
        await Page.Button("Stop").ClickAsync();
        await Expect(Page.Row("dana@example.com")).ToContainTextAsync("Stopped");
        await Page.Button("Find missed deliveries").ClickAsync();
        await Expect(Page.GetByText("734 deliveries (734 skipped)")).ToBeVisibleAsync();
        await ShootAsync("notification-recover");

        await Get<SendingPauseService>().PauseAsync(new Actor("dana@example.com"), Stop);
        await Page.GotoAsync("admin");
        await ShootAsync("overview-paused");
        await Page.GotoAsync("admin/notifications");
        await ShootAsync("notifications-paused");
        Examination.AssertNothingFound();
    }

    [Fact]
    public async Task Limits_copies_and_imports_fit()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Settings = Showcase.Settings });
        await using var showcase = await Showcase.FillAsync(App, Stop);
        await Page.GotoAsync("admin/notifications/1/edit");
        await Page.Checkbox("API").CheckAsync();
        await Page.Checkbox("Background jobs").CheckAsync();
        await Page.Checkbox("Platform").CheckAsync();
        await Page.Field("Incident severity").SelectOptionAsync("Major or worse");
        await Page.Field("Alert on failure").SelectOptionAsync("Support desk");
        await ShootAsync("notification-limited");
        await Page.Button("Save").ClickAsync();
        await Page.Checkbox("Select all on this page").CheckAsync();
        await ShootAsync("notifications-limited");
        var file = await (await Page.RunAndWaitForDownloadAsync(() => Page.Link("Export").ClickAsync())).PathAsync();
        await Page.GotoAsync("admin/notifications/new?from=1");
        await ShootAsync("notification-copy");
        await Page.GotoAsync("admin/notifications/import");
        await Page.ChooseFileAsync("File", file);
        await Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Import [0-9]+ notifications$") }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await ShootAsync("notification-import");
        Examination.AssertNothingFound();
    }

    /// <summary>Lets a notification that is off have skipped so many deliveries.</summary>
    private async Task MissAsync(int notificationId, int count)
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var notification = await db.Notifications.AsNoTracking().SingleAsync(n => n.Id == notificationId, Stop);
        var storedEvent = new StoredEvent { Type = EventType.ComponentCreated, OccurredAt = DateTime.UtcNow.AddHours(-3), StatusPageId = 1, Title = "API", Payload = "{}"u8.ToArray() };
        for (var i = 0; i < count; i++)
        {
            var delivery = Delivery.For(storedEvent, notification, storedEvent.OccurredAt);
            delivery.Skip(storedEvent.OccurredAt, SkipCause.NotificationOff, "The notification was switched off: By hand.");
            db.Deliveries.Add(delivery);
        }
        // Since before it skipped them.
        db.Notifications.Attach(notification).Entity.DisabledAt = storedEvent.OccurredAt.AddMinutes(-5);
        await db.SaveChangesAsync(Stop);
    }

    /// <summary>Lists with their rows selected, filtered without a match, and with their filters open on a phone.</summary>
    private async Task ShootListsAsync()
    {
        await Page.GotoAsync("admin/components");
        foreach (var name in (string[])["Select API", "Select Database"])
            await Page.Checkbox(name).First.CheckAsync();
        await Expect(Page.Region("Selected components")).ToContainTextAsync("2 selected");
        await ShootAsync("components-selected");
        await Page.GotoAsync("admin/notifications?show=failing&type=webhook&sort=trouble");
        await ShootAsync("notifications-filtered");
        await Page.GotoAsync("admin/incidents?q=nothing+like+it&show=open");
        await ShootAsync("incidents-no-match");
        await Page.GotoAsync("admin/incidents?show=open");
        await Page.SetViewportSizeAsync(390, 844);
        await Page.Button("Filters (1)").ClickAsync();
        await Expect(Page.Field("Sort by")).ToBeVisibleAsync();
        await ShootAsync("incidents-filters");
    }

    /// <summary>The log filtered, paused, with its filters open on a phone, and with deliveries chosen and sent again.</summary>
    private async Task ShootLogAsync()
    {
        await Page.GotoAsync("admin/deliveries?notification=4&failure=http_status&status=5xx&test=none&q=status&since=2026-01-14T12:00Z");
        await ShootAsync("deliveries-filtered");
        await Page.SetViewportSizeAsync(390, 844);
        await Page.Button("Filters (5)").ClickAsync();
        await Expect(Page.Field("State")).ToBeVisibleAsync();
        await ShootAsync("deliveries-filters");
        await Page.GotoAsync("admin/deliveries");
        await Page.Field("Pause live updates").CheckAsync();
        await Page.Checkbox("Select all on this page").CheckAsync();
        await Expect(Page.Region("Selected deliveries")).ToContainTextAsync("selected");
        await ShootAsync("deliveries-selected");
        await Page.Button("Resend missed events").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Left out");
        await ShootAsync("deliveries-question");
        await Page.GetByRole(AriaRole.Dialog).Button("Resend missed events").ClickAsync();
        await Expect(Page.Region("Selected deliveries")).ToContainTextAsync("on their way");
        await ShootAsync("deliveries-sent");
    }

    /// <summary>Forms in use: refused ones, a test's outcome, a question.</summary>
    private async Task ShootFormsAsync()
    {
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("URL").FillAsync("http://10.0.0.8/hook");
        await Page.Button("Generate").ClickAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await ShootAsync("notification-refused");
        await Page.Button("Use the test receiver").ClickAsync();
        await Page.Field("Name").FillAsync("Trying it out");
        await Page.Checkbox("All incident events").CheckAsync();
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Region("Send a test")).ToContainTextAsync("Delivered: status 200");
        await ShootAsync("notification-tested");
        await Page.Link("Cancel").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await ShootAsync("question");
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(Page.Heading("Notifications")).ToBeVisibleAsync();
        await Page.Row("Legacy intranet").Button("Send test").ClickAsync();
        await Expect(Page.GetByText("Failed: status 500").First).ToBeVisibleAsync();
        await ShootAsync("notifications-tested");
        await Page.SetViewportSizeAsync(390, 844);
        // The window has just become narrow: the drawer closes a moment later.
        await Expect(Page.Button("Menu")).ToHaveAttributeAsync("aria-expanded", "false");
        await Page.Button("Menu").ClickAsync();
        await Expect(Page.Button("Menu")).ToHaveAttributeAsync("aria-expanded", "true");
        await Examination.ExamineOnPhoneAsync("menu");
        await Page.SetViewportSizeAsync(1280, 800);
    }

    /// <summary>A notification's form with everything that is folded away otherwise: refused, loud, and with two secrets that sign.</summary>
    private async Task ShootAdvancedAsync()
    {
        using var expired = LoopbackReceiver.SelfSigned(DateTimeOffset.UtcNow.AddYears(-3), "hooks.example.com");
        await Page.GotoAsync("admin/notifications/1/edit");
        await Page.Button("Generate").ClickAsync();
        await Page.Button("Advanced").ClickAsync();
        foreach (var (row, name) in new[] { (1, "Authorization"), (2, "Host") })
        {
            await Page.Button("Add header").ClickAsync();
            await Page.Field($"Header {row} name").FillAsync(name);
            await Page.Field($"Header {row} value").FillAsync(row == 1 ? "Bearer 123" : "");
        }
        await Page.Field("Certificate check").SelectOptionAsync("Pinned certificate");
        await Page.Field("Certificate (PEM)").FillAsync(expired.ExportCertificatePem());
        await Page.Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await ShootAsync("notification-advanced-refused");
        await Page.Button("Remove header 2").ClickAsync();
        await Page.Field("URL").FillAsync("https://hooks.example.com/atstatus");
        await Page.Field("Certificate check").SelectOptionAsync("Not verified");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("On-call pager")).ToContainTextAsync("Not verified");
        await ShootAsync("notifications-rotating");
        await Page.Link("Edit On-call pager").ClickAsync();
        await Expect(Page.GetByText("The receiver is not verified")).ToBeVisibleAsync();
        await ShootAsync("notification-advanced");
    }

    private async Task ShootTypesAsync()
    {
        foreach (var type in (string[])["Discord", "Slack", "Microsoft Teams"])
        {
            await Page.GotoAsync("admin/notifications/new");
            await Page.GetByRole(AriaRole.Radio, new() { Name = type }).CheckAsync();
            await ShootAsync($"notification-{type.Split(' ')[^1].ToLowerInvariant()}");
        }
    }

    /// <summary>The pages of no circuit, some of which the fresh console has shown otherwise.</summary>
    private async Task ShootWithoutCircuitAsync()
    {
        foreach (var (name, path) in (IEnumerable<(string, string)>)
            [
                ("error", "error"), ("not-found", "not-found"), ("no-access", "status/403"), ("form-refused", "status/400"),
                ("setup-done", "setup"), ("reset-password", $"reset-password?token={await ResetTokenAsync()}"), ("reset-password-used", "reset-password"), ("invite", $"invite?token={await InviteTokenAsync()}"), ("invite-used", "invite"), ("logout", "logout"),
            ])
        {
            await Page.GotoAsync(path);
            await ShootAsync(name);
        }
        // Chromium's own lines about the statuses of those that tell of one.
        Assert.All(Window.Problems, problem => Assert.Contains("Failed to load resource: the server responded with a status of 4", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
        await Page.Button("Sign out").ClickAsync();
        await Expect(Page.Button("Sign in")).ToBeVisibleAsync();
        await ShootAsync("login");
    }

    private async Task<string> ResetTokenAsync()
    {
        await using var scope = App.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByNameAsync(ConsoleApp.AdminEmail);
        return Get<PasswordResets>().Create(user!);
    }

    private Task<string> InviteTokenAsync() =>
        Get<AccountService>().InviteAsync(new InvitationInput("grace@example.com", new AccountInput(Roles.Editor)), new Actor(ConsoleApp.AdminEmail), Stop);

    private async Task ShootNoAccessAsync()
    {
        await Page.GotoAsync("status/403");
        await ShootAsync("no-access");
    }

    /// <summary>An incident refused, previewed, being corrected, and changed by somebody else.</summary>
    private async Task ShootIncidentFormsAsync()
    {
        await Page.GotoAsync("admin/incidents/new?page=1");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await ShootAsync("incident-refused");
        await Page.Field("Template").SelectOptionAsync("Payment provider down");
        await Expect(Page.Field("Title")).ToHaveValueAsync("Payments fail");
        await Page.Checkbox("API").CheckAsync();
        await Page.Checkbox("Database").CheckAsync();
        await Page.Button("Preview").ClickAsync();
        await Expect(Page.Region("Preview")).ToContainTextAsync("incident.created");
        await Page.Button("Save as template").ClickAsync();
        await Page.Field("Template name").FillAsync("Payment provider down");
        await Expect(Page.GetByText("Saving replaces it.")).ToBeVisibleAsync();
        await ShootAsync("incident-preview");

        await Page.GotoAsync("admin/incidents/3");
        await Page.Button("Edit message").First.ClickAsync();
        await Page.Field("Corrected message").FillAsync("Exports catch up; nothing is lost.");
        await Page.Button("Edit").ClickAsync();
        var edit = Page.GetByRole(AriaRole.Dialog, new() { Name = "Edit incident" });
        await edit.GetByLabel("Title", new() { Exact = true }).FillAsync("Late exports");
        var seen = (await Get<IncidentQueries>().FindAsync(3, Stop))!;
        await Get<IncidentService>().EditAsync(3, seen.Version, new IncidentEditInput("Exports are late"), Stop);
        await edit.Button("Save").ClickAsync();
        await edit.Button("Reload").ClickAsync();
        await Expect(edit.GetByText("Changed by someone else")).ToHaveCountAsync(1);
        await ShootAsync("incident-conflict");
    }

    /// <summary>An incident entered afterwards, its update, its edit and its deletion, and a component's history that is corrected.</summary>
    private async Task ShootHistoryFormsAsync()
    {
        var today = DateTime.UtcNow.Date;
        await Page.GotoAsync("admin/incidents/new?page=1");
        await Page.Field("Title").FillAsync("Search was down");
        await Page.Field("Severity").SelectOptionAsync("Critical");
        await Page.Field("Status").SelectOptionAsync("Resolved");
        await Page.Field("Message").FillAsync("A disk was full. It is larger now.");
        await Page.Checkbox("API").CheckAsync();
        await Page.Checkbox("Database").CheckAsync();
        await Page.Field("Status of Database").SelectOptionAsync("No change");
        await Page.Field("Started").FillAsync($"{today.AddDays(-1):yyyy-MM-dd}T06:00");
        await Page.Field("Ended").FillAsync($"{today.AddDays(-1):yyyy-MM-dd}T09:00");
        await Expect(Page.GetByText("Counts as downtime of API from")).ToBeVisibleAsync();
        await ShootAsync("incident-afterwards");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Search was down")).ToBeVisibleAsync();
        await Page.Button("Edit").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog).GetByText("Counts as downtime of API from")).ToBeVisibleAsync();
        await ShootAsync("incident-edit");
        await Page.GetByRole(AriaRole.Dialog).Button("Cancel").ClickAsync();
        await Page.Button("Delete incident").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Radio, new() { Name = "Keep its downtime" })).ToBeVisibleAsync();
        await ShootAsync("incident-delete");
        await Page.GetByRole(AriaRole.Dialog).Button("Cancel").ClickAsync();

        await Page.GotoAsync("admin/components/1");
        await Page.Button("Correct history").ClickAsync();
        var correction = Page.GetByRole(AriaRole.Dialog, new() { Name = "Correct history" });
        await correction.GetByLabel("From", new() { Exact = true }).FillAsync($"{today.AddDays(-3):yyyy-MM-dd}T08:00");
        await correction.GetByLabel("Until", new() { Exact = true }).FillAsync($"{today.AddDays(-3):yyyy-MM-dd}T10:00");
        await correction.GetByLabel("Status", new() { Exact = true }).SelectOptionAsync("Major outage");
        await ShootAsync("component-correction");
        await correction.Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.List, new() { Name = "Changes of status" }).GetByText("Corrected")).ToBeVisibleAsync();
        await ShootAsync("component-corrected");
    }

    /// <summary>A start that the clocks skip, and a recurring window with its preview.</summary>
    private async Task ShootMaintenanceFormAsync()
    {
        await Page.GotoAsync("admin/maintenance/new?page=2");
        await Page.Field("Starts").FillAsync("2032-03-28T02:30");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.GetByText("does not exist on 28 March 2032").First).ToBeVisibleAsync();
        await ShootAsync("maintenance-refused");
        await Page.Field("Title").FillAsync("Database upgrade");
        await Page.Field("Message").FillAsync("The shops are read-only for some minutes.");
        await Page.Field("Starts").FillAsync("2032-10-31T02:30");
        await Page.Field("Ends").FillAsync("2032-10-31T06:00");
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Later" }).CheckAsync();
        await Page.Field("Repeats").SelectOptionAsync("Custom (cron)");
        await Page.Field("Cron rule").FillAsync("30 2 * * 0");
        await Page.Checkbox("Checkout").CheckAsync();
        await Page.Button("Preview").ClickAsync();
        await Expect(Page.Region("Preview")).ToContainTextAsync("maintenance.scheduled");
        await ShootAsync("maintenance-preview");
    }

    /// <summary>The dialogs that change a window that has not started, and call it off.</summary>
    private async Task ShootWindowDialogsAsync(int window)
    {
        await Page.GotoAsync($"admin/maintenance/{window}");
        await Page.Button("Edit").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Preview").ClickAsync();
        await Expect(Page.Region("Preview")).ToBeVisibleAsync();
        await ShootAsync("window-edit");
        await Page.GetByRole(AriaRole.Dialog).Button("Cancel").ClickAsync();
        await Page.Button("Cancel").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog).Button("Cancel and notify")).ToBeVisibleAsync();
        await ShootAsync("window-cancel");
        await Page.GetByRole(AriaRole.Dialog).Button("Keep it").ClickAsync();
    }

    private Task ShootAsync(string name) => Examination.ExamineAsync(name);
}

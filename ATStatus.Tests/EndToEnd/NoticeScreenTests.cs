using System.Text.RegularExpressions;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What interrupts an operator, looked at as <see cref="ScreenTests"/> looks at pages: rows with an unpublished status, questions and banners.</summary>
public sealed class NoticeScreenTests(TestBrowser browser) : BrowserTest(browser)
{
    private PageExamination? _examination;

    private PageExamination Examination => _examination ??= new PageExamination(Page);

    [Fact]
    public async Task Unpublished_statuses_and_questions_fit()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Settings = Showcase.Settings });
        await using var showcase = await Showcase.FillAsync(App, Stop);
        foreach (var (name, path) in (IEnumerable<(string, string)>)[("components-pending", "admin/components"), ("status-page-pending", "admin/status-pages/1")])
        {
            await Page.GotoAsync(path);
            await Page.Locator("#status-4").SelectOptionAsync("Major outage");
            await Expect(Page.Locator("#pending-4")).ToContainTextAsync("sent");
            await Examination.ExamineAsync(name);
            await Page.Button("Discard").ClickAsync();
        }
        await Page.GotoAsync($"admin/deliveries/{showcase[DeliveryState.Retrying]}");
        await Page.Button("Cancel delivery").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Examination.ExamineAsync("delivery-cancel");
        Examination.AssertNothingFound();
    }

    [Fact]
    public async Task A_new_password_and_what_was_used_elsewhere_fit()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync("https://hooks.example.com/status");
        await Get<SendingPauseService>().PauseAsync(new Actor("dana@example.com"), Stop);
        await ReportAsync("Waits");
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
        {
            await db.DatabaseIdentities.ExecuteUpdateAsync(
                rows => rows.SetProperty(row => row.RetentionLookedAt, DateTime.UtcNow.AddDays(-200)), Stop);
        }
        Assert.False(await Get<RetentionClock>().LookAsync(Stop));
        await Page.GotoAsync("admin/settings");
        await Expect(Page.Button("Delete now")).ToBeVisibleAsync();
        await Examination.ExamineAsync("settings-deleting-paused");

        Get<DatabaseUse>().Ask("web-1 (/srv/atstatus/data/atstatus.db)");
        await Page.GotoAsync("admin");
        await Expect(Page.GetByText("This database was last used by web-1")).ToBeVisibleAsync();
        await Examination.ExamineAsync("overview-used-elsewhere");

        var run = await ProgramRun.OfAsync($"--contentRoot={App.Folder}", $"--urls={App.Address}", "--reset-password", ConsoleApp.AdminEmail);
        await Page.GotoAsync(Regex.Match(run.Output, @"\S+/reset-password\?token=\S+").Value);
        await Expect(Page.Field("Repeat password")).ToBeVisibleAsync();
        await Examination.ExamineAsync("reset-password");
        await Page.GotoAsync("reset-password?token=used");
        await Examination.ExamineAsync("reset-password-refused");
        // Chromium's own line about the status.
        Assert.All(Window.Problems, problem => Assert.StartsWith("Console: Failed to load resource", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
        Examination.AssertNothingFound();
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_fits()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.ReadOnly);
        await StartSignedInAsync(new ConsoleAppOptions { Configure = builder => fault.AddTo(builder.Services) });
        await Get<SampleData>().LoadAsync(Stop);
        fault.IsArmed = true;
        await Page.GotoAsync("admin");
        await Expect(Page.GetByText("The database is read-only")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Examination.ExamineAsync("overview-unwritable");
        fault.IsArmed = false;
        Examination.AssertNothingFound();
    }
}

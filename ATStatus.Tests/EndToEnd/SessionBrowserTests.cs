using System.Text.RegularExpressions;
using ATStatus.Core.Access;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Open pages when their session ends.</summary>
public sealed partial class SessionBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Sign_out_takes_one_press_and_the_other_tabs_leave_too()
    {
        await StartSignedInAsync();
        var other = await Page.Context.NewPageAsync();
        await other.GotoAsync("admin/incidents");
        await Expect(other.Heading("Incidents")).ToBeVisibleAsync();

        await Page.Link("Sign out").ClickAsync();

        await Expect(Page).ToHaveURLAsync(new Uri(App.Address, "login").AbsoluteUri);
        await Expect(Page.Button("Sign in")).ToBeVisibleAsync();
        await Expect(other).ToHaveURLAsync(Login());
        await other.CloseAsync();
        await SignInAsync();
        await Expect(Page.Heading("Overview")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_an_open_page_would_do_after_its_session_has_ended_is_not_done()
    {
        await StartSignedInAsync();
        await Get<Core.StatusPages.SampleData>().LoadAsync(Stop);
        var editor = await App.AddUserAsync("editor@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        await using var context = await Page.Context.Browser!.NewContextAsync(new() { BaseURL = App.Address.AbsoluteUri });
        var page = await context.NewPageAsync();
        await page.GotoAsync("login");
        await page.Field("Email").FillAsync(editor.Email!);
        await page.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await page.Button("Sign in").ClickAsync();
        await page.GotoAsync("admin/incidents/new");
        await page.Field("Title").FillAsync("Too late");
        await page.Field("Message").FillAsync("Too late");

        await Get<AccountService>().SetOnAsync(editor.Id, isOn: false, Stop);

        // Without a question whether to leave what was typed: there is nothing to stay for.
        await Expect(page).ToHaveURLAsync(Login());
        await Expect(page.Button("Sign in")).ToBeVisibleAsync();
        Assert.DoesNotContain(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop), i => i.Title == "Too late");
    }

    [Fact]
    public async Task A_new_password_keeps_this_browser_signed_in_and_no_other()
    {
        await StartSignedInAsync();
        using var elsewhere = await App.SignedInAsync();
        await Page.Link(ConsoleApp.AdminEmail).ClickAsync();
        await Expect(Page.Heading("Account")).ToBeVisibleAsync();
        await Expect(Page.Region("Sessions").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);

        await Page.Button("Change password").ClickAsync();
        await Expect(Page.Field("Current password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Page.Field("Current password").FillAsync("wrong");
        await Page.Field("New password").FillAsync("another battery staple, horse");
        await Page.Field("Repeat password").FillAsync("another battery staple, horse");
        await Page.Button("Change password").ClickAsync();
        await Expect(Page.GetByText("This is not your current password.").First).ToBeVisibleAsync();
        await Page.Field("Current password").FillAsync(ConsoleApp.AdminPassword);
        await Page.Button("Change password").ClickAsync();

        await Expect(Page.GetByText("Password changed")).ToBeVisibleAsync();
        await Expect(Page.Region("Sessions").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        using (var ended = await elsewhere.GetAsync("admin", Stop))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, ended.StatusCode);
        using var again = await App.SignedInAsync(password: "another battery staple, horse");
        await Expect(Page.Region("Sessions").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Page.Region("Sessions").GetByRole(AriaRole.Listitem).Filter(new() { HasNotText = "This session" }).Button("Sign out").ClickAsync();
        await Expect(Page.Region("Sessions").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Sign_out_everywhere_leaves_here_too()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("account");
        await Page.Button("Sign out everywhere").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Sign out everywhere").ClickAsync();
        await Expect(Page.Button("Sign in")).ToBeVisibleAsync();
    }

    [GeneratedRegex("/login")]
    private static partial Regex Login();
}

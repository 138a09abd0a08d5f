using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Playwright;
using OtpNet;

namespace ATStatus.Tests.EndToEnd;

/// <summary>An authenticator and passkeys, as a person sets them up and signs in with them. Passkeys with Chromium's virtual authenticator.</summary>
public sealed class SecondFactorBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    // Passkeys are for host names.
    protected override Uri WindowAddress => new UriBuilder(App.Address) { Host = "localhost" }.Uri;

    [Fact]
    public async Task An_authenticator_is_set_up_asked_for_and_turned_off()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("account");
        await Page.Button("Set up authenticator").ClickAsync();
        var secret = (await Page.Field("Key").InputValueAsync()).Replace(" ", "", StringComparison.Ordinal);
        await Page.Field("Code").FillAsync("000000");
        await Page.Button("Turn on").ClickAsync();
        await Expect(Page.Field("Code")).ToHaveAttributeAsync("aria-invalid", "true");
        await Page.Field("Code").FillAsync(Now(secret));
        await Page.Button("Turn on").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(10);
        var recovery = await Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem).First.InnerTextAsync();
        await Page.Button("Done").ClickAsync();
        await Expect(Page.GetByText("10 recovery codes are left.")).ToBeVisibleAsync();

        await Page.Link("Sign out").ClickAsync();
        await SignInAsync();
        await Page.Field("Code").FillAsync(Now(secret));
        await Page.Button("Verify").ClickAsync();
        await Expect(Page.Heading("Overview")).ToBeVisibleAsync();
        await GoToAsync("Users");
        await Page.GetByRole(AriaRole.Switch, new() { Name = "Require a second factor" }).CheckAsync();
        await Expect(Page.GetByText("Everybody needs a second factor now")).ToBeVisibleAsync();

        await Page.Link("Sign out").ClickAsync();
        await SignInAsync();
        await Page.Link("Use a recovery code").ClickAsync();
        await Page.Field("Code").FillAsync(recovery);
        await Page.Button("Verify").ClickAsync();
        await Expect(Page.Heading("Overview")).ToBeVisibleAsync();
        await Page.GotoAsync("account");
        await Expect(Page.GetByText("9 recovery codes are left.")).ToBeVisibleAsync();
        await Page.Button("Turn off").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Turn off").ClickAsync();
        await Expect(Page.Button("Set up authenticator")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_signs_in_with_a_password_where_more_is_required_sees_only_the_own_account()
    {
        await StartAsync();
        var user = await App.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        var strong = await Get<Core.Access.SessionStore>().BeginAsync(user, "", "", isStrong: true, Stop);
        await Get<Core.Access.AccountService>().RequireSecondFactorAsync(true, strong!.Id, Stop);
        await Page.GotoAsync("login");
        await SignInAsync();
        await Expect(Page.Heading("Second factor required")).ToBeVisibleAsync();
        await Page.Link("Go to your account").ClickAsync();
        await Page.Button("Set up authenticator").ClickAsync();
        await Page.Field("Code").FillAsync(Now((await Page.Field("Key").InputValueAsync()).Replace(" ", "", StringComparison.Ordinal)));
        await Page.Button("Turn on").ClickAsync();
        await Page.Button("Done").ClickAsync();
        await GoToAsync("Incidents");
        await Expect(Page.Button("Create Incident")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_passkey_is_added_signs_in_and_is_removed()
    {
        await StartSignedInAsync();
        var devtools = await Page.Context.NewCDPSessionAsync(Page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        await Page.GotoAsync("account");
        await Page.Field("Passkey name").FillAsync("My laptop");
        await Page.Button("Add passkey").ClickAsync();
        await Expect(Page.Button("Remove My laptop")).ToBeVisibleAsync();

        await Page.Link("Sign out").ClickAsync();
        await Expect(Page.Heading("Sign in")).ToBeVisibleAsync();
        await Page.GotoAsync("login?returnUrl=%2Fadmin%2Fincidents");
        await Page.Button("Sign in with a passkey").ClickAsync();
        await Expect(Page.Heading("Incidents")).ToBeVisibleAsync();

        await Page.GotoAsync("account");
        await Page.Button("Remove My laptop").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Remove").ClickAsync();
        await Expect(Page.Button("Remove My laptop")).ToHaveCountAsync(0);
        await Page.Link("Sign out").ClickAsync();
        await Page.Button("Sign in with a passkey").ClickAsync();
        await Expect(Page.GetByText("This passkey is not known here.")).ToBeVisibleAsync();
        // Chromium's own line about the status 422.
        Assert.All(Window.Problems, problem => Assert.Contains("422", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
    }

    [Fact]
    public async Task On_an_address_the_page_says_why_there_are_no_passkeys()
    {
        await StartSignedInAsync();
        await Page.GotoAsync(new Uri(App.Address, "login").AbsoluteUri);
        await SignInAsync();
        await Page.GotoAsync(new Uri(App.Address, "account").AbsoluteUri);
        await Expect(Page.GetByText("Passkeys need a host name, and you opened the console as 127.0.0.1.")).ToBeVisibleAsync();
        await Expect(Page.Button("Add passkey")).ToHaveCountAsync(0);
        // The window takes the other name of this machine for another host.
        Assert.All(Window.Problems, problem => Assert.Contains(" to another host: ", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
    }

    private static string Now(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp();
}

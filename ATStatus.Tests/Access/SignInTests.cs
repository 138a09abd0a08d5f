using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Access;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Access;

public sealed partial class SignInTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_opens_the_console()
    {
        var app = await shared.AppAsync();
        using var browser = app.CreateClient();
        using var response = await browser.SubmitAsync("login", "login", ("Input.Email", "  Admin@Example.com "), ("Input.Password", ConsoleApp.AdminPassword));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/admin", response.Headers.Location!.OriginalString);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), c => SessionCookie().IsMatch(c));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        using var page = await browser.GetAsync("admin", Stop);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Unknown_account_and_wrong_password_get_the_same_answer()
    {
        var app = await shared.AppAsync();
        await app.AddUserAsync("known@example.com");
        using var browser = app.CreateClient();
        var unknown = await TryAsync(browser, "nobody@example.com", "some password that is wrong");
        var wrong = await TryAsync(browser, "known@example.com", "some password that is wrong");
        Assert.Contains("Email or password is wrong.", unknown, StringComparison.Ordinal);
        Assert.Contains("Email or password is wrong.", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("some password", wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/deliveries?state=failed", "/admin/deliveries?state=failed")]
    [InlineData("/hangfire", "/hangfire")]
    [InlineData("/é", "/%C3%A9")]
    [InlineData("/%C3%A9", "/%C3%A9")]
    [InlineData("/admin/deliveries?q=ä b&x=%C3%A9#ü", "/admin/deliveries?q=%C3%A4%20b&x=%C3%A9#%C3%BC")]
    [InlineData("/\U0001F600", "/%F0%9F%98%80")]
    [InlineData("/\u2028/evil.example", "/%E2%80%A8/evil.example")]
    [InlineData("/\uFF0Fevil.example", "/%EF%BC%8Fevil.example")]
    [InlineData("/.//evil.example", "/.//evil.example")]
    [InlineData("//evil.example/", "/admin")]
    [InlineData("///evil.example/", "/admin")]
    [InlineData("/\r\n/evil.example/", "/admin")]
    [InlineData("/\u0085/evil.example/", "/admin")]
    [InlineData("/\\evil.example/", "/admin")]
    [InlineData("/\t/evil.example/", "/admin")]
    [InlineData("https://evil.example/", "/admin")]
    [InlineData("javascript:alert(1)", "/admin")]
    [InlineData("evil", "/admin")]
    [InlineData("", "/admin")]
    public async Task Sign_in_leads_back_only_within_the_site(string asked, string expected)
    {
        var app = await shared.AppAsync();
        using var browser = app.CreateClient();
        using var response = await browser.SubmitAsync(
            "login?returnUrl=" + Uri.EscapeDataString(asked), "login",
            ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
        Assert.Equal(expected, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public void A_missing_return_url_means_the_overview() => Assert.Equal("/admin", ReturnUrl.LocalOrOverview(null));

    [Fact]
    public async Task A_stranger_comes_back_to_where_they_wanted()
    {
        var app = await shared.AppAsync();
        using var browser = app.CreateClient();
        using var response = await browser.GetAsync("admin?x=1&y=2", Stop);
        Assert.Equal("/login?returnUrl=%2Fadmin%3Fx%3D1%26y%3D2", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_root_leads_to_the_overview()
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        using var response = await admin.GetAsync("", Stop);
        Assert.Equal("/admin", response.Headers.Location!.OriginalString);
        using var stranger = app.CreateClient();
        using var refused = await stranger.GetAsync("", Stop);
        Assert.Equal("/login", refused.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Signing_out_takes_a_press_of_the_button()
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        using (var page = await admin.GetAsync("logout", Stop))
            Assert.Matches(@"<button[^>]*>(<[^>]+>)*Sign out<", await page.Content.ReadAsStringAsync(Stop));
        using (var still = await admin.GetAsync("admin", Stop))
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);

        using var response = await admin.SubmitAsync("logout", "logout");
        Assert.Equal("/login", response.Headers.Location!.OriginalString);
        using var gone = await admin.GetAsync("admin", Stop);
        Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var app = await shared.AppAsync();
        using var browser = app.CreateClient();
        foreach (var form in new[] { "login", "setup" })
        {
            using var content = new FormUrlEncodedContent([new("_handler", form), new("Input.Email", ConsoleApp.AdminEmail), new("Input.Password", ConsoleApp.AdminPassword)]);
            using var response = await browser.PostAsync(form, content, Stop);
            Assert.Equal(form == "login" ? HttpStatusCode.BadRequest : HttpStatusCode.Gone, response.StatusCode);
            Assert.Contains("<h1", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        using var admin = await app.SignedInAsync();
        using var logout = new FormUrlEncodedContent([new("_handler", "logout")]);
        using var refused = await admin.PostAsync("logout", logout, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Passwords_are_never_logged()
    {
        const string Wrong = "a password that is wrong in this test alone";
        var app = await shared.AppAsync();
        var before = Attempts();
        using (var browser = app.CreateClient())
            await TryAsync(browser, ConsoleApp.AdminEmail, Wrong);
        using var admin = await app.SignedInAsync();

        // What is logged of it is there, so that what is missing was not merely lost.
        Assert.True(Attempts() > before);
        foreach (var password in new[] { Wrong, ConsoleApp.AdminPassword })
        {
            Assert.DoesNotContain(app.Logs, line => line.Contains(password, StringComparison.Ordinal));
            Assert.DoesNotContain(password, app.Output, StringComparison.Ordinal);
        }

        int Attempts() => app.Logs.Count(
            line => line.Contains("An attempt to sign in from 127.0.0.1 had a wrong", StringComparison.Ordinal));
    }

    [GeneratedRegex("^atstatus-[0-9a-f]{8}=")]
    private static partial Regex SessionCookie();

    private static async Task<string> TryAsync(HttpClient browser, string email, string password)
    {
        using var response = await browser.SubmitAsync("login", "login", ("Input.Email", email), ("Input.Password", password));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}

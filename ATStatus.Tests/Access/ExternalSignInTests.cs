using System.Net;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>Signing in with an identity provider, a real one on loopback.</summary>
public sealed class ExternalSignInTests : IAsyncLifetime
{
    private IdentityProvider _provider = null!;
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = _provider.Settings });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_has_a_value_that_gives_a_role_gets_an_account_with_it_and_the_role_follows()
    {
        _provider.Groups = ["everybody", "status-editors"];
        using var browser = _app.CreateClient();
        Assert.Contains("Sign in with Example SSO", await browser.GetStringAsync("login", Stop), StringComparison.Ordinal);
        Assert.Equal("/admin/incidents", await SignInAsync(browser, "/admin/incidents"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        Assert.Equal(Roles.Editor, await RoleAsync("grace@example.com"));

        // Another address of the same person is the same account, and the highest of several values counts.
        (_provider.Email, _provider.Groups) = ("grace.hopper@example.com", ["status-editors", "status-admins"]);
        using var second = _app.CreateClient();
        Assert.Equal("/admin", await SignInAsync(second));
        Assert.Equal(Roles.Admin, await RoleAsync("grace@example.com"));
        // Another role ends the sessions that had the earlier one.
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
        using var jobs = await second.GetAsync("hangfire", Stop);
        Assert.Equal(HttpStatusCode.OK, jobs.StatusCode);
    }

    [Fact]
    public async Task Without_such_a_value_there_is_no_access_and_what_was_open_ends()
    {
        _provider.Groups = ["everybody"];
        using var stranger = _app.CreateClient();
        Assert.Equal("/login?external=refused", await SignInAsync(stranger));
        Assert.Null(await RoleAsync("grace@example.com"));
        Assert.Contains("gives you no access", await stranger.GetStringAsync("login?external=refused", Stop), StringComparison.Ordinal);

        _provider.Groups = ["status-editors"];
        using var browser = _app.CreateClient();
        await SignInAsync(browser);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        _provider.Groups = [];
        using var later = _app.CreateClient();
        Assert.Equal("/login?external=refused", await SignInAsync(later));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    [Fact]
    public async Task An_account_that_was_made_here_is_theirs_only_if_the_address_is_verified()
    {
        (_provider.Email, _provider.EmailVerified, _provider.Groups) = (ConsoleApp.AdminEmail, false, ["status-admins"]);
        using var stranger = _app.CreateClient();
        Assert.Equal("/login?external=refused", await SignInAsync(stranger));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(stranger));
        _provider.EmailVerified = true;
        Assert.Equal("/admin", await SignInAsync(stranger));
        Assert.Single(await AccountsAsync());
    }

    [Fact]
    public async Task The_provider_cannot_demote_the_last_Admin_and_a_switched_off_account_stays_out()
    {
        (_provider.Email, _provider.Groups) = (ConsoleApp.AdminEmail, ["status-editors"]);
        using var browser = _app.CreateClient();
        Assert.Equal("/admin", await SignInAsync(browser));
        Assert.Equal(Roles.Admin, await RoleAsync(ConsoleApp.AdminEmail));

        (_provider.Subject, _provider.Email) = ("subject-2", "ada@example.com");
        using var ada = _app.CreateClient();
        await SignInAsync(ada);
        var account = (await AccountsAsync()).Single(a => a.Email == "ada@example.com");
        await _app.Services.GetRequiredService<AccountService>().SetOnAsync(account.Id, isOn: false, Stop);
        Assert.Equal("/login?external=refused", await SignInAsync(ada));
    }

    [Fact]
    public async Task What_comes_back_wrong_is_a_message_and_no_sign_in()
    {
        _provider.Refuses = true;
        using var browser = _app.CreateClient();
        Assert.Equal("/login?external=failed", await SignInAsync(browser));
        using var forged = await browser.GetAsync("signin-oidc?code=x&state=y", Stop);
        Assert.Equal("/login?external=failed", forged.Headers.Location?.OriginalString);
        using var done = await browser.GetAsync("login/external/done?returnUrl=//evil.example", Stop);
        Assert.Equal("/login?external=failed", done.Headers.Location?.OriginalString);
        Assert.DoesNotContain(_app.Logs, line => line.Contains(IdentityProvider.ClientSecret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OpenIdConnect:ClientId", "x", "OpenIdConnect:Authority is missing")]
    [InlineData("OpenIdConnect:Authority", "nowhere", "OpenIdConnect:Authority takes an address")]
    [InlineData("OpenIdConnect:Authority", "https://sso.example.com", "at least one takes a value")]
    [InlineData("OpenIdConnect:AdminValue", "x", "OpenIdConnect:Authority is missing")]
    [InlineData("OpenIdConnect:Autority", "https://sso.example.com", "is no setting")]
    public void A_wrong_setting_stops_the_start_in_one_line(string key, string value, string expected)
    {
        var refused = Assert.Throws<StartRefusedException>(() => AdminHost.Build([$"--{key}={value}"]));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    /// <summary>Follows the redirects as a browser does. Returns where the console leads to at last.</summary>
    private async Task<string> SignInAsync(HttpClient browser, string returnUrl = "/admin")
    {
        var next = new Uri(_app.Address, $"login/external?returnUrl={Uri.EscapeDataString(returnUrl)}");
        for (var steps = 0; steps < 10; steps++)
        {
            using var response = await browser.GetAsync(next, Stop);
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            var target = response.Headers.Location!;
            if (!target.IsAbsoluteUri && !target.OriginalString.StartsWith("/login/external", StringComparison.Ordinal))
                return target.OriginalString;
            next = new Uri(next, target);
        }
        throw new InvalidOperationException("It goes round.");
    }

    private Task<IReadOnlyList<Account>> AccountsAsync() => _app.Services.GetRequiredService<AccountQueries>().ListAsync(Stop);

    private async Task<string?> RoleAsync(string email) => (await AccountsAsync()).SingleOrDefault(a => a.Email == email)?.Role;

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser)
    {
        using var response = await browser.GetAsync("admin", Stop);
        return response.StatusCode;
    }
}

using System.Net;
using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>A session ends on the server: a copy of its cookie opens nothing afterwards.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await ConsoleApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("signed out")]
    [InlineData("signed out elsewhere")]
    [InlineData("new password")]
    [InlineData("other role")]
    [InlineData("switched off")]
    [InlineData("deleted")]
    [InlineData("second factor reset")]
    public async Task A_copy_of_the_cookie_is_worthless_once_the_session_has_ended(string how)
    {
        var user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        using var browser = await _app.SignedInAsync(user.Email!);
        using var other = await _app.SignedInAsync(user.Email!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other));
        var accounts = Get<AccountService>();

        switch (how)
        {
            case "signed out":
                // The other browser keeps a session of its own.
                using (var copy = await CopyAsync(browser))
                {
                    (await browser.SubmitAsync("logout", "logout")).Dispose();
                    Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(copy));
                }
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(other));
                return;
            case "signed out elsewhere":
                await accounts.SignOutAsync(user.Id, Stop);
                break;
            case "new password":
                Assert.Equal("", await Get<PasswordService>().ChangeAsync(user.Id, ConsoleApp.AdminPassword, "another battery staple, horse", cancellationToken: Stop));
                break;
            case "other role":
                await accounts.ChangeAsync(user.Id, new AccountInput(Roles.Viewer), Stop);
                break;
            case "switched off":
                await accounts.SetOnAsync(user.Id, isOn: false, Stop);
                break;
            case "deleted":
                await accounts.DeleteAsync(user.Id, Stop);
                break;
            default:
                await accounts.ResetSecondFactorAsync(user.Id, Stop);
                break;
        }

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(other));
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        Assert.False(await db.Sessions.AnyAsync(s => s.UserId == user.Id, Stop));
    }

    [Fact]
    public async Task Rights_that_are_switched_for_an_account_count_at_once_and_end_no_session()
    {
        var user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Viewer);
        using var browser = await _app.SignedInAsync(user.Email!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));

        await Get<AccountService>().ChangeAsync(user.Id, new AccountInput(Roles.Viewer, MayRedeliver: true), Stop);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        var session = Assert.Single(await Get<SessionStore>().ListAsync(user.Id, Stop));
        Assert.Contains(Right.Redeliver, (await Get<SessionStates>().UseAsync(session.Id, Stop))!.Rights);
    }

    [Fact]
    public async Task An_account_that_is_switched_off_is_told_so_after_the_right_password_only()
    {
        var user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Viewer);
        await Get<AccountService>().SetOnAsync(user.Id, isOn: false, Stop);
        using var browser = _app.CreateClient();
        Assert.Contains("This account is switched off.", await TextAsync(browser, ConsoleApp.AdminPassword), StringComparison.Ordinal);
        Assert.Contains("Email or password is wrong.", await TextAsync(browser, "wrong"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    [Fact]
    public async Task After_a_new_password_the_browser_goes_on_with_another_session_once()
    {
        using var browser = await _app.SignedInAsync();
        using var stranger = _app.CreateClient();
        var user = await AdminAsync();
        var old = Assert.Single(await Get<SessionStore>().ListAsync(user.Id, Stop)).Id;
        var renewal = Get<SessionRenewal>();
        var early = renewal.PathFor(user, old, isStrong: true);
        var path = "";
        using (var copy = await CopyAsync(browser))
        {
            Assert.Equal("", await Get<PasswordService>().ChangeAsync(
                user.Id, ConsoleApp.AdminPassword, "another battery staple, horse", changed => path = renewal.PathFor(changed, old, isStrong: true), Stop));
            // What was made before the password was changed is worth nothing after it.
            using (var refused = await copy.GetAsync(early, Stop))
                Assert.Equal("/login", refused.Headers.Location?.OriginalString);
            using (var refused = await stranger.GetAsync(path, Stop))
                Assert.Equal("/login", refused.Headers.Location?.OriginalString);
            using (var renewed = await browser.GetAsync(path, Stop))
                Assert.Equal("/account?changed=password", renewed.Headers.Location?.OriginalString);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
            Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(copy));
        }
        using var again = await browser.GetAsync(path, Stop);
        Assert.Equal("/login", again.Headers.Location?.OriginalString);
        var session = Assert.Single(await Get<SessionStore>().ListAsync(user.Id, Stop));
        Assert.NotEqual(old, session.Id);
        // A second factor that was shown stays shown.
        Assert.True((await Get<SessionStates>().UseAsync(session.Id, Stop))!.IsStrong);
    }

    [Fact]
    public async Task Of_a_new_password_that_is_too_long_it_is_said_and_not_that_the_current_one_is_wrong()
    {
        using var browser = await _app.SignedInAsync();
        var session = Assert.Single(await Get<SessionStore>().ListAsync((await AdminAsync()).Id, Stop));
        await using var circuit = _app.Services.CreateAsyncScope();
        circuit.ServiceProvider.GetRequiredService<CurrentUser>().Principal = SessionPrincipal.Of((await Get<SessionStates>().UseAsync(session.Id, Stop))!, "");
        var result = await circuit.ServiceProvider.GetRequiredService<OwnPassword>().ChangeAsync(ConsoleApp.AdminPassword, new string('a', 2_000));
        Assert.Equal((null, "Passwords must be at most 256 characters."), (result.CurrentProblem, result.PasswordProblem));
    }

    [Fact]
    public async Task Sessions_say_where_they_began_and_in_what()
    {
        using var browser = _app.CreateClient();
        browser.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0");
        (await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword))).Dispose();
        var session = Assert.Single(await Get<SessionStore>().ListAsync((await AdminAsync()).Id, Stop));
        Assert.Equal(("127.0.0.1", "Firefox on Linux"), (session.Address, session.Device));
        Assert.Equal(TimeSpan.FromDays(7), session.EndsAt - session.BegunAt);
    }

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    private async Task<User> AdminAsync()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByNameAsync(ConsoleApp.AdminEmail))!;
    }

    /// <summary>Another browser with what the first one's cookie says.</summary>
    private async Task<HttpClient> CopyAsync(HttpClient browser)
    {
        using var request = await browser.GetAsync("admin", Stop);
        var copy = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = _app.Address };
        copy.DefaultRequestHeaders.Add("Cookie", ConsoleApp.CookiesOf(browser));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(copy));
        return copy;
    }

    private static async Task<string> TextAsync(HttpClient browser, string password)
    {
        using var response = await browser.SubmitAsync("login", "login", ("Input.Email", "ada@example.com"), ("Input.Password", password));
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser)
    {
        using var response = await browser.GetAsync("admin", Stop);
        return response.StatusCode;
    }
}

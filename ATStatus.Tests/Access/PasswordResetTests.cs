using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary><c>--reset-password</c> and the page that its link leads to.</summary>
public sealed partial class PasswordResetTests
{
    private const string NewPassword = "a brand new passphrase";

    private static readonly (string, string)[] Filled = [("Input.Password", NewPassword), ("Input.Repeat", NewPassword)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_made_beside_a_running_console_sets_a_password_once_and_ends_what_was_before()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var session = await app.SignedInAsync();
        using var stranger = app.CreateClient();
        for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
            (await SignInAsync(stranger, "wrong")).Dispose();

        var run = await ProgramRun.OfAsync($"--contentRoot={app.Folder}", $"--urls={app.Address}", "--reset-password", "Admin@Example.com");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var link = new Uri(Link().Match(run.Output).Value);
        Assert.Equal(app.Address.Authority, link.Authority);

        using var browser = app.CreateClient();
        var page = await browser.GetStringAsync(link.PathAndQuery, Stop);
        Assert.Matches("<input[^>]*id=\"email\"[^>]*readonly[^>]*value=\"admin@example.com\"", page);
        using (var differing = await browser.SubmitAsync(link.PathAndQuery, "reset-password", Filled[0], ("Input.Repeat", "something else")))
            Assert.Contains("The two passwords differ.", await differing.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using (var common = await browser.SubmitAsync(link.PathAndQuery, "reset-password", ("Input.Password", "Password123!"), ("Input.Repeat", "Password123!")))
            Assert.Contains("too common", await common.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using (var set = await browser.SubmitAsync(link.PathAndQuery, "reset-password", Filled))
            Assert.Equal("/login?reset=done", set.Headers.Location?.OriginalString);
        using (var used = await browser.GetAsync(link.PathAndQuery, Stop))
        {
            Assert.Equal(HttpStatusCode.Forbidden, used.StatusCode);
            Assert.Contains("This link is not valid", await used.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        // The delay that a stranger has brought about is over too, for a browser that was never here.
        using var anew = app.CreateClient();
        using (var response = await SignInAsync(anew, NewPassword))
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        using var old = await SignInAsync(stranger, ConsoleApp.AdminPassword);
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task A_link_ends_with_its_hour_and_with_any_other_new_password()
    {
        await using var app = await ConsoleApp.StartAsync();
        var (old, other) = (await TokenAsync(app, TimeSpan.FromSeconds(-1)), await TokenAsync(app));
        using var browser = app.CreateClient();
        var open = $"reset-password?token={other}";
        var fields = BrowserForms.HiddenFields(await browser.GetStringAsync(open, Stop), "reset-password");
        using (var set = await browser.SubmitAsync($"reset-password?token={await TokenAsync(app)}", "reset-password", Filled))
            Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);

        foreach (var token in new[] { null, "", "garbage", old, other, app.Services.GetRequiredService<SetupTokens>().Create() })
        {
            using var response = await browser.GetAsync($"reset-password?token={token}", Stop);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
        using var content = new FormUrlEncodedContent(fields.Concat(Filled.Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
        using var late = await browser.PostAsync(open, content, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions_and_the_known_browsers_of_the_account()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var session = await app.SignedInAsync();
        using var browser = app.CreateClient();
        (await browser.SubmitAsync($"reset-password?token={await TokenAsync(app)}", "reset-password", Filled)).Dispose();

        using (var ended = await session.GetAsync("admin", Stop))
            Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using var stranger = app.CreateClient();
        for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
            (await SignInAsync(stranger, "wrong")).Dispose();
        using (var unknown = await SignInAsync(session, NewPassword))
            Assert.Equal(HttpStatusCode.TooManyRequests, unknown.StatusCode);
        // The browser in which it was set is known from now on.
        using var known = await SignInAsync(browser, NewPassword);
        Assert.Equal(HttpStatusCode.Redirect, known.StatusCode);
    }

    private static async Task<string> TokenAsync(ConsoleApp app, TimeSpan? lifetime = null)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByNameAsync(ConsoleApp.AdminEmail);
        return app.Services.GetRequiredService<PasswordResets>().Create(user!, lifetime);
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string password) =>
        browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", password));

    [GeneratedRegex(@"\S+/reset-password\?token=\S+")]
    private static partial Regex Link();
}

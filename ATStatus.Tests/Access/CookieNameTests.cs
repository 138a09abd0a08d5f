using System.Net;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>Cookies are named after the database.</summary>
public sealed class CookieNameTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_consoles_on_one_host_leave_each_other_signed_in()
    {
        await using var one = await ConsoleApp.StartAsync();
        await using var two = await ConsoleApp.StartAsync();
        // One browser: cookies are kept by host, whatever the port.
        using var browser = one.CreateClient();
        var there = new Uri(two.Address, "login").AbsoluteUri;
        foreach (var login in new[] { "login", there })
        {
            using var response = await browser.SubmitAsync(login, "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }
        foreach (var page in new[] { "admin", new Uri(two.Address, "admin").AbsoluteUri })
        {
            using var response = await browser.GetAsync(page, Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        // Forms too: signing out of one is not refused for the other's cookie.
        using var signedOut = await browser.SubmitAsync("logout", "logout");
        Assert.Equal("/login", signedOut.Headers.Location?.OriginalString);
        using var still = await browser.GetAsync(new Uri(two.Address, "admin"), Stop);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Who_is_signed_in_stays_so_over_a_restart_and_every_cookie_has_the_name()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var browser = app.CreateClient();
        using var response = await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
        var cookies = response.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).ToList();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var id = (await db.DatabaseIdentities.SingleAsync(Stop)).DatabaseId.ToString("N")[..8];
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.StartsWith($"atstatus-{id}", cookie, StringComparison.Ordinal));

        await app.RestartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "admin") { Headers = { { "Cookie", string.Join("; ", cookies) } } };
        using var later = app.CreateClient();
        using var page = await later.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Instances_that_start_together_agree_on_the_id()
    {
        await using var core = await CoreApp.StartAsync();
        var contexts = core.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>();
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => (await new DatabaseIdentityStore(contexts).GetAsync(Stop)).DatabaseId, Stop)));
        Assert.Single(ids.Distinct());
        Assert.NotEqual(Guid.Empty, ids[0]);
    }
}

using System.Net;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary>Behind a proxy and under a sub-path.</summary>
public sealed class ProxyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_stays_under_the_path_base()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:PathBase"] = "/ops" } });
        Assert.EndsWith("/ops/", app.Address.AbsoluteUri, StringComparison.Ordinal);
        using var browser = app.CreateClient();
        using (var refused = await browser.GetAsync("admin", Stop))
            Assert.Equal("/ops/login?returnUrl=%2Fadmin", refused.Headers.Location!.OriginalString);

        using var response = await browser.SubmitAsync(
            "login?returnUrl=%2Fhangfire", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
        Assert.Equal("/ops/hangfire", response.Headers.Location!.OriginalString);
        Assert.All(response.Headers.GetValues("Set-Cookie"), c => Assert.Contains("path=/ops;", c + ";", StringComparison.OrdinalIgnoreCase));

        using var another = app.CreateClient();
        using var accented = await another.SubmitAsync(
            "login?returnUrl=%2F%C3%A9", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
        Assert.Equal("/ops/%C3%A9", accented.Headers.Location?.OriginalString);

        var dashboard = await browser.GetStringAsync("hangfire", Stop);
        Assert.Contains("href=\"/ops/admin\"", dashboard, StringComparison.Ordinal);
        Assert.Contains("href=\"/ops/hangfire/jobs/enqueued\"", dashboard, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/hangfire", dashboard, StringComparison.Ordinal);

        var login = await browser.GetStringAsync("not-found", Stop);
        Assert.Contains("<base href=\"/ops/\"", login, StringComparison.Ordinal);
        using var asset = await browser.GetAsync("_content/MudBlazor/MudBlazor.min.css", Stop);
        Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
        using var root = await browser.GetAsync("", Stop);
        Assert.Equal("/ops/admin", root.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_proxy_that_cuts_the_path_base_off_gets_the_same_links()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:PathBase"] = "/ops" } });
        using var browser = app.CreateClient();
        using var refused = await browser.GetAsync(new Uri(app.Address, "/admin"), Stop);
        Assert.Equal("/ops/login?returnUrl=%2Fadmin", refused.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("", false)]
    public async Task Forwarded_headers_are_believed_from_known_proxies_only(string known, bool believed)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:KnownProxies"] = known } });
        using var client = app.CreateClient();
        using var page = new HttpRequestMessage(HttpMethod.Get, "login");
        page.Headers.Add("X-Forwarded-Proto", "https");
        page.Headers.Add("X-Forwarded-For", "203.0.113.7");
        page.Headers.Add("X-Forwarded-Host", "status.example.com");
        using var response = await client.SendAsync(page, Stop);
        // The form's cookie is as secure as the request is believed to be.
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Equal(believed, cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("wss", true)]
    [InlineData("WSS", true)]
    [InlineData("ws", false)]
    public async Task The_scheme_of_a_web_socket_is_that_of_its_page(string scheme, bool secure)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:KnownProxies"] = "127.0.0.0/8" } });
        using var client = app.CreateClient();
        using var page = new HttpRequestMessage(HttpMethod.Get, "login");
        page.Headers.Add("X-Forwarded-Proto", scheme);
        page.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var response = await client.SendAsync(page, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(secure, Assert.Single(response.Headers.GetValues("Set-Cookie")).Contains("secure", StringComparison.OrdinalIgnoreCase));
    }
}

using System.Net;
using AngleSharp.Html.Parser;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>
/// What every answer has, whichever mapped address gave it and whichever caller asked: the headers that tell a browser what it may do, cookies that no script
/// reads, redirects that stay here, markup without scripts of its own. Over http, and over https as a proxy forwards it.
/// </summary>
public sealed class EveryAnswerTests : IAsyncLifetime
{
    private const string PublicHost = "status.example.com";

    /// <summary>What is the same for every caller and may be kept by proxies.</summary>
    private static readonly string[] Public = ["/api/docs/reader.js", "/events/asyncapi.json", "/events/{type}.schema.json"];

    /// <summary>What answers a POST as it does a GET, and does nothing.</summary>
    private static readonly string[] ReadOnly = ["healthz/live", "healthz/ready", "metrics"];

    private static readonly string[] Policy =
    [
        "default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "connect-src 'self'", "object-src 'none'",
        "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'",
    ];

    private IdentityProvider _provider = null!;
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Environment = "Production",
            Settings = new(_provider.Settings) { ["Hosting:KnownProxies"] = "127.0.0.0/8", ["Api:RequestsPerMinute"] = "never" },
            Map = host => host.MapGet("/boom", IResult () => throw new InvalidOperationException("the inner workings")).AllowAnonymous(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Has_the_headers_cookies_and_markup_that_keep_a_browser_safe(string scheme)
    {
        using var stranger = Client(scheme);
        using var admin = await SignedInAsync(scheme);
        using var key = Client(scheme);
        key.DefaultRequestHeaders.Authorization = new("Bearer", await KeyAsync());
        var (wrong, kinds) = (new List<string>(), new HashSet<string>());
        var routes = MappedRoutes.Of(_app).Where(route => route.Pattern != "/logout" || route.Methods is not ["POST"])
            .SelectMany(route => route.Methods, (route, method) => (route.Pattern, Method: method, route.Address))
            .Concat([
                ("nowhere", "GET", "nowhere"), ("nowhere", "POST", "nowhere"), ("nowhere", "GET", "api/v1/nowhere"), ("nowhere", "PUT", "api/v1/incidents"),
                ("nowhere", "POST", "api/v1/incidents"), ("nowhere", "GET", "hangfire/jobs/enqueued"), ("nowhere", "GET", "hangfire/nowhere"),
            ]).ToList();
        foreach (var (pattern, method, address) in routes)
        {
            foreach (var client in (HttpClient[])[stranger, admin, key])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), $"{address}?returnUrl=https://evil.example/&ReturnUrl=//evil.example/&redirect_uri=/%5Cevil.example");
                if (method is "POST" or "PUT" or "PATCH")
                    request.Content = new StringContent("{\"title\":\"\"}", null, "application/json");
                using var answer = await client.SendAsync(request, Stop);
                kinds.Add($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType?.MediaType}");
                var who = client == stranger ? "nobody" : client == admin ? "Admin" : "a key";
                wrong.AddRange((await FindingsAsync(answer, pattern, scheme)).Select(finding => $"{method} {address} as {who} ({(int)answer.StatusCode}): {finding}"));
            }
        }
        // Of every kind: pages, redirects, refusals, problems, failures.
        foreach (var kind in (string[])["200 text/html", "302 ", "400 text/html", "401 application/problem+json", "403 text/html", "404 text/html", "422 application/problem+json", "500 text/html", "200 application/json"])
            Assert.Contains(kinds, k => k.StartsWith(kind, StringComparison.Ordinal));
        Findings.AssertNone(wrong);
    }

    [Fact]
    public async Task Signing_in_sets_no_cookie_that_a_script_or_another_site_could_use()
    {
        foreach (var scheme in (string[])["http", "https"])
        {
            using var browser = Client(scheme);
            using var answer = await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
            Assert.NotEmpty(answer.Headers.GetValues("Set-Cookie"));
            Assert.Empty(await FindingsAsync(answer, "/login", scheme));
        }
        var cookies = _app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();
        var external = _app.Services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get("OpenIdConnect");
        Assert.All(
            (CookieBuilder[])[
                cookies.Get(IdentityConstants.ApplicationScheme).Cookie, cookies.Get(IdentityConstants.ExternalScheme).Cookie,
                cookies.Get(IdentityConstants.TwoFactorUserIdScheme).Cookie, cookies.Get(IdentityConstants.TwoFactorRememberMeScheme).Cookie,
                _app.Services.GetRequiredService<IOptions<AntiforgeryOptions>>().Value.Cookie, external.NonceCookie, external.CorrelationCookie,
            ],
            cookie =>
            {
                Assert.True(cookie.HttpOnly);
                Assert.NotEqual(SameSiteMode.None, cookie.SameSite);
                Assert.Equal(CookieSecurePolicy.SameAsRequest, cookie.SecurePolicy);
            });
    }

    [Fact]
    public async Task Nothing_that_another_site_makes_a_browser_send_is_done()
    {
        using var admin = await SignedInAsync("http");
        var sent = 0;
        var wrong = new List<string>();
        foreach (var address in MappedRoutes.Of(_app).Where(route => route.Methods.Except(["GET", "HEAD"]).Any()).Select(route => route.Address)
            .Concat(["hangfire/jobs/failed/requeue", "hangfire/jobs/scheduled/delete", "hangfire/recurring/trigger", "hangfire/stats"]))
        {
            // What a form and what a simple request of a script can send.
            foreach (var type in (string[])["application/x-www-form-urlencoded", "text/plain"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("_handler=logout&jobs[]=1", null, type) };
                request.Headers.Add("Origin", "https://evil.example");
                using var answer = await admin.SendAsync(request, Stop);
                sent++;
                // Refused, or only what an address says that takes no such thing.
                if ((int)answer.StatusCode is not (400 or 401 or 403 or 405 or 410 or 415) && !ReadOnly.Contains(address))
                    wrong.Add($"POST {address} with {type}: {(int)answer.StatusCode}");
            }
        }
        Assert.True(sent > 60);
        Findings.AssertNone(wrong);
        using var still = await admin.GetAsync("admin", Stop);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    private async Task<IReadOnlyList<string>> FindingsAsync(HttpResponseMessage answer, string pattern, string scheme)
    {
        var findings = new List<string>();
        Require(Values("Content-Security-Policy") is [var policy] && policy.Split("; ").SequenceEqual(Policy), "Content-Security-Policy");
        Require(Values("X-Content-Type-Options") is ["nosniff"], "X-Content-Type-Options");
        Require(Values("Referrer-Policy") is ["same-origin"], "Referrer-Policy");
        Require(Values("X-Frame-Options") is ["DENY"], "X-Frame-Options");
        Require(Values("Server").Length == 0 && Values("X-Powered-By").Length == 0, "Server");
        Require(scheme == "https" ? Values("Strict-Transport-Security") is ["max-age=2592000"] : Values("Strict-Transport-Security").Length == 0, "Strict-Transport-Security");
        Require(answer.Headers.CacheControl is { } cache && (cache.NoStore || (Public.Contains(pattern) && cache.Public)), $"Cache-Control {answer.Headers.CacheControl}");
        foreach (var cookie in Values("Set-Cookie"))
        {
            var words = cookie.Split(';', StringSplitOptions.TrimEntries).Skip(1).Select(word => word.ToLowerInvariant()).ToList();
            Require(words.Contains("httponly"), $"script reads {cookie}");
            Require(words.Contains("samesite=lax") || words.Contains("samesite=strict"), $"sent from elsewhere {cookie}");
            Require(words.Contains("secure") == (scheme == "https"), $"secure {cookie}");
        }
        if (answer.Headers.Location?.OriginalString is { } target)
            Require(target is ['/', not ('/' or '\\'), ..] || (pattern == "/login/external" && target.StartsWith(_provider.Address, StringComparison.Ordinal)), $"leads to {target}");
        // The same whichever way it came.
        if (scheme == "http" && answer.Content.Headers.ContentType?.MediaType == "text/html")
            findings.AddRange(MarkupFindings(await answer.Content.ReadAsStringAsync(Stop)));
        return findings;

        string[] Values(string name) => answer.Headers.TryGetValues(name, out var values) ? [.. values] : [];

        void Require(bool ok, string finding)
        {
            if (!ok)
                findings.Add(finding);
        }
    }

    private static IEnumerable<string> MarkupFindings(string html)
    {
        using var document = new HtmlParser().ParseDocument(html);
        foreach (var element in document.All)
        {
            if (element.LocalName == "script" && !element.HasAttribute("src"))
                yield return $"a script in the page: {element.TextContent}";
            foreach (var attribute in element.Attributes)
            {
                if (attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase))
                    yield return $"a handler in the page: {element.LocalName} {attribute.Name}";
                if (attribute.Name is "src" or "href" or "action" && attribute.Value.Contains("evil.example", StringComparison.Ordinal) && attribute.Value.Trim().StartsWith("http", StringComparison.OrdinalIgnoreCase))
                    yield return $"leads elsewhere: {element.LocalName} {attribute.Value}";
                if (attribute.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase))
                    yield return $"a script as an address: {element.LocalName} {attribute.Name}";
            }
        }
    }

    private HttpClient Client(string scheme)
    {
        var client = _app.CreateClient();
        if (scheme == "https")
        {
            client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
            client.DefaultRequestHeaders.Add("X-Forwarded-Host", PublicHost);
        }
        return client;
    }

    /// <summary>Without a cookie container, which would keep secure cookies from an address of plain http.</summary>
    private async Task<HttpClient> SignedInAsync(string scheme)
    {
        using var browser = await _app.SignedInAsync();
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = _app.Address };
        client.DefaultRequestHeaders.Add("Cookie", ConsoleApp.CookiesOf(browser));
        using var forwarded = Client(scheme);
        foreach (var header in forwarded.DefaultRequestHeaders)
            client.DefaultRequestHeaders.Add(header.Key, header.Value);
        return client;
    }

    private async Task<string> KeyAsync() => (await _app.Services.GetRequiredService<Core.Access.ApiKeyService>().CreateAsync(
        new Core.Access.ApiKeyInput("every answer", [.. ApiScopes.All], Core.Access.ApiKeyExpiry.Never), new Actor("matrix"), Stop)).Text;
}

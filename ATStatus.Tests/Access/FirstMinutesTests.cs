using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Admin.Hosting;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>The sign-in page of a console without an account: it says where the set-up link is, and to whom it may be shown.</summary>
public sealed partial class FirstMinutesTests
{
    private const string Where = "the console's output";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Development", false, true)]
    [InlineData("Production", true, true)]
    [InlineData("Production", false, false)]
    public async Task A_fresh_install_leads_to_its_set_up_page(string environment, bool opens, bool isOffered)
    {
        await using var app = await StartAsync(environment, opens);
        using var browser = app.CreateClient();
        var page = await browser.GetStringAsync("login", Stop);
        Assert.Contains("No account yet", page, StringComparison.Ordinal);
        Assert.Contains(Where, page, StringComparison.Ordinal);
        Assert.Equal(isOffered, Offered(page) is not null);
        if (Offered(page) is not { } link)
            return;

        using (var made = await browser.SubmitAsync(link, "setup", ("Input.Email", "first@example.com"), ("Input.Password", "a long enough password"), ("Input.Repeat", "a long enough password")))
            Assert.Equal("/admin", made.Headers.Location?.OriginalString);
        using var stranger = app.CreateClient();
        page = await stranger.GetStringAsync("login", Stop);
        Assert.DoesNotContain("No account yet", page, StringComparison.Ordinal);
        Assert.Null(Offered(page));
    }

    [Theory]
    [InlineData("Host", "console.example")]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("X-Real-IP", "203.0.113.9")]
    [InlineData("Via", "1.1 proxy")]
    public async Task From_elsewhere_the_link_is_neither_shown_nor_good(string header, string value)
    {
        await using var app = await StartAsync("Development", opens: true);
        using var browser = app.CreateClient();
        var link = Offered(await browser.GetStringAsync("login", Stop))!;

        using (var login = await browser.SendAsync(Request("login", header, value), Stop))
        {
            var page = await login.Content.ReadAsStringAsync(Stop);
            Assert.Contains(Where, page, StringComparison.Ordinal);
            Assert.Null(Offered(page));
        }
        using (var setup = await browser.SendAsync(Request(link, header, value), Stop))
            Assert.Equal(HttpStatusCode.Forbidden, setup.StatusCode);
        // The printed link is for whoever has it, from wherever.
        var printed = Regex.Match(app.Output, "setup\\?token=\\S+").Value;
        using (var setup = await browser.SendAsync(Request(printed, header, value), Stop))
            Assert.Equal(HttpStatusCode.OK, setup.StatusCode);
    }

    [Fact]
    public async Task Behind_a_known_proxy_its_visitors_are_elsewhere()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            FirstAccount = false,
            Settings = new() { ["Hosting:KnownProxies:0"] = "127.0.0.1" },
        });
        using var browser = app.CreateClient();
        foreach (var visitor in new[] { "203.0.113.9", "127.0.0.1" })
        {
            using var login = await browser.SendAsync(Request("login", "X-Forwarded-For", visitor), Stop);
            Assert.Null(Offered(await login.Content.ReadAsStringAsync(Stop)));
        }
    }

    private static HttpRequestMessage Request(string address, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    private static Task<ConsoleApp> StartAsync(string environment, bool opens) => ConsoleApp.StartAsync(new ConsoleAppOptions
    {
        FirstAccount = false,
        Environment = environment,
        // Not through the command line, which would open a browser here.
        Configure = builder => builder.Services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<SetupLink>(provider, new StartMode(opens))),
    });

    private static string? Offered(string page) => Link().Match(page) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    [GeneratedRegex("""href="(setup\?token=[^"]+)"[^>]*>(?:<[^>]+>)*Create the first account<""")]
    private static partial Regex Link();
}

using System.Net;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.Hosting;

/// <summary>What strangers write into the head of a request is theirs to put right, and fills no log.</summary>
public sealed class RequestAddressTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_of_which_no_address_can_be_made_is_a_400_and_no_failure()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Environment = Environments.Production,
            Settings = new() { ["Hosting:KnownProxies"] = "127.0.0.1" },
        });
        foreach (var host in (string[])["x:99999", "x:65536", "[::1]:99999", "[::::]", "a..b", "..", "xn--a", "x/../y", "x y", new string('a', 300), ""])
        {
            foreach (var path in (string[])["/login", "/nothing/here", "/_blazor", "/healthz/ready"])
            {
                var status = await RawHttp.StatusAsync(app.Address, $"GET {path}", $"Host: {host}");
                Assert.True(status == 400 || (host == "" && path.StartsWith("/healthz", StringComparison.Ordinal)), $"{host} {path}: {status}");
            }
            if (host != "" && !host.Contains(' ', StringComparison.Ordinal))
                Assert.NotEqual(500, await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost", $"X-Forwarded-Host: {host}"));
        }
        Assert.Equal(400, await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost", "X-Forwarded-Host: xn--a"));
        Assert.Equal(400, await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost", "X-Forwarded-Proto: banana"));
        Assert.Equal(200, await RawHttp.StatusAsync(app.Address, "GET /login", "Host: status.example.com"));
        Assert.DoesNotContain(app.Logs, line => line.Contains("Exception", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "boom")]
    [InlineData("/ops", "/ops/boom")]
    public async Task The_log_of_a_failure_names_the_path_that_was_asked_for_without_its_query(string pathBase, string shown)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Environment = Environments.Production,
            Settings = new() { ["Hosting:PathBase"] = pathBase },
            Map = host => host.MapGet("/boom", IResult () => throw new InvalidOperationException("the inner workings")).AllowAnonymous(),
        });
        using var client = app.CreateClient();
        using var response = await client.GetAsync("boom?token=secret-token", Stop);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var line = Assert.Single(app.Logs, line => line.Contains("the inner workings", StringComparison.Ordinal));
        Assert.Contains($"GET {(pathBase.Length == 0 ? "/" : "")}{shown} failed.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "status.example.com")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    public async Task Forwarded_headers_of_an_unknown_proxy_are_warned_of_once(string header, string value)
    {
        await using var app = await ConsoleApp.StartAsync();
        await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost");
        Assert.DoesNotContain(app.Logs, IsWarning);
        for (var i = 0; i < 3; i++)
            await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost", $"{header}: {value}");
        Assert.Contains("127.0.0.1", Assert.Single(app.Logs, IsWarning), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.0/104")]
    public async Task Forwarded_headers_of_a_known_proxy_are_nothing_to_warn_of(string known)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:KnownProxies"] = known } });
        await RawHttp.StatusAsync(app.Address, "GET /login", "Host: localhost", "X-Forwarded-For: 203.0.113.7");
        Assert.DoesNotContain(app.Logs, IsWarning);
    }

    private static bool IsWarning(string line) =>
        line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("Hosting:KnownProxies", StringComparison.Ordinal);
}

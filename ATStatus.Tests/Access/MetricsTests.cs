using System.Net;
using System.Net.Http.Headers;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Access;

/// <summary>The page for Prometheus: who gets it.</summary>
public sealed class MetricsTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strangers_get_401_other_users_403_administrators_the_page()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        await AssertRefusedAsync(stranger, null, HttpStatusCode.Unauthorized);
        // Without a configured token no token is right, the empty one included.
        await AssertRefusedAsync(stranger, new AuthenticationHeaderValue("Bearer", "0123456789abcdef"), HttpStatusCode.Unauthorized);
        await AssertRefusedAsync(stranger, new AuthenticationHeaderValue("Bearer"), HttpStatusCode.Unauthorized);

        await app.AddUserAsync("metrics-reader@example.com");
        using var reader = await app.SignedInAsync("metrics-reader@example.com");
        await AssertRefusedAsync(reader, null, HttpStatusCode.Forbidden);

        using var admin = await app.SignedInAsync();
        using var response = await AskAsync(admin, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_scraper_s_token_opens_this_one_page_and_nothing_in_another_shape_does()
    {
        const string Token = "0123456789abcdef-metrics";
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Metrics:Token"] = Token } });
        using var scraper = app.CreateClient();
        var right = new AuthenticationHeaderValue("Bearer", Token);
        using (var response = await AskAsync(scraper, right))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await AssertRefusedAsync(scraper, new AuthenticationHeaderValue("Bearer", Token[..^1]), HttpStatusCode.Unauthorized);
        await AssertRefusedAsync(scraper, new AuthenticationHeaderValue("Basic", Token), HttpStatusCode.Unauthorized);
        // A cookie does not help a wrong token.
        using var admin = await app.SignedInAsync();
        await AssertRefusedAsync(admin, new AuthenticationHeaderValue("Bearer", Token + "x"), HttpStatusCode.Unauthorized);
        using var inQuery = await scraper.GetAsync($"metrics?token={Token}", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, inQuery.StatusCode);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "admin") { Headers = { Authorization = right } };
        using var refused = await scraper.SendAsync(elsewhere, Stop);
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.DoesNotContain(app.Logs, line => line.Contains(Token, StringComparison.Ordinal));
    }

    private static async Task AssertRefusedAsync(HttpClient client, AuthenticationHeaderValue? authorization, HttpStatusCode expected)
    {
        using var response = await AskAsync(client, authorization);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Stop));
        if (expected == HttpStatusCode.Unauthorized)
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, AuthenticationHeaderValue? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "metrics") { Headers = { Authorization = authorization } };
        return await client.SendAsync(request, Stop);
    }
}

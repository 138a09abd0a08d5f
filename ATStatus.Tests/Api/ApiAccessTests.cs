using System.Net;
using System.Net.Http.Headers;
using ATStatus.Core.Access;
using ATStatus.Core.Model;

namespace ATStatus.Tests.Api;

/// <summary>Who may call the API, and what everybody else is told.</summary>
public sealed class ApiAccessTests : ApiTest
{
    [Theory]
    [InlineData("")]
    [InlineData("ats_nothing")]
    [InlineData("ats_0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Without_a_key_that_works_nothing_is_told(string key)
    {
        var answer = (await SendAsync(HttpMethod.Get, "statuspages", key: key)).Is(HttpStatusCode.Unauthorized);
        Assert.StartsWith("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_no_key()
    {
        using var admin = await App.SignedInAsync();
        foreach (var path in (string[])["api/v1/statuspages", "api/v1/nothing", "api", "api/v2/statuspages"])
        {
            using var answer = await admin.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_scope_allows_what_it_names_and_write_does_not_include_read()
    {
        var reader = await MakeKeyAsync("reader", ApiScopes.ReadStatusPages);
        var writer = await MakeKeyAsync("writer", ApiScopes.WriteStatusPages);
        (await SendAsync(HttpMethod.Get, "statuspages", key: reader)).Is(HttpStatusCode.OK);
        var refused = (await SendAsync(HttpMethod.Post, "statuspages", new { name = "X" }, reader)).Is(HttpStatusCode.Forbidden);
        Assert.Contains("write:statuspages", refused.Text("detail"), StringComparison.Ordinal);
        (await SendAsync(HttpMethod.Post, "statuspages", new { name = "X" }, writer)).Is(HttpStatusCode.Created);
        (await SendAsync(HttpMethod.Get, "statuspages", key: writer)).Is(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Get, "components", key: writer)).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_the_next_request_and_no_key_is_in_the_log()
    {
        var key = await MakeKeyAsync("short", ApiScopes.ReadStatusPages);
        (await SendAsync(HttpMethod.Get, "statuspages", key: key)).Is(HttpStatusCode.OK);
        var known = (await Get<ApiKeyService>().ListAsync(Stop)).Single(k => k.Name == "short");
        Assert.NotNull(known.LastUsedAt);
        Assert.Equal("127.0.0.1", known.LastUsedFrom);
        await Get<ApiKeyService>().RevokeAsync(known.Id, Stop);
        (await SendAsync(HttpMethod.Get, "statuspages", key: key)).Is(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain(App.Logs, line => line.Contains(key[ApiKey.PrefixLength..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "api/v1/nothing", 404)]
    [InlineData("GET", "api/v1/statuspages/abc", 404)]
    [InlineData("PUT", "api/v1/statuspages", 405)]
    [InlineData("DELETE", "api/v1/statuspages", 405)]
    [InlineData("GET", "api", 404)]
    public async Task What_there_is_not_is_a_problem_and_never_a_page(string method, string path, int status)
    {
        using var client = App.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var answer = await client.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_by_its_kind()
    {
        (await PostAsync("statuspages", "{\"name\":")).Is(HttpStatusCode.BadRequest);
        (await PostAsync("statuspages", "[]")).Is(HttpStatusCode.BadRequest);
        (await PostAsync("statuspages", "null")).Is(HttpStatusCode.BadRequest);
        (await PostAsync("statuspages")).Is(HttpStatusCode.BadRequest);
        Assert.Contains("name", (await PostAsync("statuspages", "{\"name\":1}")).Is(HttpStatusCode.BadRequest).Text("detail"), StringComparison.Ordinal);
        Assert.Contains("isArchived", (await PostAsync("statuspages", "{\"isArchived\":\"no\"}")).Is(HttpStatusCode.BadRequest).Text("detail"), StringComparison.Ordinal);
        (await PostAsync("statuspages", "{\"name\":\"A\",\"name\":\"B\"}")).Is(HttpStatusCode.BadRequest);
        Assert.Contains("limit", (await GetAsync("statuspages?limit=many")).Is(HttpStatusCode.BadRequest).Text("detail"), StringComparison.Ordinal);
        Assert.Contains("isTest", (await GetAsync("deliveries?limit=5&isTest=maybe")).Is(HttpStatusCode.BadRequest).Text("detail"), StringComparison.Ordinal);
        Assert.Contains("preview", (await PostAsync("statuspages?preview=maybe", new { name = "A" })).Is(HttpStatusCode.BadRequest).Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["nmae"], (await PostAsync("statuspages", new { nmae = "A" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["name", "slug"], (await PostAsync("statuspages", new { name = "" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["limit"], (await GetAsync("statuspages?limit=0")).Is(HttpStatusCode.UnprocessableEntity).Errors);
        foreach (var type in (string[])["application/x-www-form-urlencoded", "application/json; charset=nope"])
            (await SendAsync(HttpMethod.Post, "statuspages", "{\"name\":\"A\"}", headers: ("Content-Type", type))).Is(HttpStatusCode.UnsupportedMediaType);
        // Also where none is expected.
        (await SendAsync(HttpMethod.Get, "statuspages", new string('a', 300_000))).Is(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync("statuspages", new { name = new string('a', 300_000) })).Is(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_document_and_its_page_are_open_and_ask_nobody_else()
    {
        using var stranger = App.CreateClient();
        foreach (var path in (string[])["api/docs", "api/docs/start.js", "api/docs/reader.js"])
        {
            using var answer = await stranger.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("unsafe-inline'; script", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
        Assert.Equal("3.1", ((string)Contract.Document["openapi"]!)[..3]);
        Assert.Equal(Contract.OperationIds.Count(), Contract.OperationIds.Distinct().Count());
    }
}

using System.Globalization;
using System.Net;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>How much a key may ask in a minute.</summary>
public sealed class ApiRateTests : ApiTest
{
    protected override ConsoleAppOptions Options => base.Options with { Settings = new() { ["Api:RequestsPerMinute"] = "3" } };

    [Fact]
    public async Task A_key_is_refused_beyond_its_limit_and_others_are_not()
    {
        for (var left = 2; left >= 0; left--)
        {
            var answer = (await GetAsync("statuspages")).Is(HttpStatusCode.OK);
            Assert.Equal(("3", $"{left}"), (answer.Headers["RateLimit-Limit"], answer.Headers["RateLimit-Remaining"]));
            Assert.InRange(int.Parse(answer.Headers["RateLimit-Reset"], CultureInfo.InvariantCulture), 1, 60);
        }
        var refused = (await GetAsync("statuspages")).Is(HttpStatusCode.TooManyRequests);
        Assert.Equal(refused.Headers["RateLimit-Reset"], refused.Headers["Retry-After"]);
        var other = await MakeKeyAsync("other", ApiScopes.ReadStatusPages);
        (await SendAsync(HttpMethod.Get, "statuspages", key: other)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_problem_counts_and_says_so_too()
    {
        Assert.Equal("2", (await PostAsync("statuspages", new { name = "" })).Is(HttpStatusCode.UnprocessableEntity).Headers["RateLimit-Remaining"]);
        Assert.Equal("1", (await GetAsync("statuspages/1")).Is(HttpStatusCode.NotFound).Headers["RateLimit-Remaining"]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    public async Task A_wrong_limit_stops_the_start(string value)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = { ["Api:RequestsPerMinute"] = value } }));
        Assert.Contains("Api:RequestsPerMinute takes a whole number from 1 to 1000000, or never", refused.Message, StringComparison.Ordinal);
    }
}

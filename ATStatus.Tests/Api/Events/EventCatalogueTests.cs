using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api.Events;

/// <summary>The catalogue's addresses, as a stranger's program asks for them.</summary>
public sealed class EventCatalogueTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Addresses => [.. Enum.GetValues<EventType>().Select(SchemaOf), "events/asyncapi.json"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Everybody_may_read_it_from_any_site_and_keep_it_while_it_is_the_same(string address)
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        using var response = await stranger.GetAsync(address, Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            address.EndsWith(".schema.json", StringComparison.Ordinal) ? "application/schema+json" : "application/vnd.aai.asyncapi+json;version=3.0.0",
            response.Content.Headers.ContentType!.ToString().Replace("; ", ";", StringComparison.Ordinal));
        AssertOpen(response);
        Assert.Equal("public, max-age=300", response.Headers.CacheControl!.ToString());
        var tag = response.Headers.ETag!;
        Assert.False(tag.IsWeak);

        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { tag } } };
        using var unchanged = await stranger.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        AssertOpen(unchanged);
        Assert.Equal(tag, unchanged.Headers.ETag);

        using var other = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { new EntityTagHeaderValue("\"other\"") } } };
        using var changed = await stranger.SendAsync(other, Stop);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        using var head = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Stop);
        Assert.Equal((HttpStatusCode.OK, response.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Theory]
    [InlineData("incident.closed")]
    [InlineData("Incident.Created")]
    [InlineData("1")]
    public async Task An_unknown_type_is_not_found_as_a_problem_for_programs(string type)
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        using var response = await stranger.GetAsync($"events/{type}.schema.json", Stop);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(404, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["status"]!);
        AssertOpen(response);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("/console", "")]
    [InlineData("/console", "https://ops.example.com/console")]
    [InlineData("", "https://ops.example.com/")]
    public async Task Its_addresses_are_the_console_s(string pathBase, string publicUrl)
    {
        var settings = new Dictionary<string, string>();
        if (pathBase.Length > 0)
            settings["Hosting:PathBase"] = pathBase;
        if (publicUrl.Length > 0)
            settings["Hosting:PublicUrl"] = publicUrl;
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = settings });
        using var stranger = app.CreateClient();
        var expected = (publicUrl.Length > 0 ? publicUrl.TrimEnd('/') + "/" : app.Address.AbsoluteUri) + SchemaOf(EventType.MaintenanceReminder);

        var schema = JsonNode.Parse(await stranger.GetStringAsync(SchemaOf(EventType.MaintenanceReminder), Stop))!;
        var document = JsonNode.Parse(await stranger.GetStringAsync("events/asyncapi.json", Stop))!;

        Assert.Equal(expected, (string?)schema["$id"]);
        Assert.Equal(expected, (string?)document["components"]!["messages"]!["maintenance.reminder"]!["externalDocs"]!["url"]);
    }

    private static string SchemaOf(EventType type) => $"events/{type.WireName()}.schema.json";

    private static void AssertOpen(HttpResponseMessage response) => Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
}

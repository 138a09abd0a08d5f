using System.Net;
using System.Text.Json.Nodes;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>Each text of each body, as the served document names it, sent far too long: a problem that names the field, and nothing is written.</summary>
public sealed class ApiTextLimitTests : ApiTest
{
    private static readonly string TooLong = new('a', 40_000);

    private static JsonNode Document => Contract.Document;

    [Fact]
    public async Task Every_text_that_is_too_long_is_said_beside_its_field()
    {
        var page = await AddPageAsync();
        var component = await AddComponentAsync(page, "API");
        (await PostAsync("incidents", new { statusPageId = page, title = "t", status = "investigating", impact = "minor", message = "m" })).Is(HttpStatusCode.Created);
        var start = DateTime.UtcNow.AddDays(1);
        (await PostAsync("maintenance", new { statusPageId = page, title = "t", description = "m", scheduledStartTime = $"{start:s}Z", scheduledEndTime = $"{start.AddHours(1):s}Z", componentIds = new[] { component } }))
            .Is(HttpStatusCode.Created);
        (await PostAsync("notifications", new { type = "webhook", name = "n", url = "https://hooks.example.com/", events = (string[])["incident.created"] })).Is(HttpStatusCode.Created);
        var (wrong, tried) = (new List<string>(), 0);
        foreach (var (path, operations) in Document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                if (operation?["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema || !path.StartsWith("/api/v1/", StringComparison.Ordinal))
                    continue;
                var fields = Resolve(schema)["properties"]!.AsObject();
                foreach (var (field, property) in fields)
                {
                    if (Long(property!) is not { } value)
                        continue;
                    tried++;
                    var address = path["/api/v1/".Length..].Replace("{id}", "1", StringComparison.Ordinal);
                    var answer = await SendAsync(new HttpMethod(method.ToUpperInvariant()), address, Body(fields, field, value).ToJsonString());
                    if (answer.Status != HttpStatusCode.UnprocessableEntity || !answer.Errors.Any(error => error.StartsWith(field, StringComparison.Ordinal)))
                        wrong.Add($"{method} {path} {field}: {(int)answer.Status} {string.Join(", ", answer.Errors)}");
                }
            }
        }
        Assert.True(tried > 40, $"{tried} texts");
        Findings.AssertNone(wrong);
    }

    /// <summary>The field, with what else it takes for it to be looked at: the page, and the rule that asks for a certificate.</summary>
    private static JsonObject Body(JsonObject fields, string field, JsonNode value)
    {
        var body = new JsonObject { [field] = value };
        if (fields.ContainsKey("statusPageId"))
            body["statusPageId"] = 1;
        if (field == "tlsCertificate")
            body["tlsTrust"] = "pinned";
        return body;
    }

    private static JsonNode Resolve(JsonNode schema) => (string?)schema["$ref"] is { } reference
        ? Document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!
        : (schema["oneOf"] ?? schema["anyOf"] ?? schema["allOf"])?.AsArray().FirstOrDefault(s => (string?)s!["type"] != "null") is { } one ? Resolve(one) : schema;

    /// <summary>A value of the schema in which each text is too long; null where it has none.</summary>
    private static JsonNode? Long(JsonNode schema)
    {
        var resolved = Resolve(schema);
        string[] types = resolved["type"] is JsonArray all ? [.. all.Select(t => (string)t!)] : [(string?)resolved["type"] ?? ""];
        if (types.Contains("string"))
            return TooLong;
        if (types.Contains("array"))
            return Long(resolved["items"]!) is { } item ? new JsonArray(item) : null;
        if (!types.Contains("object") || resolved["properties"] is not JsonObject properties)
            return null;
        var value = new JsonObject();
        foreach (var (name, property) in properties)
        {
            if (Long(property!) is { } text)
                value[name] = text;
        }
        return value.Count > 0 ? value : null;
    }
}

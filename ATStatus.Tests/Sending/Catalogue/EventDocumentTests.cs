using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Catalogue;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending.Catalogue;

/// <summary>The documents that hold all events: complete, and valid for the specifications' own programs.</summary>
public sealed class EventDocumentTests
{
    private static readonly Uri Console = new("https://ops.example.com/");

    private static readonly IReadOnlyList<string> Names = [.. Enum.GetValues<EventType>().Select(type => type.WireName()).Order(StringComparer.Ordinal)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void AsyncAPI_has_a_message_an_operation_and_a_schema_for_every_event_type()
    {
        var document = AsyncApiDocument.Build(Console, "1.2.3");

        Assert.Equal(Names, Keys(document["operations"]));
        Assert.Equal(Names, Keys(document["channels"]!["webhook"]!["messages"]));
        Assert.Equal(Names, Keys(document["components"]!["messages"]));
        Assert.Equal(Names, Keys(document["components"]!["schemas"]));
        Assert.All(References(document), reference => Assert.NotNull(Resolve(document, reference)));
        Assert.All(Names, name => Assert.Empty(new JsonSchemaCheck(document["components"]!["schemas"]![name]!.ToJsonString()).Errors(
            document["components"]!["messages"]![name]!["examples"]![0]!["payload"]!.ToJsonString())));
        Assert.All(Names, name => Assert.Equal(
            $"https://ops.example.com/events/{name}.schema.json", (string?)document["components"]!["messages"]![name]!["externalDocs"]!["url"]));
    }

    [Fact]
    public void OpenAPI_has_a_webhook_for_every_event_type_with_its_body_and_headers()
    {
        var webhooks = OpenApiWebhooks.Build();

        Assert.Equal(Names, Keys(webhooks));
        Assert.All(Enum.GetValues<EventType>(), type =>
        {
            var operation = webhooks[type.WireName()]!["post"]!;
            var content = operation["requestBody"]!["content"]!["application/json"]!;
            Assert.Equal(EventSchema.Of(type).ToJsonString(), content["schema"]!.ToJsonString());
            Assert.Empty(new JsonSchemaCheck(content["schema"]!.ToJsonString()).Errors(content["example"]!.ToJsonString()));
            Assert.Equal(
                ["User-Agent", "X-Webhook-Event", "X-Request-ID"],
                operation["parameters"]!.AsArray().Where(p => (bool)p!["required"]!).Select(p => (string?)p!["name"]));
        });
    }

    [Fact]
    public void No_two_events_share_a_part_that_a_caller_may_change()
    {
        OpenApiWebhooks.Build()["incident.created"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!.AsObject().Clear();
        Assert.NotEmpty(EventSchema.Of(EventType.IncidentCreated));
    }

    /// <summary>That it finds nothing in what is served is shown where it is served.</summary>
    [Theory]
    [InlineData("operations", "incident.created", "action", "operations.incident.created.action: ")]
    [InlineData("components.schemas", "incident.updated", "type", "components.messages.incident.updated.payload.type: ")]
    public async Task AsyncAPI_s_own_parser_finds_a_mistake(string section, string name, string property, string expected)
    {
        TestRequirement.Validators.Demand();
        var document = AsyncApiDocument.Build(Console, "1.2.3");
        section.Split('.').Aggregate((JsonNode)document, (node, part) => node[part]!)[name]![property] = "nonsense";

        var wrong = await SpecificationValidators.AsyncApiAsync(document.ToJsonString(), Stop);

        Assert.Contains(wrong, error => error.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_webhooks_are_valid_in_an_OpenAPI_3_1_document()
    {
        TestRequirement.Validators.Demand();
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "ATStatus", ["version"] = "1.2.3" },
            ["webhooks"] = OpenApiWebhooks.Build(),
        };

        Assert.Empty(await SpecificationValidators.OpenApiAsync(document.ToJsonString(), Stop));

        document["webhooks"]!["incident.created"]!["post"]!["parameters"]![0]!.AsObject().Remove("in");
        Assert.NotEmpty(await SpecificationValidators.OpenApiAsync(document.ToJsonString(), Stop));
    }

    private static IEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal);

    private static List<string> References(JsonNode? node) => node switch
    {
        JsonObject holder => [.. holder.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value))],
        JsonArray list => [.. list.SelectMany(References)],
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name]);
}

using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The catalogue that a console serves holds for what the same console really sends: for each event type, in two validators.</summary>
public sealed class EventCatalogueTests(DeliveredEvents delivered) : IClassFixture<DeliveredEvents>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>From the enumeration: an event type that is added has to be sent, and proved, here.</summary>
    public static TheoryData<EventType> Types => [.. Enum.GetValues<EventType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_was_delivered_is_valid_and_with_any_mistake_it_is_not(EventType type)
    {
        var schema = new JsonSchemaCheck(delivered.Schemas[type].ToJsonString());
        var bodies = delivered.Of(type).Select(request => request.Text).ToList();

        Assert.NotEmpty(bodies);
        Assert.All(bodies, body => Assert.Empty(schema.Errors(body)));
        var mistakes = BodyMutations.Of(bodies[0]).ToList();
        Assert.InRange(mistakes.Count, 40, 400);
        Assert.Empty(mistakes.Where(mistake => schema.Errors(mistake.Body).Count == 0).Select(mistake => mistake.What));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_headers_that_came_are_those_that_are_documented(EventType type)
    {
        var documented = JsonNode.Parse(delivered.AsyncApi)!["components"]!["messages"]![type.WireName()]!["headers"]!.AsObject();
        var schema = new JsonSchemaCheck(documented.ToJsonString());
        var names = documented["properties"]!.AsObject().Select(property => property.Key).ToList();

        Assert.All(delivered.Of(type), request =>
        {
            var own = request.Headers.Where(header => header.Key is not ("Host" or "Content-Type" or "Content-Length")).ToDictionary();
            Assert.Empty(own.Keys.Except(names));
            Assert.Empty(names.Except(own.Keys).Except(["X-Webhook-Signature-Previous"]));
            Assert.Empty(schema.Errors(new JsonObject(own.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value))).ToJsonString()));
            own["X-Webhook-Signature"] = own["X-Webhook-Signature"].ToUpperInvariant();
            Assert.NotEmpty(schema.Errors(new JsonObject(own.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value))).ToJsonString()));
        });
    }

    [Fact]
    public async Task Ajv_takes_every_schema_and_body_and_refuses_every_mistake()
    {
        TestRequirement.Validators.Demand();
        var schemas = delivered.Schemas.ToDictionary(schema => schema.Key.WireName(), schema => schema.Value);
        var bodies = delivered.Requests.Select(request => (request.Header("X-Webhook-Event")!, request.Text)).ToList();
        var mistakes = (
            from type in Enum.GetValues<EventType>()
            from mistake in BodyMutations.Of(delivered.Of(type).First().Text)
            select (Name: type.WireName(), mistake.What, mistake.Body)).ToList();

        var (wrongSchemas, wrongBodies) = await SpecificationValidators.AjvAsync(schemas, [.. bodies, .. mistakes.Select(m => (m.Name, m.Body))], Stop);

        Assert.Equal(Enum.GetValues<EventType>().Length, wrongSchemas.Count);
        Assert.All(wrongSchemas, schema => Assert.Null(schema.Value));
        Assert.All(wrongBodies.Take(bodies.Count), Assert.Null);
        Assert.Empty(mistakes.Zip(wrongBodies.Skip(bodies.Count), (mistake, wrong) => (mistake, wrong))
            .Where(pair => pair.wrong is null).Select(pair => $"{pair.mistake.Name}: {pair.mistake.What}"));
    }

    [Fact]
    public async Task Ajv_refuses_a_schema_that_is_none()
    {
        TestRequirement.Validators.Demand();
        var broken = delivered.Schemas[EventType.IncidentCreated].DeepClone().AsObject();
        broken["properties"]!["event"]!["type"] = "text";

        var (wrong, _) = await SpecificationValidators.AjvAsync(new Dictionary<string, JsonObject> { ["broken"] = broken }, [], Stop);

        Assert.Contains("schema is invalid", wrong["broken"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsyncAPI_s_own_parser_takes_the_document_as_it_is_served()
    {
        TestRequirement.Validators.Demand();
        Assert.Empty(await SpecificationValidators.AsyncApiAsync(delivered.AsyncApi, Stop));
    }
}

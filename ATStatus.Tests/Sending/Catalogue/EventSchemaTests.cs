using System.Text;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Catalogue;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending.Catalogue;

/// <summary>The schemas allow what the writer writes, and nothing else.</summary>
public sealed class EventSchemaTests
{
    private static readonly Uri Console = new("https://ops.example.com/console/");
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
    private static readonly StatusPageRef Page = new(1, "Main \"Status\" 🚦", "main");

    /// <summary>From the enumeration, not from a list: one that is added has to be in the catalogue.</summary>
    public static TheoryData<EventType> Types => [.. Enum.GetValues<EventType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_event_type_has_a_schema_with_an_example_that_it_allows(EventType type)
    {
        var document = EventSchema.Document(type, Console);

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)document["$schema"]);
        Assert.Equal($"https://ops.example.com/console/events/{type.WireName()}.schema.json", (string?)document["$id"]);
        Assert.Equal(type.WireName(), (string?)document["title"]);
        Assert.Empty(Check(type).Errors(Assert.Single(document["examples"]!.AsArray())!.ToJsonString()));
    }

    [Fact]
    public void What_is_no_event_type_has_none() => Assert.Throws<ArgumentOutOfRangeException>(() => EventSchema.Of((EventType)int.MaxValue));

    /// <summary>Every combination of what the records can hold, written as every event type of their group.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void A_body_is_valid_exactly_where_the_writer_writes_it(EventType type)
    {
        var check = Check(type);
        var (written, refused) = (0, 0);
        foreach (var data in Candidates(type.Group()))
        {
            if (Write(type, data) is { } body)
            {
                written++;
                Assert.Empty(check.Errors(body));
                AssertOrder(EventSchema.Of(type), JsonNode.Parse(body)!.AsObject());
                continue;
            }
            // What another event of the group may say, under this one's name.
            if (EventTypes.Of(type.Group()).Select(other => Write(other, data)).FirstOrDefault(text => text is not null) is not { } others)
                continue;
            refused++;
            var renamed = JsonNode.Parse(others)!;
            renamed["event"] = type.WireName();
            Assert.NotEmpty(check.Errors(renamed.ToJsonString()));
        }
        Assert.True(written > 0);
        // Each event of an incident but its end may have any status, and alerts are all alike.
        Assert.Equal(type.Group() is EventGroup.Maintenance or EventGroup.Components || type == EventType.IncidentResolved, refused > 0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_s_body_is_refused_under_every_other_name(EventType type)
    {
        var example = EventSchema.ExampleOf(type).ToJsonString();
        Assert.All(Enum.GetValues<EventType>(), other => Assert.Equal(other == type, Check(other).Errors(example).Count == 0));
    }

    [Fact]
    public void Only_alerts_happen_on_no_page()
    {
        Assert.All(Enum.GetValues<EventType>(), type =>
        {
            var body = EventSchema.ExampleOf(type);
            body["statusPage"] = type.IsAlert() ? new JsonObject { ["id"] = 1, ["name"] = "Main", ["slug"] = "main" } : null;
            Assert.NotEmpty(Check(type).Errors(body.ToJsonString()));
        });
    }

    [Fact]
    public void Every_property_says_what_it_is()
    {
        Assert.All(Enum.GetValues<EventType>(), type => Assert.All(Properties(EventSchema.Of(type)), property =>
        {
            Assert.NotEmpty((string?)property["description"] ?? "");
            Assert.True(property.ContainsKey("type"));
        }));
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused()
    {
        Assert.NotEmpty(ErrorsWith(EventType.ComponentCreated, "uptimePercent", 100.01m));
        Assert.NotEmpty(ErrorsWith(EventType.ComponentCreated, "uptimePercent", -0.01m));
        Assert.Empty(ErrorsWith(EventType.ComponentCreated, "uptimePercent", 99.99m));
        Assert.NotEmpty(ErrorsWith(EventType.NotificationFailing, "statusCode", 99));
        Assert.Empty(ErrorsWith(EventType.NotificationFailing, "deliveryId", CanonicalJsonWriter.MaxSafeInteger));
    }

    private static IReadOnlyList<string> ErrorsWith(EventType type, string property, JsonNode value)
    {
        var body = EventSchema.ExampleOf(type);
        body["data"]![property] = value;
        return Check(type).Errors(body.ToJsonString());
    }

    private static JsonSchemaCheck Check(EventType type) => new(EventSchema.Document(type, Console).ToJsonString());

    private static IEnumerable<EventData> Candidates(EventGroup group) => group switch
    {
        EventGroup.Incidents =>
            from status in IncidentStatuses.All
            from severity in IncidentSeverities.All
            from components in (string[][])[[], ["API", "Zahlung “ü”"]]
            select new IncidentData(int.MaxValue, "A \u2028 title", status, severity, "", components, Noon),
        EventGroup.Maintenance =>
            from status in MaintenanceStatuses.All.Cast<MaintenanceStatus?>().Append(null)
            select new MaintenanceData(45, "Upgrade", "Work.", ["Database"], Noon, Noon.AddHours(2)) { Status = status },
        EventGroup.Components =>
            from previous in ComponentStatuses.All.Cast<ComponentStatus?>().Append(null)
            from next in ComponentStatuses.All.Cast<ComponentStatus?>().Append(null)
            from uptime in (decimal[])[0m, 99.99m, 100.00m]
            select new ComponentData(5, "API", previous, next, uptime),
        EventGroup.Notifications =>
            from kind in ATStatus.Core.Sending.DeliverySenders.All
            from failure in (string[])["http_status", "timeout", "connection", "dns", "tls", "address_refused"]
            from code in (int?[])[null, 100, 599]
            from success in (DateTime?[])[null, Noon]
            from about in EventTypes.Selectable
            from url in (string?[])[null, "https://ops.example.com/admin/deliveries/1"]
            select new NotificationData(7, "Pager", kind.Name, "It failed.", failure, code, success)
            {
                Delivery = new FailedDelivery(long.MaxValue >> 10, about, 812, url),
            },
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "A group without candidates proves nothing."),
    };

    private static string? Write(EventType type, EventData data)
    {
        try
        {
            return Encoding.UTF8.GetString(EventPayload.Write(type, Noon, type.IsAlert() ? null : Page, data));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void AssertOrder(JsonObject schema, JsonObject body)
    {
        var properties = schema["properties"]!.AsObject();
        Assert.Equal(body.Select(property => property.Key), properties.Select(property => property.Key));
        Assert.Equal(body.Select(property => property.Key), schema["required"]!.AsArray().Select(name => (string?)name));
        foreach (var (name, value) in body)
        {
            if (value is JsonObject inner)
                AssertOrder(properties[name]!.AsObject(), inner);
        }
    }

    private static IEnumerable<JsonObject> Properties(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? []).SelectMany(property => Properties(property.Value!.AsObject()).Prepend(property.Value!.AsObject()));
}

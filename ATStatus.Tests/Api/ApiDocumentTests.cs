using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Catalogue;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>The description that the console serves.</summary>
public sealed class ApiDocumentTests(SharedConsole shared)
{
    [Fact]
    public async Task It_describes_every_event_as_a_webhook()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        var text = await stranger.GetStringAsync("api/v1/openapi.json", TestContext.Current.CancellationToken);
        var document = JsonNode.Parse(text)!;

        Assert.StartsWith("3.1.", (string)document["openapi"]!, StringComparison.Ordinal);
        var webhooks = document["webhooks"]!.AsObject();
        Assert.Equal(Enum.GetValues<EventType>().Select(t => t.WireName()).Order(StringComparer.Ordinal), webhooks.Select(w => w.Key).Order(StringComparer.Ordinal));
        Assert.All(Enum.GetValues<EventType>(), type => Assert.Equal(
            EventSchema.Of(type).ToJsonString(), webhooks[type.WireName()]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!.ToJsonString()));
    }

    [Fact]
    public async Task It_is_valid_for_the_specifications_own_validator()
    {
        TestRequirement.Validators.Demand();
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        var text = await stranger.GetStringAsync("api/v1/openapi.json", TestContext.Current.CancellationToken);

        Assert.Empty(await SpecificationValidators.OpenApiAsync(text, TestContext.Current.CancellationToken));
    }
}

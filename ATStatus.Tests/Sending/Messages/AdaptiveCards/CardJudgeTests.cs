using System.Text.Json.Nodes;
using ATStatus.Core.Sending.Teams;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages.AdaptiveCards;

/// <summary>What Teams gets is a card to those who published Adaptive Cards.</summary>
public sealed class CardJudgeTests : IDisposable
{
    private const string PageUrl = "https://status.example.com/";

    private readonly SendingRig _rig = new();
    private readonly CardJudge _judge = new();
    private readonly TeamsSender _sender;

    public CardJudgeTests() => _sender = new TeamsSender(_rig.Post, _rig.Policy);

    public void Dispose()
    {
        _judge.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Every_event_is_a_card() =>
        Assert.All(NastyEvents.Samples.Concat(NastyEvents.Extremes), payload => Assert.Equal("", _judge.Judge(CardOf(payload).ToJsonString())));

    // The judge is one script engine, for one thread.
    [Fact]
    public void Any_event_is_a_card() => NastyEvents.Payloads.Sample(payload => _judge.Judge(CardOf(payload).ToJsonString()) == "", iter: 100, threads: 1);

    /// <summary>The judge sees each kind of mistake, so its silence means something.</summary>
    [Theory]
    [InlineData("body/1/type", "Paragraph", "Unknown element type")]
    [InlineData("body/0/style", "red", "Invalid value \"red\"")]
    [InlineData("body/0/items/0/size", "Tiny", "Invalid value \"Tiny\"")]
    [InlineData("body/0/items/0/colour", "red", "TextBlock has no colour")]
    [InlineData("body/2/facts/0/unit", "x", "Fact has no unit")]
    [InlineData("actions/0/type", "Action.Call", "Unknown action type")]
    [InlineData("actions/0/url", null, "\"url\" must be set")]
    [InlineData("actions/0/role", "Tab", "supported in version 1.6")]
    public void A_mistake_is_seen(string place, string? value, string words)
    {
        var card = CardOf(NastyEvents.Incident());
        var steps = place.Split('/');
        var parent = steps[..^1].Aggregate((JsonNode)card, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!).AsObject();
        if (value is null) parent.Remove(steps[^1]);
        else parent[steps[^1]] = value;

        Assert.Contains(words, _judge.Judge(card.ToJsonString()), StringComparison.Ordinal);
    }

    private JsonObject CardOf(byte[] payload) =>
        JsonNode.Parse(_sender.BodyOf(payload, new Dictionary<string, string>(), PageUrl).Span)!["attachments"]![0]!["content"]!.AsObject();
}

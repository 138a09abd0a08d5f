using System.Text.RegularExpressions;
using ATStatus.Core.Sending.Messages;

namespace ATStatus.Core.Sending.Slack;

/// <summary>Posts to a channel of Slack through an app's incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").</summary>
public sealed partial class SlackSender(OutboundPost post, EndpointPolicy policy) : MessageSender(post, policy)
{
    public const string KindName = "slack";

    private static readonly string[] Hosts = ["hooks.slack.com", "hooks.slack-gov.com"];

    public override string Kind => KindName;

    public override ReadOnlyMemory<byte> BodyOf(
        ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl) =>
        MessageJson.Bytes(SlackMessage.Of(payload, pageUrl).ToJson());

    private protected override string? ProblemOf(Uri url)
    {
        if (!Hosts.Contains(url.IdnHost, StringComparer.OrdinalIgnoreCase))
            return "Not a Slack webhook URL. It should start with https://hooks.slack.com/services/.";
        if (OfWorkflow().IsMatch(url.AbsolutePath))
            return "This URL starts a workflow, which takes variables of its own instead of messages. Make an incoming webhook: its URL begins with https://hooks.slack.com/services/.";
        return Path().IsMatch(url.AbsolutePath) && url.Query.Length == 0
            ? null
            : "Not a Slack webhook URL. It should look like https://hooks.slack.com/services/T000/B000/token. Copy it from the app's page, Incoming Webhooks.";
    }

    [GeneratedRegex("^/services/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9]+/?$")]
    private static partial Regex Path();

    [GeneratedRegex("^/(workflows|triggers)/")]
    private static partial Regex OfWorkflow();
}

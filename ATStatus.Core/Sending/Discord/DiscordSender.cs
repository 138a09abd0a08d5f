using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Core.Sending.Messages;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Core.Sending.Discord;

/// <summary>Posts to a channel of Discord through one of its webhooks (Discord's Webhook Resource, "Execute Webhook").</summary>
public sealed partial class DiscordSender(OutboundPost post, EndpointPolicy policy) : MessageSender(post, policy)
{
    public const string KindName = "discord";

    /// <summary>What is longer says only "long": waits are capped far below.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(10_000);

    private static readonly string[] Hosts =
        ["discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com", "ptb.discordapp.com", "canary.discordapp.com"];

    public override string Kind => KindName;

    public override ReadOnlyMemory<byte> BodyOf(
        ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl) =>
        MessageJson.Bytes(DiscordMessage.Of(payload, settings, pageUrl).ToJson());

    public override SettingsCheck CheckSettings(IReadOnlyDictionary<string, string> entered) => DiscordSettings.Check(entered);

    private protected override string? ProblemOf(Uri url)
    {
        if (!Hosts.Contains(url.IdnHost, StringComparer.OrdinalIgnoreCase))
            return "Not a Discord webhook URL. It should start with https://discord.com/api/webhooks/.";
        if (OfAnotherFormat().IsMatch(url.AbsolutePath))
            return "Remove /slack or /github from the URL's end: they are for messages of another form.";
        return Path().IsMatch(url.AbsolutePath)
            ? null
            : "Not a Discord webhook URL. It should look like https://discord.com/api/webhooks/1234567890/token. Copy it from the channel's settings, Integrations, Webhooks.";
    }

    // With wait=true Discord answers when the message is saved, and says so when it is not.
    private protected override Uri TargetOf(SendRequest request)
    {
        var query = QueryHelpers.ParseQuery(request.Url.Query)
            .Where(part => part.Key is not "wait")
            .ToDictionary(part => part.Key, part => (string?)part.Value.ToString());
        query["wait"] = "true";
        if (DiscordSettings.Of(request.Options.Settings).ThreadId is { } thread) query["thread_id"] = thread;
        return new Uri(QueryHelpers.AddQueryString(request.Url.GetLeftPart(UriPartial.Path), query));
    }

    // "Topics: Rate Limits": retry_after has the fraction that the header is rounded up from. Its edge answers without JSON.
    private protected override SendResult Understand(SendResult result) =>
        result.StatusCode == 429 && RetryAfterOf(result.ResponseBody) is { } wait ? result with { RetryAfter = wait } : result;

    private static TimeSpan? RetryAfterOf(string? body)
    {
        try
        {
            using var json = JsonDocument.Parse(body ?? "");
            return json.RootElement is { ValueKind: JsonValueKind.Object } answer
                && answer.TryGetProperty("retry_after", out var value) && value.ValueKind == JsonValueKind.Number
                && value.TryGetDouble(out var seconds) && seconds >= 0
                ? seconds < LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^/api(/v\d{1,2})?/webhooks/\d{1,20}/[A-Za-z0-9_-]{20,200}/?$")]
    private static partial Regex Path();

    [GeneratedRegex("/(slack|github)/?$", RegexOptions.IgnoreCase)]
    private static partial Regex OfAnotherFormat();
}

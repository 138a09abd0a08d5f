using System.Text.RegularExpressions;
using ATStatus.Core.Sending.Messages;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Core.Sending.Teams;

/// <summary>
/// Posts to a channel or chat of Microsoft Teams through a workflow that begins when a webhook request is received (Power Automate, or a Logic
/// App). The answer says only that the workflow begins; what becomes of the card is in the workflow's run history.
/// </summary>
public sealed partial class TeamsSender(OutboundPost post, EndpointPolicy policy) : MessageSender(post, policy)
{
    public const string KindName = "teams";

    /// <summary>Power Automate's hosts: the public cloud and the United States' (GCC, GCC High, DoD).</summary>
    private static readonly string[] PowerPlatform =
    [
        ".api.powerplatform.com", ".api.powerplatform.us", ".api.gov.powerplatform.microsoft.us", ".api.high.powerplatform.microsoft.us",
        ".api.appsplatform.us",
    ];

    private static readonly string[] LogicApps = [".logic.azure.com", ".logic.azure.us"];

    private static readonly string[] Connectors = [".webhook.office.com", "outlook.office.com", "outlook.office365.com"];

    public override string Kind => KindName;

    public override ReadOnlyMemory<byte> BodyOf(
        ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl) =>
        MessageJson.Bytes(TeamsMessage.Of(payload, pageUrl).ToJson());

    private protected override string? ProblemOf(Uri url)
    {
        if (EndsWithAny(url, Connectors))
            return "Microsoft has retired Office 365 connectors. Make a workflow from the template 'Send webhook alerts to a channel' and use its URL.";
        if (!EndsWithAny(url, PowerPlatform) && !EndsWithAny(url, LogicApps))
            return "This is no workflow URL of Microsoft Teams: its host ends with .api.powerplatform.com or .logic.azure.com.";
        if (!Path().IsMatch(url.AbsolutePath))
            return "This is no workflow URL of Microsoft Teams: its path has /workflows/ and ends with /paths/invoke. Copy it from the workflow's first step.";
        return string.IsNullOrEmpty(QueryHelpers.ParseQuery(url.Query).GetValueOrDefault("sig"))
            ? "The URL's sig= is missing. Copy the whole URL; in the workflow's first step, 'Who can trigger the flow?' must be 'Anyone'."
            : null;
    }

    private protected override string? WarningOf(Uri url) => EndsWithAny(url, LogicApps)
        ? "Workflows made in Teams or Power Automate have another address since November 2025: copy it again. Only a Logic App of Azure keeps this one."
        : null;

    private static bool EndsWithAny(Uri url, string[] hosts) => Array.Exists(
        hosts, host => host[0] == '.' ? url.IdnHost.EndsWith(host, StringComparison.OrdinalIgnoreCase) : url.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("/workflows/[A-Za-z0-9-]+/triggers/[^/]+/paths/invoke/?$", RegexOptions.IgnoreCase)]
    private static partial Regex Path();
}

using System.Globalization;

namespace ATStatus.Core.Sending.Messages;

/// <summary>
/// What the senders have in common that write messages for a chat service: a POST of JSON to a URL that the service gave out, which is the only
/// credential. Neither signature nor headers of the contract: the service knows neither.
/// </summary>
public abstract class MessageSender(OutboundPost post, EndpointPolicy policy) : IDeliverySender
{
    public abstract string Kind { get; }

    public bool SignsRequests => false;

    public bool NamesPage => true;

    public abstract ReadOnlyMemory<byte> BodyOf(ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> settings, string? pageUrl);

    public virtual SettingsCheck CheckSettings(IReadOnlyDictionary<string, string> entered) => SettingsCheck.None;

    /// <summary>Why an acceptable https URL is none of the service's; null when it is one. For the form.</summary>
    private protected abstract string? ProblemOf(Uri url);

    /// <summary>What an admin should know about a URL of the service's; null for nothing. For the form.</summary>
    private protected virtual string? WarningOf(Uri url) => null;

    /// <summary>Where a request really goes to.</summary>
    private protected virtual Uri TargetOf(SendRequest request) => request.Url;

    /// <summary>What the service's answer says that a plain receiver's would not.</summary>
    private protected virtual SendResult Understand(SendResult result) => result;

    public async Task<SendResult> SendAsync(SendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = new SendRequest(
            TargetOf(request), Secret: null, request.EventType, request.RequestId,
            BodyOf(request.Body, request.Options.Settings, request.PageUrl));
        return Understand(await post.SendAsync(message, HeadersOf, cancellationToken));
    }

    public EndpointCheck ParseUrl(string? url)
    {
        var check = policy.ParseUrl(url);
        if (check.Uri is not { } uri) return check;
        if ((ProblemOfAuthority(uri) ?? ProblemOf(uri)) is { } problem)
            return new EndpointCheck(null, [problem], check.Warnings);
        return WarningOf(uri) is { } warning ? check with { Warnings = [.. check.Warnings, warning] } : check;
    }

    public async Task<EndpointCheck> CheckUrlAsync(string? url, CancellationToken cancellationToken)
    {
        var check = ParseUrl(url);
        if (!check.IsAcceptable) return check;
        var looked = await policy.CheckAsync(url, cancellationToken);
        return looked with { Warnings = [.. check.Warnings.Union(looked.Warnings)] };
    }

    // None of the services gives out URLs of another port. (Logic Apps' say ":443", which is https's own.)
    private static string? ProblemOfAuthority(Uri url) =>
        url.Scheme != Uri.UriSchemeHttps ? "The URL must begin with https://."
        : url.IsDefaultPort ? null
        : $"The URL must not name a port (:{url.Port.ToString(CultureInfo.InvariantCulture)}): the service's webhook URLs have none.";

    private static List<KeyValuePair<string, string>> HeadersOf(SendRequest request, DateTimeOffset startedAt) =>
    [
        new("Content-Type", "application/json"),
        new("User-Agent", "ATStatus-Webhook/1.0"),
        new("Host", MaskedUrl.Authority(request.Url)),
        new("Content-Length", request.Body.Length.ToString(CultureInfo.InvariantCulture)),
    ];
}

using System.Globalization;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Core.Signing;

namespace ATStatus.Core.Sending.Webhook;

/// <summary>Sends webhooks: a signed POST of the stored bytes with the headers of the contract and no others.</summary>
public sealed class WebhookSender(OutboundPost post, EndpointPolicy policy) : IDeliverySender
{
    public const string KindName = "webhook";

    public string Kind => KindName;

    public Task<SendResult> SendAsync(SendRequest request, CancellationToken cancellationToken) =>
        post.SendAsync(request, HeadersOf, cancellationToken);

    public EndpointCheck ParseUrl(string? url) => policy.ParseUrl(url);

    public Task<EndpointCheck> CheckUrlAsync(string? url, CancellationToken cancellationToken) => policy.CheckAsync(url, cancellationToken);

    private static List<KeyValuePair<string, string>> HeadersOf(SendRequest request, DateTimeOffset startedAt)
    {
        var headers = new List<KeyValuePair<string, string>>
        {
            new("Content-Type", request.BodyKind.ContentType()),
            new("User-Agent", WebhookHeaders.UserAgent),
            new(WebhookHeaders.Event, request.EventType),
        };
        if (!string.IsNullOrEmpty(request.Secret))
        {
            headers.Add(new(WebhookHeaders.Signature, WebhookSignature.Compute(request.Body.Span, request.Secret)));
            if (!string.IsNullOrEmpty(request.PreviousSecret))
                headers.Add(new(WebhookHeaders.PreviousSignature, WebhookSignature.Compute(request.Body.Span, request.PreviousSecret)));
        }
        var id = request.RequestId.ToString("D", CultureInfo.InvariantCulture);
        headers.Add(new(WebhookHeaders.RequestId, id));
        if (request.Options.StandardWebhooks)
            AddStandardWebhooks(headers, request, id, startedAt.ToUnixTimeSeconds());
        headers.Add(new("Host", MaskedUrl.Authority(request.Url)));
        headers.Add(new("Content-Length", request.Body.Length.ToString(CultureInfo.InvariantCulture)));
        return headers;
    }

    private static void AddStandardWebhooks(List<KeyValuePair<string, string>> headers, SendRequest request, string id, long timestamp)
    {
        headers.Add(new(WebhookHeaders.StandardId, id));
        headers.Add(new(WebhookHeaders.StandardTimestamp, timestamp.ToString(CultureInfo.InvariantCulture)));
        if (string.IsNullOrEmpty(request.Secret)) return;
        // The specification: signatures of all valid secrets in one header, separated by blanks.
        string?[] secrets = [request.Secret, request.PreviousSecret];
        headers.Add(new(WebhookHeaders.StandardSignature, string.Join(' ', secrets.Where(secret => !string.IsNullOrEmpty(secret))
            .Select(secret => StandardWebhooksSignature.Compute(id, timestamp, request.Body.Span, secret!)))));
    }
}

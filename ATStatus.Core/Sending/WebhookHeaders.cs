namespace ATStatus.Core.Sending;

/// <summary>The names of a webhook's own headers, as they are sent.</summary>
public static class WebhookHeaders
{
    /// <summary>The event type.</summary>
    public const string Event = "X-Webhook-Event";

    /// <summary>One UUID per delivery, the same on each of its attempts.</summary>
    public const string RequestId = "X-Request-ID";

    /// <summary>The body's signature; absent where there is no secret.</summary>
    public const string Signature = "X-Webhook-Signature";

    /// <summary>The replaced secret's signature while both sign.</summary>
    public const string PreviousSignature = "X-Webhook-Signature-Previous";

    /// <summary>Of the Standard Webhooks specification, as the two that follow: the same as <see cref="RequestId"/>.</summary>
    public const string StandardId = "webhook-id";

    /// <summary>When the attempt began, in seconds since 1970.</summary>
    public const string StandardTimestamp = "webhook-timestamp";

    /// <summary>The signatures of all valid secrets, separated by blanks; absent where there is no secret.</summary>
    public const string StandardSignature = "webhook-signature";

    /// <summary>The value of <c>User-Agent</c>.</summary>
    public const string UserAgent = "ATStatus-Webhook/1.0";
}

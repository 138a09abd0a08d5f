using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>What a response's status means when it is not 2xx, and what somebody can do about it.</summary>
internal static class StatusAdvice
{
    /// <summary>The advice where a server, or a proxy before it, says with an answer that it wants a client certificate.</summary>
    public const string ClientCertificate =
        "The receiver asks for a client certificate, which the console cannot send. Let it accept requests without one at this URL; the signature shows who sent them.";

    /// <summary>
    /// The advice for an answer of a chat service that its type knows nothing special about. Signatures, added headers and request IDs are not
    /// sent there, and its limits are not the operator's to raise.
    /// </summary>
    /// <param name="service">What people call the type.</param>
    /// <param name="status">The answer's status.</param>
    public static string ForService(string service, int status) => status switch
    {
        304 => $"{service} itself does not answer so: look for a proxy or cache on the way.",
        { } redirect when SendResult.IsRedirect(redirect) => $"The webhook is somewhere else, and redirects are not followed. Copy the URL again from {service}.",
        401 or 403 or 404 => $"{service} does not accept this URL: the webhook was deleted, or the URL is incomplete. Copy it again from {service}, then redeliver.",
        410 => $"{service} says that this webhook is gone for good, so the notification was switched off. Enter the URL of a new one, switch it on again, then redeliver.",
        408 or 425 or 429 => $"{service} was too busy for this request. The next attempt often succeeds; choose fewer events if that goes on.",
        413 => $"{service} takes no messages of this size. That is a mistake of the console: please report it, with the message below.",
        >= 400 and <= 499 => $"{service} did not accept the message. Its response below may say why. If the URL and the settings are right, it is a mistake of the console: please report it.",
        >= 500 and <= 599 => $"{service} has trouble of its own, or a proxy on the way has. The next attempt often succeeds.",
        _ => $"{service} itself does not answer so. Check the URL, and look for a proxy on the way.",
    };

    /// <summary>The advice for a status; null is a response that was lost.</summary>
    public static string For(int? status) => status switch
    {
        >= 100 and <= 199 => "The receiver answered with an interim status and no final one, as a WebSocket does. Check that the URL is a webhook endpoint.",
        304 => "The receiver, or a cache before it, treated the POST as a read (GET). Check that POST requests reach it.",
        { } redirect when SendResult.IsRedirect(redirect) => "The receiver is somewhere else, and redirects are not followed. Enter the final URL in the notification; http:// that becomes https:// and a missing slash at the end are the usual reasons.",
        >= 300 and <= 399 => "The receiver answered with a status that webhooks have no use for. Check what answers at this URL.",
        400 or 422 => "The receiver rejected the content. Its response below may say why. Services with a format of their own (Discord, Slack, Teams) answer so to the plain webhook: choose their type instead.",
        401 => "The receiver did not accept who is asking. Check that both sides have the same secret; if it wants an Authorization header, add that to the notification.",
        402 => "The receiver's service wants to be paid: a quota is used up, or an account has ended.",
        403 => "The receiver knows the address and refuses. Check that both sides have the same secret, and the firewall or gateway in front of it: it may let only listed addresses in.",
        404 => "The receiver does not know this address. Check the URL's path; at many services it means that the webhook was deleted there.",
        405 => "The receiver does not take POST at this address. Check the URL's path.",
        406 => "The receiver cannot answer in a form it thinks is wanted. The response does not matter to the console: let it answer 2xx without a body.",
        407 => "A proxy on the way requires authentication. Check the console's Webhooks:Proxy.",
        408 => "The receiver, or a proxy before it, grew tired of waiting for the request. It is usually overloaded; the next attempt often succeeds.",
        409 => "The receiver sees a conflict, perhaps because it has this event already. A receiver that knows the X-Request-ID should answer 2xx.",
        410 => "The receiver says it is gone for good, so the notification was switched off. Correct the URL, switch it on again, then redeliver.",
        411 or 412 or 417 or 428 => "The receiver, or a proxy before it, wants a header that webhooks do not carry. Look for a rule there that is meant for another kind of request.",
        413 => "The receiver, or a proxy before it, refuses bodies of this size. Raise its limit.",
        414 => "The receiver finds the URL too long. Shorten what stands behind the question mark.",
        415 => "The receiver does not take application/json at this address. Let it read JSON, or check that the URL is meant for webhooks.",
        421 => "Another server than this host's answered. Check the host name, and what stands before the receiver.",
        423 or 424 => "The receiver depends on something that is not ready. Its response below may say what.",
        425 => "The receiver does not accept a request so early in a connection. The next attempt usually succeeds.",
        429 => "The receiver asks for fewer requests. Its Retry-After is honoured up to 15 minutes; if it goes on, choose fewer events or raise its limit.",
        431 => "The receiver finds the headers too large. Look at the headers that were added to the notification.",
        451 => "The receiver may not take this for legal reasons. Its response below may say why.",
        495 or 496 => ClientCertificate,
        >= 400 and <= 499 => "The receiver did not accept the request. Its response below may say why; its own log usually does.",
        500 => "The receiver, or a proxy before it, failed while it worked on the request. Look at its log for the X-Request-ID of this delivery.",
        501 => "The receiver does not know how to do this. Check the URL's path.",
        502 or 521 or 523 or 530 => "A proxy before the receiver answered: it could not reach the receiver, or did not understand it. Check that the receiver is running.",
        503 => "The receiver is overloaded or being maintained. Its Retry-After is honoured up to 15 minutes; the X-Request-ID of this delivery finds it in the receiver's log.",
        504 or 522 or 524 => "A proxy before the receiver answered: the receiver took too long. Let it answer 2xx at once and do its work afterwards.",
        505 => "The receiver does not speak HTTP/1.1.",
        507 or 509 => "The receiver has no room left, or a quota is used up.",
        511 => "A network on the way wants somebody to sign in first.",
        525 or 526 => "A proxy before the receiver answered: it does not trust the receiver's certificate, or they share no TLS version.",
        >= 500 and <= 599 => "The receiver, or a proxy before it, failed. Look at its log for the X-Request-ID of this delivery.",
        _ => "This is no status that HTTP knows. Check what listens at this address.",
    };
}

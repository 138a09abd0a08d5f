using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Sending;

/// <summary>One attempt to be made.</summary>
/// <param name="Url">Where to: an absolute <c>http</c> or <c>https</c> URL.</param>
/// <param name="Secret">What signs the body, or null (or empty) for an attempt without a signature.</param>
/// <param name="EventType">The event's name on the wire, e.g. <c>incident.created</c>.</param>
/// <param name="RequestId">The delivery's identity, the same on each of its attempts.</param>
/// <param name="Body">The bytes to sign and to send, as they are.</param>
public sealed record SendRequest(Uri Url, string? Secret, string EventType, Guid RequestId, ReadOnlyMemory<byte> Body)
{
    public SendOptions Options { get; init; } = new();

    /// <summary>The secret before the last rotation, while it still signs beside the new one; null otherwise.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>Headers that the operator added, in their order. Their values are secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The form that <see cref="Body"/> has.</summary>
    public BodyKind BodyKind { get; init; }

    /// <summary>Where the public reads the event's status page; null where nobody said.</summary>
    public string? PageUrl { get; init; }

    /// <summary>Event, identity and masked URL: neither secret nor token may reach a log through string formatting.</summary>
    public override string ToString() => $"{EventType} {RequestId} to {MaskedUrl.Display(Url)}, {Body.Length} bytes";
}

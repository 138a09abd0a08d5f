using ATStatus.Core.Sending;

namespace ATStatus.Core.Model;

/// <summary>One attempt to deliver: what went out and what came back, bounded.</summary>
public sealed class DeliveryAttempt
{
    public const int ErrorLength = 500;

    public long Id { get; set; }

    public long DeliveryId { get; set; }

    /// <summary>1 for the delivery's first attempt; continues over redeliveries.</summary>
    public int Number { get; set; }

    public AttemptTrigger Trigger { get; set; }

    /// <summary>When it began (UTC).</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>How long it took, in milliseconds; 0 where nobody knows.</summary>
    public int DurationMs { get; set; }

    /// <summary>How long the name look-up took, in milliseconds; null where a connection was used again or it did not come so far.
    /// A step that failed, or was under way when the time was up, counts as long as it lasted.</summary>
    public int? LookupMs { get; set; }

    /// <summary>How long opening the connection took, in milliseconds; null likewise.</summary>
    public int? ConnectMs { get; set; }

    /// <summary>How long the TLS handshake took, in milliseconds; null likewise, and for plain HTTP.</summary>
    public int? TlsMs { get; set; }

    /// <summary>
    /// How long the request was out on a reused connection that closed without an answer, in milliseconds; it was then sent again on a new
    /// one, within this attempt. Null where that did not happen.
    /// </summary>
    public int? ReusedMs { get; set; }

    /// <summary>What went wrong; null for a success.</summary>
    public FailureKind? Failure { get; set; }

    /// <summary>The response's status code, where there was a response.</summary>
    public int? StatusCode { get; set; }

    /// <summary>What went wrong in words, without secrets.</summary>
    public string? Error { get; set; }

    /// <summary>The request's headers as sent, or as they were about to be (see <see cref="WentOut"/>), one <c>Name: value</c> a line.</summary>
    public string RequestHeaders { get; set; } = "";

    /// <summary>The response's headers, one <c>Name: value</c> a line, bounded.</summary>
    public string ResponseHeaders { get; set; } = "";

    /// <summary>The beginning of the response's body: at most 16 KiB of it.</summary>
    public string? ResponseBody { get; set; }

    /// <summary>The body went on after what is kept.</summary>
    public bool ResponseBodyTruncated { get; set; }

    /// <summary>Whether the request may have left: false where the failure came before there was a connection to write it to.</summary>
    public bool WentOut =>
        ReusedMs is not null
        || (Failure is not (FailureKind.AddressRefused or FailureKind.Dns or FailureKind.Tls or FailureKind.Template)
            && FailureCauses.Of(Error) is not (FailureCause.ConnectionRefused or FailureCause.NoRoute or FailureCause.ProxyUnreachable or FailureCause.ProxyRefused))
        // Over TLS 1.3 a receiver refuses when the request is on its way.
        || FailureCauses.Of(Error) == FailureCause.ClientCertificateWanted;

    internal static DeliveryAttempt From(SendResult result, int number, AttemptTrigger trigger) => new()
    {
        Number = number,
        Trigger = trigger,
        StartedAt = result.StartedAt.UtcDateTime,
        DurationMs = Milliseconds(result.Duration),
        LookupMs = Milliseconds(result.Timings.Lookup),
        ConnectMs = Milliseconds(result.Timings.Connect),
        TlsMs = Milliseconds(result.Timings.Tls),
        ReusedMs = Milliseconds(result.Timings.Reused),
        Failure = result.Failure,
        StatusCode = result.StatusCode,
        Error = result.Error is { Length: > ErrorLength } long_ ? long_[..ErrorLength] : result.Error,
        RequestHeaders = Lines(result.RequestHeaders),
        ResponseHeaders = Lines(result.ResponseHeaders),
        ResponseBody = result.ResponseBody,
        ResponseBodyTruncated = result.ResponseBodyTruncated,
    };

    private static int Milliseconds(TimeSpan duration) => (int)Math.Min(int.MaxValue, Math.Round(duration.TotalMilliseconds));

    private static int? Milliseconds(TimeSpan? duration) => duration is { } known ? Milliseconds(known) : null;

    internal static DeliveryAttempt Lost(int number, AttemptTrigger trigger, DateTime startedAt) => new()
    {
        Number = number,
        Trigger = trigger,
        StartedAt = startedAt,
        Failure = FailureKind.Cancelled,
        Error = "The console stopped during this attempt; whether the receiver got it is not known. It does not count.",
    };

    private static string Lines(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        string.Join('\n', headers.Select(h => $"{h.Key}: {h.Value}"));
}

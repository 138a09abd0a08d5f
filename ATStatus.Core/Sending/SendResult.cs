namespace ATStatus.Core.Sending;

/// <summary>What the outcome of an attempt means for its delivery.</summary>
public enum SendVerdict
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>It failed and may be tried again while attempts are left.</summary>
    Retry,

    /// <summary>The receiver answered <c>410 Gone</c>: final, and the notification is to be switched off.</summary>
    Gone,

    /// <summary>The target is refused, or there is nothing to send: final.</summary>
    Refused,
}

/// <summary>What came of one attempt. All texts are safe to store: bounded, without NULs or unpaired surrogates, without the secret.</summary>
public sealed record SendResult
{
    /// <summary>When the attempt began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the beginning to the response's headers, or to the failure.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the steps of opening a connection took.</summary>
    public ConnectionTimings Timings { get; init; } = ConnectionTimings.None;

    /// <summary>Why it failed; null when it was a success.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>The response's status; null when there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The request's headers as sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RequestHeaders { get; init; } = [];

    /// <summary>The response's headers: at most 32 and 8 KiB in all, cookies masked.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; } = [];

    /// <summary>The first 16 KiB of the response's body as text; null when there was no response.</summary>
    public string? ResponseBody { get; init; }

    /// <summary>Whether <see cref="ResponseBody"/> is not the whole body: it was longer, too slow, cut short or malformed.</summary>
    public bool ResponseBodyTruncated { get; init; }

    /// <summary>Why it failed, for people: one or two sentences that never quote the URL, the secret or the receiver. Null on success.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// The wait that a 429 or 503 asks for (RFC 9110, section 10.2.3), never negative and not capped; null when there is none that makes
    /// sense. More seconds than a <see cref="TimeSpan"/> holds are <see cref="TimeSpan.MaxValue"/>.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What this outcome means: the one place that decides between success, another attempt and the end.</summary>
    public SendVerdict Verdict => Failure switch
    {
        null => SendVerdict.Delivered,
        FailureKind.AddressRefused or FailureKind.Template => SendVerdict.Refused,
        FailureKind.HttpStatus when StatusCode == 410 => SendVerdict.Gone,
        _ => SendVerdict.Retry,
    };

    /// <summary>Whether a status sends the request to another URL (RFC 9110, section 15.4); the other 3xx do not.</summary>
    public static bool IsRedirect(int statusCode) => statusCode is 300 or 301 or 302 or 303 or 307 or 308;

    /// <summary>Whether a status is a failure: each one outside 200–299 is.</summary>
    internal static FailureKind? FailureOf(int statusCode) => statusCode is >= 200 and <= 299 ? null : FailureKind.HttpStatus;
}

using System.Buffers;

namespace ATStatus.Core.Sending;

/// <summary>Headers that an operator adds to a notification's requests: which names and values will do.</summary>
public static class AddedHeaders
{
    /// <summary>The most headers a notification can have.</summary>
    public const int MaxCount = 20;

    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The longest value, in characters.</summary>
    public const int MaxValueLength = 2_000;

    /// <summary>A value shorter than this is too common a text to be masked wherever a response contains it.</summary>
    private const int ShortestHidden = 8;

    // RFC 9110, section 5.6.2: token.
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The contract's own headers, and those that belong to the connection and not to the message (RFC 9110, sections 7.6 and 10.1).</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "User-Agent", "X-Request-ID", "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Via",
        "Accept-Encoding", "HTTP2-Settings", "traceparent", "tracestate", "baggage",
    };

    private static readonly string[] ReservedBeginnings = ["Content-", "X-Webhook-", "webhook-", "Proxy-", ":"];

    /// <summary>What is wrong with a name, for the form; null when it will do.</summary>
    public static string? ProblemOfName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) return "Enter the header's name.";
        if (name.Length > MaxNameLength) return $"A header's name can have at most {MaxNameLength} characters.";
        if (name.AsSpan().ContainsAnyExcept(TokenChars)) return $"'{name}' is no header name: letters, digits and -_.!#$%&'*+^`|~ only.";
        return IsReserved(name) ? $"{name} is set by the console or the connection and cannot be added." : null;
    }

    /// <summary>Whether a name is none that an operator can add.</summary>
    public static bool IsReserved(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Reserved.Contains(name) || ReservedBeginnings.Any(begin => name.StartsWith(begin, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is wrong with a value, for the form; null when it will do. Visible ASCII, blanks and tabs within (RFC 9110, section 5.5).</summary>
    public static string? ProblemOfValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length == 0) return "Enter the header's value.";
        if (value.Length > MaxValueLength) return $"A header's value can have at most {MaxValueLength} characters.";
        if (value.Any(c => c is not ('\t' or (>= ' ' and <= '~')))) return "A header's value can hold visible ASCII characters and blanks only, in one line.";
        return char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]) ? "A header's value can neither begin nor end with a blank." : null;
    }

    /// <summary>What of the headers must be masked where a receiver repeats it: the values, and what follows a scheme (<c>Bearer …</c>).</summary>
    internal static IEnumerable<string> Hidden(IEnumerable<KeyValuePair<string, string>> headers) => headers
        .SelectMany(header => new[] { header.Value, header.Value[(header.Value.LastIndexOf(' ') + 1)..] })
        .Where(text => text.Length >= ShortestHidden);
}

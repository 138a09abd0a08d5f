namespace ATStatus.Core.Sending;

/// <summary>
/// Which server a URL leads to: scheme, host and port. What is stored for one must not be sent to another. The case of the host's letters,
/// its form (IDN or ASCII), a dot at its end and a scheme's own port make no difference.
/// </summary>
public static class UrlOrigin
{
    /// <summary>Whether both lead to the same server; false where one of them is unknown.</summary>
    public static bool AreSame(Uri? first, Uri? second) => first is not null && second is not null && Of(first) is { } origin && origin == Of(second);

    /// <summary>The same for texts; one that is no absolute URL leads nowhere.</summary>
    public static bool AreSame(string? first, string? second) => AreSame(Parse(first), Parse(second));

    /// <summary>Whether a text can be said to lead to a server at all.</summary>
    public static bool IsKnown(string? url) => Parse(url) is { } parsed && Of(parsed) is not null;

    private static Uri? Parse(string? url) => Uri.TryCreate(url?.Trim(), UriKind.Absolute, out var parsed) && parsed.Scheme.StartsWith("http", StringComparison.Ordinal) ? parsed : null;

    private static (string Scheme, string Host, int Port)? Of(Uri url)
    {
        try
        {
            return url.IdnHost.TrimEnd('.').ToLowerInvariant() is { Length: > 0 } host ? (url.Scheme, host, url.Port) : null;
        }
        catch (UriFormatException)
        {
            // A name without an ASCII form leads nowhere.
            return null;
        }
    }
}

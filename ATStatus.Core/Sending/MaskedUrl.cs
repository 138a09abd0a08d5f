using System.Text;

namespace ATStatus.Core.Sending;

/// <summary>
/// A webhook's URL as lists and logs may show it: enough to recognise the receiver, never its token (many services put the token in the
/// path or the query). Scheme, host (ASCII form) and port are shown; of the path at most its first two segments, and only while they are
/// plain words (1 to 10 lower-case ASCII letters or hyphens). The first other segment is cut to its first two characters, and whatever
/// follows is <c>…</c>. User info, query and fragment are never shown.
/// </summary>
/// <example><c>https://hooks.slack.com/services/T00/B00/XXX</c> becomes <c>https://hooks.slack.com/services/T0…</c></example>
public static class MaskedUrl
{
    private const int WholeSegments = 2;
    private const int WordLength = 10;
    private const int Beginning = 2;

    /// <summary>The text to show for <paramref name="url"/>.</summary>
    /// <exception cref="ArgumentException">The URL is relative.</exception>
    public static string Display(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri) throw new ArgumentException("An absolute URL is needed.", nameof(url));

        var shown = new StringBuilder(url.Scheme).Append("://").Append(Authority(url));
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            shown.Append('/');
            if (i < WholeSegments && IsWord(segments[i]))
            {
                shown.Append(segments[i]);
                continue;
            }

            if (i <= WholeSegments) shown.Append(segments[i].AsSpan(0, Math.Min(Beginning, segments[i].Length)));
            return shown.Append('…').ToString();
        }

        if (segments.Length == 0) shown.Append('/');
        return url.Query.Length > 1 ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>Whether <see cref="Display"/> leaves something of it out, so that it can be a credential.</summary>
    public static bool Hides(Uri url) => Display(url) != url.AbsoluteUri;

    /// <summary>Host and, unless it is the scheme's own, port: what the Host header carries too.</summary>
    internal static string Authority(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : AsciiHost(url);
        return url.IsDefaultPort ? host : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{url.Port}");
    }

    private static string AsciiHost(Uri url)
    {
        try
        {
            return url.IdnHost;
        }
        catch (UriFormatException)
        {
            // A name that has no ASCII form; EndpointPolicy refuses it, but an old row may hold one.
            return "…";
        }
    }

    private static bool IsWord(string segment) =>
        segment.Length <= WordLength && segment.All(c => char.IsAsciiLetterLower(c) || c == '-');
}

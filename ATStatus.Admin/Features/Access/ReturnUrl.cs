using System.Text;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Where sign-in leads back to: a path of this site, relative to the path base and beginning with one slash. Whatever
/// could lead elsewhere is replaced by the overview.
/// </summary>
internal static class ReturnUrl
{
    /// <summary>The overview.</summary>
    public const string Overview = "/admin";

    // What stands in a URL as it is (RFC 3986, 2.2 and 2.3), and the percent sign of what is encoded already.
    private const string Plain = "-._~:/?#[]@!$&'()*+,;=%";

    /// <summary>The path itself when it is local, with what no header can hold percent-encoded; the overview otherwise.</summary>
    public static string LocalOrOverview(string? url) => IsLocal(url) ? Encoded(url!) : Overview;

    // Browsers read '\' as '/' and drop tabs and line breaks, so "/\evil" and "/<tab>/evil" are "//evil" to them.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && url is not ['/', '/', ..] && !url.Any(c => c == '\\' || char.IsControl(c));

    /// <summary>Character by character: a URI parser would take dot segments out, and "/.//evil" would become "//evil".</summary>
    private static string Encoded(string url)
    {
        var encoded = new StringBuilder(url.Length);
        foreach (var rune in url.EnumerateRunes())
        {
            var text = rune.ToString();
            encoded.Append(rune.IsAscii && (char.IsAsciiLetterOrDigit(text[0]) || Plain.Contains(text[0], StringComparison.Ordinal)) ? text : Uri.EscapeDataString(text));
        }
        return encoded.ToString();
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>The value of an <c>Origin</c> header (RFC 6454, section 7), without its scheme: host names are compared, schemes are not.</summary>
/// <param name="Host">The host in its one comparable form.</param>
/// <param name="Port">The port; null where the scheme's own is meant.</param>
internal sealed partial record WebOrigin(string Host, int? Port)
{
    private static readonly IdnMapping Idn = new();

    /// <summary>Reads one origin. <c>null</c>, a list, a path, a user or any other scheme than http and https is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WebOrigin? origin)
    {
        origin = null;
        if (Form().Match(text) is not { Success: true } parts || Comparable(parts.Groups["host"].Value) is not { } host)
            return false;
        int? port = null;
        if (parts.Groups["port"] is { Success: true } digits)
        {
            port = int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);
            if (port is 0 or > IPEndPoint.MaxPort)
                return false;
        }
        origin = new WebOrigin(host, port);
        return true;
    }

    /// <summary>Whether it is that host. Its port counts where one is given; 80 and 443 are what no port means, whatever the scheme.</summary>
    /// <param name="host">A host name, an IPv4 address, or an IPv6 address in brackets.</param>
    /// <param name="port">The port; null for any.</param>
    public bool IsOf(string host, int? port) =>
        string.Equals(Host, Comparable(host), StringComparison.Ordinal)
        && (port is null || (Port is { } own ? own == port : port is 80 or 443));

    /// <summary>Lower case, without the dot of the root, international names as DNS has them, IPv6 in its shortest form; null for no host.</summary>
    private static string? Comparable(string host)
    {
        if (host.StartsWith('['))
            return host.EndsWith(']') && IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? address.ToString() : null;
        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Length == 0)
            return null;
        try
        {
            return Idn.GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            // No name of DNS, as "my_host" may be: compared as it stands.
            return Ascii.IsValid(name) ? name.ToLowerInvariant() : null;
        }
    }

    [GeneratedRegex(@"\Ahttps?://(?<host>\[[0-9a-f:.]+\]|[^\s\p{C}/\\?#@:\[\]%,;<>""]+)(:(?<port>[0-9]{1,5}))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

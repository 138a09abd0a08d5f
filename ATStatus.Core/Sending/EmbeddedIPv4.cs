using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>An IPv6 address that stands for an IPv4 address somewhere on the way.</summary>
/// <param name="Address">The IPv4 address.</param>
/// <param name="Name">What the IPv6 address is, with article and range: "a 6to4 address (2002::/16)".</param>
/// <param name="OwnRangeGuarded">
/// Whether the form has a range of its own that is guarded. An ISATAP address has not: it can have any prefix, and only what it stands for
/// makes it suspicious.
/// </param>
internal sealed record EmbeddedIPv4(IPAddress Address, string Name, bool OwnRangeGuarded)
{
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");

    /// <summary>
    /// What <paramref name="address"/> stands for, or null. Forms: IPv4-compatible (RFC 4291), NAT64's well-known prefix (RFC 6052), 6to4
    /// (RFC 3056), Teredo (RFC 4380, the client's address, stored inverted), ISATAP (RFC 5214). IPv4-mapped addresses are not asked here:
    /// they are their IPv4. In NAT64's local-use prefix (RFC 8215) the place of the IPv4 is the operator's secret, so it is a range only.
    /// </summary>
    public static EmbeddedIPv4? Find(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address)) return new(At(bytes, 12), "a NAT64 address (64:ff9b::/96)", true);
        if (SixToFour.Contains(address)) return new(At(bytes, 2), "a 6to4 address (2002::/16)", true);
        if (Teredo.Contains(address)) return new(At(bytes, 12, invert: true), "a Teredo address (2001::/32)", true);
        if (Compatible.Contains(address) && !IsUnspecifiedOrLoopback(address))
            return new(At(bytes, 12), "an IPv4-compatible address (::/96)", true);
        return IsIsatap(bytes) ? new(At(bytes, 12), "an ISATAP address", false) : null;
    }

    private static IPAddress At(byte[] bytes, int offset, bool invert = false)
    {
        var ipv4 = bytes[offset..(offset + 4)];
        if (invert) ipv4 = Array.ConvertAll(ipv4, b => (byte)~b);
        return new IPAddress(ipv4);
    }

    private static bool IsUnspecifiedOrLoopback(IPAddress address) =>
        address.Equals(IPAddress.IPv6None) || address.Equals(IPAddress.IPv6Loopback);

    // The interface identifier is 00-00-5E-FE, or 02-00-5E-FE for a globally unique IPv4 address, then the IPv4 address.
    private static bool IsIsatap(byte[] bytes) =>
        bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

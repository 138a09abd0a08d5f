using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>A range that is no public destination, and what its addresses are called.</summary>
/// <param name="Name">What an address in it is, with article: "a private address".</param>
internal sealed record GuardedRange(IPNetwork Network, string Name);

/// <summary>
/// The ranges that are no public destinations. Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries, the IANA IPv4 and IPv6
/// Multicast registries, the IANA IPv6 Global Unicast allocations (2000::/3 is all there is), RFC 3879 (site-local), and the metadata
/// addresses that cloud providers document. Where the registries give a small block inside a guarded one to a public service (e.g.
/// 192.0.0.9/32), it stays guarded: nobody receives webhooks there.
/// </summary>
internal static class GuardedRanges
{
    // The first match names the address, so the narrow ranges stand before the wide ones.
    private static readonly GuardedRange[] All =
    [
        Range("169.254.169.254/32", "a cloud metadata address"),
        Range("169.254.170.2/32", "a cloud metadata address"),
        Range("169.254.170.23/32", "a cloud metadata address"),
        Range("100.100.100.200/32", "a cloud metadata address"),
        Range("168.63.129.16/32", "a cloud metadata address"),
        Range("192.0.0.192/32", "a cloud metadata address"),
        Range("0.0.0.0/32", "the unspecified address"),
        Range("0.0.0.0/8", "an address of this network"),
        Range("10.0.0.0/8", "a private address"),
        Range("100.64.0.0/10", "a carrier-grade NAT address"),
        Range("127.0.0.0/8", "a loopback address"),
        Range("169.254.0.0/16", "a link-local address"),
        Range("172.16.0.0/12", "a private address"),
        Range("192.0.0.0/24", "a reserved address"),
        Range("192.0.2.0/24", "a documentation address"),
        Range("192.88.99.0/24", "a reserved address"),
        Range("192.168.0.0/16", "a private address"),
        Range("198.18.0.0/15", "a reserved benchmarking address"),
        Range("198.51.100.0/24", "a documentation address"),
        Range("203.0.113.0/24", "a documentation address"),
        Range("224.0.0.0/4", "a multicast address"),
        Range("255.255.255.255/32", "the broadcast address"),
        Range("240.0.0.0/4", "a reserved address"),

        Range("fd00:ec2::254/128", "a cloud metadata address"),
        Range("fd00:ec2::23/128", "a cloud metadata address"),
        Range("fd20:ce::254/128", "a cloud metadata address"),
        Range("::/128", "the unspecified address"),
        Range("::1/128", "a loopback address"),
        Range("::ffff:0:0:0/96", "an IPv4-translated address"),
        Range("64:ff9b:1::/48", "a local-use NAT64 address"),
        Range("100::/64", "a discard-only address"),
        Range("100:0:0:1::/64", "a reserved address"),
        Range("2001:2::/48", "a reserved benchmarking address"),
        Range("2001:db8::/32", "a documentation address"),
        Range("2001::/23", "a reserved address"),
        Range("3fff::/20", "a documentation address"),
        Range("5f00::/16", "a reserved segment-routing address"),
        Range("fc00::/7", "an IPv6 unique-local address"),
        Range("fe80::/10", "a link-local address"),
        Range("fec0::/10", "a site-local address"),
        Range("ff00::/8", "a multicast address"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly GuardedRange Unallocated = Range("::/0", "a reserved address");

    /// <summary>The range that guards <paramref name="address"/>, or null for a public one. The address has no zone.</summary>
    public static GuardedRange? Find(IPAddress address)
    {
        foreach (var range in All)
        {
            if (range.Network.Contains(address)) return range;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address) ? Unallocated : null;
    }

    private static GuardedRange Range(string network, string name) => new(IPNetwork.Parse(network), name);
}

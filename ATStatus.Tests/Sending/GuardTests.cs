using System.Net;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.Sending;

/// <summary>The pure judgement: which addresses are no public destinations, and what they are called.</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData("0.0.0.0", "the unspecified address")]
    [InlineData("0.1.2.3", "an address of this network (0.0.0.0/8)")]
    [InlineData("10.0.0.0", "a private address (10.0.0.0/8)")]
    [InlineData("10.255.255.255", "a private address")]
    [InlineData("100.64.0.1", "a carrier-grade NAT address (100.64.0.0/10)")]
    [InlineData("100.127.255.255", "a carrier-grade NAT address")]
    [InlineData("100.100.100.200", "a cloud metadata address")]
    [InlineData("127.0.0.1", "a loopback address (127.0.0.0/8)")]
    [InlineData("127.255.255.254", "a loopback address")]
    [InlineData("168.63.129.16", "a cloud metadata address")]
    [InlineData("169.254.0.1", "a link-local address")]
    [InlineData("169.254.169.254", "a cloud metadata address (169.254.169.254/32)")]
    [InlineData("169.254.170.2", "a cloud metadata address")]
    [InlineData("172.16.0.1", "a private address (172.16.0.0/12)")]
    [InlineData("172.31.255.255", "a private address")]
    [InlineData("192.0.0.8", "a reserved address")]
    [InlineData("192.0.2.1", "a documentation address")]
    [InlineData("192.88.99.1", "a reserved address")]
    [InlineData("192.168.1.1", "a private address (192.168.0.0/16)")]
    [InlineData("198.18.0.1", "a reserved benchmarking address")]
    [InlineData("198.19.255.255", "a reserved benchmarking address")]
    [InlineData("198.51.100.7", "a documentation address")]
    [InlineData("203.0.113.7", "a documentation address")]
    [InlineData("224.0.0.1", "a multicast address")]
    [InlineData("239.255.255.250", "a multicast address")]
    [InlineData("240.0.0.1", "a reserved address")]
    [InlineData("255.255.255.254", "a reserved address")]
    [InlineData("255.255.255.255", "the broadcast address")]
    [InlineData("::", "the unspecified address")]
    [InlineData("::1", "a loopback address")]
    [InlineData("::7f00:1", "an IPv4-compatible address (::/96) that stands for 127.0.0.1, a loopback address")]
    [InlineData("::8.8.8.8", "an IPv4-compatible address (::/96) that stands for 8.8.8.8")]
    [InlineData("::ffff:127.0.0.1", "a loopback address (127.0.0.0/8)")]
    [InlineData("::ffff:169.254.169.254", "a cloud metadata address")]
    [InlineData("::ffff:0:10.0.0.5", "an IPv4-translated address")]
    [InlineData("64:ff9b::10.0.0.5", "a NAT64 address (64:ff9b::/96) that stands for 10.0.0.5, a private address (10.0.0.0/8)")]
    [InlineData("64:ff9b::8.8.8.8", "a NAT64 address (64:ff9b::/96) that stands for 8.8.8.8")]
    [InlineData("64:ff9b:1::8.8.8.8", "a local-use NAT64 address (64:ff9b:1::/48)")]
    [InlineData("64:ff9b:1:ffff::1", "a local-use NAT64 address")]
    [InlineData("64:ff9c::1", "a reserved address")]
    [InlineData("100::1", "a discard-only address")]
    [InlineData("2001::1", "a Teredo address (2001::/32)")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "a Teredo address (2001::/32) that stands for 192.0.2.45, a documentation address")]
    [InlineData("2001:2::1", "a reserved benchmarking address")]
    [InlineData("2001:10::1", "a reserved address")]
    [InlineData("2001:db8::1", "a documentation address")]
    [InlineData("2002:7f00:1::", "a 6to4 address (2002::/16) that stands for 127.0.0.1, a loopback address")]
    [InlineData("2002:808:808::1", "a 6to4 address (2002::/16) that stands for 8.8.8.8")]
    [InlineData("2606:4700::5efe:10.0.0.5", "an ISATAP address that stands for 10.0.0.5, a private address")]
    [InlineData("2606:4700::200:5efe:127.0.0.1", "an ISATAP address that stands for 127.0.0.1, a loopback address")]
    [InlineData("3fff::1", "a documentation address")]
    [InlineData("4000::1", "a reserved address")]
    [InlineData("5f00::1", "a reserved segment-routing address")]
    [InlineData("fc00::1", "an IPv6 unique-local address")]
    [InlineData("fd12:3456::1", "an IPv6 unique-local address (fc00::/7)")]
    [InlineData("fd00:ec2::254", "a cloud metadata address")]
    [InlineData("fd20:ce::254", "a cloud metadata address")]
    [InlineData("fe80::1", "a link-local address")]
    [InlineData("fe80::1%1", "a link-local address")]
    [InlineData("fe80::5efe:8.8.8.8", "a link-local address")]
    [InlineData("::1%1", "a loopback address")]
    [InlineData("fec0::1", "a site-local address")]
    [InlineData("ff02::1", "a multicast address")]
    public void Guarded(string address, string reason)
    {
        var verdict = new AddressGuard([]).Judge(IPAddress.Parse(address));

        Assert.False(verdict.IsAllowed);
        Assert.StartsWith(reason, verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("Webhooks:AllowedNetworks", verdict.Explain(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700::1111")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    [InlineData("2a00:1450::1")]
    [InlineData("2620:4f:8000::1")]
    public void Public(string address) => Assert.True(new AddressGuard([]).Judge(IPAddress.Parse(address)).IsAllowed);

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("10.0.0.5/32", "10.0.0.6", false)]
    [InlineData("10.0.0.0/8", "64:ff9b::10.0.0.5", false)]
    [InlineData("10.0.0.0/8", "2002:a00:5::", false)]
    [InlineData("10.0.0.0/8", "::10.0.0.5", false)]
    [InlineData("10.0.0.0/8", "2606:4700::5efe:10.0.0.5", true)]
    [InlineData("64:ff9b::/96", "64:ff9b::8.8.8.8", true)]
    [InlineData("64:ff9b::/96", "64:ff9b::169.254.169.254", false)]
    [InlineData("64:ff9b::/96 10.0.0.0/8", "64:ff9b::10.0.0.5", true)]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::10.0.0.5", true)]
    [InlineData("2002::/16", "2002:808:808::1", true)]
    [InlineData("2002::/16", "2002:7f00:1::", false)]
    [InlineData("::/0", "fd12::1", true)]
    [InlineData("::/0", "::ffff:10.0.0.5", false)]
    [InlineData("0.0.0.0/0", "169.254.169.254", true)]
    [InlineData("fe80::/10", "fe80::1%1", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "127.0.0.1", false)]
    public void Allowed_networks_let_through(string networks, string address, bool isAllowed)
    {
        var guard = new AddressGuard([.. networks.Split(' ').Select(n => IPNetwork.Parse(n))]);

        Assert.Equal(isAllowed, guard.Judge(IPAddress.Parse(address)).IsAllowed);
    }

    [Fact]
    public void A_refusal_says_what_to_do()
    {
        var guard = new AddressGuard([]);

        Assert.Equal(
            "10.0.0.5 is a private address (10.0.0.0/8). Add its range to Webhooks:AllowedNetworks to let it through.",
            guard.Judge(IPAddress.Parse("10.0.0.5")).Explain());
        Assert.Equal(
            "hooks.internal resolves to 10.0.0.5, which is a private address (10.0.0.0/8). "
                + "Add its range to Webhooks:AllowedNetworks to let it through.",
            guard.Judge(IPAddress.Parse("10.0.0.5")).Explain("hooks.internal"));
        Assert.Equal(
            "64:ff9b::a00:5 is a NAT64 address (64:ff9b::/96) that stands for 10.0.0.5, a private address (10.0.0.0/8). "
                + "Add both ranges to Webhooks:AllowedNetworks to let it through.",
            guard.Judge(IPAddress.Parse("64:ff9b::10.0.0.5")).Explain());
    }
}

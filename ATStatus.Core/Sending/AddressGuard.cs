using System.Net;

namespace ATStatus.Core.Sending;

/// <summary>What <see cref="AddressGuard"/> says about an address.</summary>
public sealed record GuardVerdict
{
    internal static GuardVerdict Allowed { get; } = new();

    public bool IsAllowed => Reason is null;

    /// <summary>What is wrong with the address, e.g. <c>a private address (10.0.0.0/8)</c>; null when it is allowed.</summary>
    public string? Reason { get; private init; }

    /// <summary>The address that was judged, as people write it; null when it is allowed.</summary>
    public string? Address { get; private init; }

    private bool NeedsBothRanges { get; init; }

    internal static GuardVerdict Refused(IPAddress address, string reason, bool needsBothRanges = false) =>
        new() { Address = address.ToString(), Reason = reason, NeedsBothRanges = needsBothRanges };

    /// <summary>One or two sentences for the form and the log, which name the setting that would let the address through.</summary>
    /// <param name="host">The name that resolved to the address; null when the address itself was given.</param>
    /// <exception cref="InvalidOperationException">The address is allowed.</exception>
    public string Explain(string? host = null)
    {
        if (IsAllowed) throw new InvalidOperationException("An allowed address needs no explanation.");
        var what = host is null ? $"{Address} is {Reason}." : $"{host} resolves to {Address}, which is {Reason}.";
        return $"{what} Add {(NeedsBothRanges ? "both ranges" : "its range")} to Webhooks:AllowedNetworks to let it through.";
    }
}

/// <summary>
/// Decides which addresses may be dialled, so that nobody reaches the operator's own network by way of a webhook's URL. Public addresses
/// may; the others only when a range of <see cref="WebhookOptions.AllowedNetworks"/> holds them. Sources: the IANA IPv4 and IPv6
/// Special-Purpose Address Registries, the multicast registries, and cloud providers' documented metadata addresses.
/// </summary>
/// <remarks>
/// An IPv4-mapped IPv6 address is judged as its IPv4 address, an allowed IPv4 range therefore allows both. The other forms that carry an
/// IPv4 address (IPv4-compatible, 6to4, NAT64, Teredo, ISATAP) are not: they need an allowed IPv6 range of their own, and even then the
/// IPv4 address they stand for must be public or allowed. An ISATAP address at a public prefix needs only the latter.
/// </remarks>
/// <param name="allowedNetworks">Ranges that are let through although they are guarded.</param>
public sealed class AddressGuard(IReadOnlyList<IPNetwork> allowedNetworks)
{
    private readonly IPNetwork[] _allowed = [.. allowedNetworks.Select(Unmapped)];

    /// <summary>Judges one address. A zone (<c>%eth0</c>) makes no difference.</summary>
    public GuardVerdict Judge(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var plain = new IPAddress(address.GetAddressBytes());

        var isInAllowedNetwork = IsInAllowedNetwork(plain);
        var range = isInAllowedNetwork ? null : GuardedRanges.Find(plain);
        var embedded = EmbeddedIPv4.Find(plain);
        if (embedded is { OwnRangeGuarded: true } || (embedded is not null && range is null))
            return JudgeEmbedded(address, embedded, isInAllowedNetwork);
        if (range is null) return GuardVerdict.Allowed;
        return GuardVerdict.Refused(address, range.Network.PrefixLength == 0 ? range.Name : $"{range.Name} ({range.Network})");
    }

    private GuardVerdict JudgeEmbedded(IPAddress address, EmbeddedIPv4 embedded, bool isInAllowedNetwork)
    {
        var ipv4 = Judge(embedded.Address);
        var standsFor = $"{embedded.Name} that stands for {embedded.Address}";
        if (!ipv4.IsAllowed) return GuardVerdict.Refused(address, $"{standsFor}, {ipv4.Reason}", needsBothRanges: true);
        return isInAllowedNetwork || !embedded.OwnRangeGuarded ? GuardVerdict.Allowed : GuardVerdict.Refused(address, standsFor);
    }

    private bool IsInAllowedNetwork(IPAddress plain) => Array.Exists(_allowed, network => network.Contains(plain));

    // ::ffff:10.0.0.0/104 means 10.0.0.0/8.
    private static IPNetwork Unmapped(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
            : network;
}

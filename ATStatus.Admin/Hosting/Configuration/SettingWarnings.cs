using System.Net;
using System.Net.Sockets;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Values that are taken, and that an operator should look at again: logged at start, and shown on Settings.</summary>
internal static class SettingWarnings
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>The warnings, by key.</summary>
    public static IReadOnlyDictionary<string, string> Of(AdminSettings settings)
    {
        var warnings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (IsAlmostEverything(settings.Webhooks.AllowedNetworks))
            warnings["Webhooks:AllowedNetworks"] =
                "Webhooks can be sent to any address, including this machine and its cloud's metadata service. List only the networks of your receivers.";
        if (IsAlmostEverything(settings.Hosting.KnownProxies))
            warnings["Hosting:KnownProxies"] = "Anyone can claim any client address and host name. List only your proxies.";
        if (settings.Hosting.PublicUrl is { } url && url.AbsolutePath.TrimEnd('/') != settings.Hosting.PathBase)
            warnings["Hosting:PublicUrl"] = "Its path is not that of Hosting:PathBase. Links in pages follow Hosting:PathBase.";
        if (settings.DataProtection.Certificate is { } certificate && certificate.NotAfter - DateTime.Now < Soon)
            warnings["DataProtection:Certificate"] =
                $"It {(certificate.NotAfter < DateTime.Now ? "EXPIRED" : "expires")} on {certificate.NotAfter:yyyy-MM-dd}. Make a new one, and name this one in DataProtection:PreviousCertificates.";
        return warnings;
    }

    /// <summary>
    /// Nobody's own network is wider than 10.0.0.0/8 or fc00::/7; and ranges that are whole only together are as wide as one.
    /// </summary>
    private static bool IsAlmostEverything(IReadOnlyList<IPNetwork> networks)
    {
        var ranges = networks.Select(Range).ToList();
        return ranges.Exists(r => r.PrefixLength < (r.IsIPv4 ? 8 : 7))
            || ranges.Where(r => r.IsIPv4).Sum(r => Math.Pow(2, 32 - r.PrefixLength)) > Math.Pow(2, 32 - 6);
    }

    // ::ffff:0:0/96 is 0.0.0.0/0 to the guard.
    private static (bool IsIPv4, int PrefixLength) Range(IPNetwork network) =>
        network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? (true, network.PrefixLength)
        : network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96 ? (true, network.PrefixLength - 96)
        : (false, network.PrefixLength);
}

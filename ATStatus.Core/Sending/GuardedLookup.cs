using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>The target is refused. The message is safe to show.</summary>
internal sealed class AddressRefusedException(string message) : Exception(message);

/// <summary>The name has no address, or the look-up failed. The message is safe to show.</summary>
internal sealed class NameNotResolvedException(string host) : Exception($"The host name {host} could not be resolved.");

/// <summary>From a host to the addresses that may be dialled: the same steps for the form's check and for each connection.</summary>
internal sealed class GuardedLookup(INameResolver resolver, AddressGuard guard)
{
    /// <summary>
    /// All addresses of <paramref name="host"/>, each of them judged. One guarded address refuses the name: a name that mixes public and
    /// private addresses is how guards are walked around.
    /// </summary>
    /// <exception cref="AddressRefusedException">An address is guarded.</exception>
    /// <exception cref="NameNotResolvedException">The name has no address.</exception>
    public async Task<IReadOnlyList<IPAddress>> FindAsync(string host, CancellationToken cancellationToken)
    {
        // "127.0.0.1." is a name to the URL's grammar and an address to most resolvers.
        if (IPAddress.TryParse(host.TrimEnd('.'), out var literal))
        {
            var verdict = guard.Judge(literal);
            return verdict.IsAllowed ? [Unmapped(literal)] : throw new AddressRefusedException(verdict.Explain());
        }

        var addresses = IsLocalhost(host) ? Loopback() : await ResolveAsync(host, cancellationToken);
        foreach (var address in addresses)
        {
            var verdict = guard.Judge(address);
            if (!verdict.IsAllowed) throw new AddressRefusedException(verdict.Explain(host));
        }

        return [.. addresses.Select(Unmapped)];
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = await resolver.ResolveAsync(host, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (SocketException)
        {
            throw new NameNotResolvedException(host);
        }

        return addresses.Count > 0 ? addresses : throw new NameNotResolvedException(host);
    }

    // RFC 6761, section 6.3: these names are loopback everywhere and need no resolver, which may know nothing of "localhost." or
    // "a.localhost". Where one of the two families is let through, that one is meant.
    private IPAddress[] Loopback()
    {
        IPAddress[] both = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        IPAddress[] allowed = [.. both.Where(a => guard.Judge(a).IsAllowed)];
        return allowed.Length > 0 ? allowed : both;
    }

    private static bool IsLocalhost(string host)
    {
        var name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    // What was judged as IPv4 is dialled as IPv4.
    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

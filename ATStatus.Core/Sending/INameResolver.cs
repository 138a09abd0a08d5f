using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>Finds the addresses of a host name.</summary>
public interface INameResolver
{
    /// <summary>All addresses of <paramref name="host"/> (ASCII form), in the order in which they should be tried.</summary>
    /// <exception cref="SocketException">The name does not exist or the look-up failed.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The operating system's resolver.</summary>
public sealed class SystemNameResolver : INameResolver
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (ArgumentException)
        {
            // Longer than a name can be.
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }
}

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

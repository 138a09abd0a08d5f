using System.Net;
using System.Net.Sockets;

namespace ATStatus.Core.Sending;

/// <summary>
/// Opens the connections of <see cref="OutboundHttp"/>: looks the name up, has every address judged, and dials the very addresses that
/// were judged. Nothing can change between judgement and connection, whatever the name says a moment later.
/// </summary>
/// <param name="time">The clock of limits.</param>
/// <param name="httpsPort">The port dialled for 443.</param>
internal sealed class GuardedDialer(GuardedLookup lookup, TimeProvider time, ReceiverTls tls, int httpsPort)
{
    /// <summary>The longest wait for one address while there are others left to try.</summary>
    private static readonly TimeSpan AddressLimit = TimeSpan.FromSeconds(3);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var watch = ConnectionStopwatch.Of(context.InitialRequestMessage);
        // An address is judged like a name, and not looked up.
        if (!IPAddress.TryParse(context.DnsEndPoint.Host, out _))
            watch.Begin(ConnectionStep.Lookup);
        var addresses = Alternating(await lookup.FindAsync(context.DnsEndPoint.Host, cancellationToken));
        watch.Begin(ConnectionStep.Connect);
        var port = context.DnsEndPoint.Port == 443 ? httpsPort : context.DnsEndPoint.Port;
        var connection = await DialAnyAsync(addresses, port, cancellationToken);
        if (context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            watch.Begin(ConnectionStep.Tls);
            connection = await tls.HandshakeAsync(connection, context.DnsEndPoint.Host, cancellationToken);
        }
        watch.End();
        return connection;
    }

    private async Task<Stream> DialAnyAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var isLast = i == addresses.Count - 1;
            try
            {
                return await DialAsync(new IPEndPoint(addresses[i], port), isLast, cancellationToken);
            }
            catch (Exception error) when (!isLast && error is SocketException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested)
            {
                // The next address may do better; the last one's failure is the connection's.
            }
        }
    }

    private async Task<Stream> DialAsync(IPEndPoint endPoint, bool isLast, CancellationToken cancellationToken)
    {
        using var cap = new CancellationTokenSource(isLast ? Timeout.InfiniteTimeSpan : AddressLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cap.Token, cancellationToken);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The families in turn, each in its own order, so that a network without IPv6 does not use up the time on IPv6 alone.</summary>
    private static List<IPAddress> Alternating(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses[0].AddressFamily;
        return [.. addresses
            .GroupBy(a => a.AddressFamily)
            .SelectMany(family => family.Select((address, turn) => (address, turn)))
            .OrderBy(x => x.turn).ThenBy(x => x.address.AddressFamily == first ? 0 : 1)
            .Select(x => x.address)];
    }
}

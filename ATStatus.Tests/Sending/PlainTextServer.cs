using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ATStatus.Tests.Sending;

/// <summary>Answers whatever comes first with plain text: what a TLS client meets at a port without TLS.</summary>
internal sealed class PlainTextServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public PlainTextServer(string answer)
    {
        _listener.Start();
        _serving = ServeAsync(Encoding.ASCII.GetBytes(answer));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            await stream.ReadAtLeastAsync(new byte[1024], 1);
            await stream.WriteAsync(answer);
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            // Stopped, or the client went away.
        }
    }
}

using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>One connection of a <see cref="LoopbackReceiver"/>, seen as bytes.</summary>
internal sealed class Wire(Socket socket) : IDisposable
{
    private Stream _stream = new NetworkStream(socket);

    /// <summary>What comes after the requests that were read.</summary>
    public Stream Stream => _stream;

    public async Task SecureAsync(SslStreamCertificateContext certificate, CancellationToken stop)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, stop);
    }

    public Task SendAsync(byte[] bytes, CancellationToken stop) => _stream.WriteAsync(bytes, stop).AsTask();

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Until the sender closes its side.</summary>
    public async Task WaitForEndAsync(CancellationToken stop)
    {
        var rest = new byte[256];
        while (await _stream.ReadAsync(rest, stop) > 0)
        {
        }
    }

    /// <summary>The next request, or null when the sender closed the connection instead.</summary>
    public async Task<ReceivedRequest?> ReadRequestAsync(CancellationToken stop)
    {
        var head = new List<byte>();
        var one = new byte[1];
        var at = DateTimeOffset.MinValue;
        while (!EndsHead(head))
        {
            if (await _stream.ReadAsync(one, stop) == 0) return null;
            if (head.Count == 0) at = DateTimeOffset.UtcNow;
            head.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var request = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])).ToArray();
        var length = headers.FirstOrDefault(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        var body = new byte[length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture)];
        await _stream.ReadExactlyAsync(body, stop);
        return new ReceivedRequest(request[0], request[1], headers, body, at);
    }

    public void Dispose()
    {
        _stream.Dispose();
        socket.Dispose();
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}

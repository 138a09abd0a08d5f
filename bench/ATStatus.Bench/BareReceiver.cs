using System.Net;
using System.Net.Sockets;

namespace ATStatus.Bench;

/// <summary>Answers every request with an empty 200 and keeps nothing: as little of the machine as a receiver can take.</summary>
internal sealed class BareReceiver : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _count;
    private long _last;

    public BareReceiver()
    {
        _listener.Start(1024);
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/hook");

    /// <summary>How many requests have come since the last call, and when the last of them came.</summary>
    public (int Count, DateTimeOffset LastAt) Take() =>
        (Interlocked.Exchange(ref _count, 0), new DateTimeOffset(Volatile.Read(ref _last), TimeSpan.Zero));

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The bench is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        using var connection = socket;
        socket.NoDelay = true;
        var buffer = new byte[32 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (read == 0)
                    return;
                filled += read;
                while (RequestLength(buffer.AsSpan(0, filled)) is { } length && length <= filled)
                {
                    Interlocked.Increment(ref _count);
                    Volatile.Write(ref _last, DateTime.UtcNow.Ticks);
                    buffer.AsSpan(length, filled - length).CopyTo(buffer);
                    filled -= length;
                    await socket.SendAsync(Answer);
                }
            }
        }
        catch (SocketException)
        {
            // The sender went away.
        }
    }

    private static int? RequestLength(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return null;
        var head = bytes[..end];
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
            return end + 4;
        var length = 0;
        foreach (var digit in head[(at + 16)..])
        {
            if (digit is < (byte)'0' or > (byte)'9')
                break;
            length = length * 10 + digit - '0';
        }
        return end + 4 + length;
    }
}

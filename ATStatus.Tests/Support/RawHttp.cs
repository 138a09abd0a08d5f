using System.Net.Sockets;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>A request byte by byte, as no client library would send it.</summary>
internal static class RawHttp
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Opens a connection and sends the beginning of something.</summary>
    public static async Task<TcpClient> BeginAsync(Uri address, string bytes)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Stop);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), Stop);
        return client;
    }

    /// <summary>Sends a whole request on a connection of its own; the status of what comes back.</summary>
    /// <inheritdoc cref="AnswerAsync"/>
    public static async Task<int> StatusAsync(Uri address, string line, params string[] headers) =>
        int.Parse((await AnswerAsync(address, line, headers)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Sends a whole request on a connection of its own; all that comes back.</summary>
    /// <param name="address">Where the console listens.</param>
    /// <param name="line">Method and path.</param>
    /// <param name="headers">Everything but <c>Connection</c>, <c>Host</c> included.</param>
    public static async Task<string> AnswerAsync(Uri address, string line, params string[] headers)
    {
        using var client = await BeginAsync(address, $"{line} HTTP/1.1\r\n{string.Concat(headers.Select(h => h + "\r\n"))}Connection: close\r\n\r\n");
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(Stop);
    }

    /// <summary>Until the other side has closed the connection, in whatever way.</summary>
    public static async Task ClosedAsync(TcpClient client)
    {
        var rest = new byte[256];
        try
        {
            while (await client.GetStream().ReadAsync(rest, Stop) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
        }
    }
}

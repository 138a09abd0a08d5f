using System.Globalization;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>What a <see cref="LoopbackReceiver"/> does with one request. The request has been read completely by then.</summary>
public sealed class ScriptedResponse
{
    private readonly Func<Wire, CancellationToken, Task> _give;

    private ScriptedResponse(Func<Wire, CancellationToken, Task> give, bool keepsConnection)
    {
        _give = give;
        KeepsConnection = keepsConnection;
    }

    /// <summary>Whether the connection can carry another request afterwards.</summary>
    public bool KeepsConnection { get; }

    /// <summary>A complete response. Content-Length is added.</summary>
    public static ScriptedResponse Status(int status, string body = "", params (string Name, string Value)[] headers) =>
        Status(status, Encoding.UTF8.GetBytes(body), headers);

    /// <inheritdoc cref="Status(int, string, ValueTuple{string, string}[])"/>
    public static ScriptedResponse Status(int status, byte[] body, params (string Name, string Value)[] headers) => new(
        async (wire, stop) =>
        {
            // RFC 9110, section 8.6: a 204 has no Content-Length.
            var all = status == 204 ? headers : [.. headers, ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture))];
            await wire.SendAsync([.. Head(status, all), .. body], stop);
        },
        keepsConnection: true);

    /// <summary>The bytes, as they are, then the connection is closed.</summary>
    public static ScriptedResponse Raw(string bytes) => new((wire, stop) => wire.SendAsync(Encoding.Latin1.GetBytes(bytes), stop), false);

    /// <summary>The connection is closed in an orderly way without a byte.</summary>
    public static ScriptedResponse Close() => new((_, _) => Task.CompletedTask, false);

    /// <summary>The connection is reset (RST) without a byte.</summary>
    public static ScriptedResponse Reset() => new(
        (wire, _) =>
        {
            wire.Reset();
            return Task.CompletedTask;
        },
        false);

    /// <summary>Nothing, until the sender gives up.</summary>
    public static ScriptedResponse Stall() => new((wire, stop) => wire.WaitForEndAsync(stop), false);

    /// <summary>Headers and the beginning of a longer body, then nothing until the sender gives up.</summary>
    public static ScriptedResponse StallInBody(int status, string beginning = "begin") => new(
        async (wire, stop) =>
        {
            await wire.SendAsync([.. Head(status, [("Content-Length", "1000")]), .. Encoding.UTF8.GetBytes(beginning)], stop);
            await wire.WaitForEndAsync(stop);
        },
        false);

    /// <summary>A body that only ends when the sender closes the connection.</summary>
    public static ScriptedResponse Endless(int status) => new(
        async (wire, stop) =>
        {
            await wire.SendAsync(Head(status, [("Transfer-Encoding", "chunked")]), stop);
            var chunk = Encoding.ASCII.GetBytes("1000\r\n" + new string('x', 0x1000) + "\r\n");
            while (true) await wire.SendAsync(chunk, stop);
        },
        false);

    /// <summary>A beginning, then the same piece again and again until the sender closes the connection.</summary>
    /// <param name="beginning">What comes once.</param>
    /// <param name="piece">What comes again and again.</param>
    /// <param name="pause">The wait before each piece (real time); none unless told otherwise.</param>
    public static ScriptedResponse Repeating(string beginning, string piece, TimeSpan pause = default) => new(
        async (wire, stop) =>
        {
            await wire.SendAsync(Encoding.Latin1.GetBytes(beginning), stop);
            var bytes = Encoding.Latin1.GetBytes(piece);
            while (true)
            {
                if (pause > TimeSpan.Zero) await Task.Delay(pause, stop);
                await wire.SendAsync(bytes, stop);
            }
        },
        false);

    /// <summary>A body shorter than its Content-Length says.</summary>
    public static ScriptedResponse CutShort(int status, string beginning = "begin") => new(
        (wire, stop) => wire.SendAsync([.. Head(status, [("Content-Length", "1000")]), .. Encoding.UTF8.GetBytes(beginning)], stop),
        false);

    /// <summary>Waits for <paramref name="signal"/>, then gives this answer: an answer's moment under the test's control.</summary>
    public ScriptedResponse After(Task signal) => new(
        async (wire, stop) =>
        {
            await signal.WaitAsync(stop);
            await _give(wire, stop);
        },
        KeepsConnection);

    /// <summary>Waits on the real clock, then gives this answer.</summary>
    public ScriptedResponse After(TimeSpan delay) => new(
        async (wire, stop) =>
        {
            await Task.Delay(delay, stop);
            await _give(wire, stop);
        },
        KeepsConnection);

    internal Task GiveAsync(Wire wire, CancellationToken stop) => _give(wire, stop);

    private static byte[] Head(int status, (string Name, string Value)[] headers)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Scripted\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}

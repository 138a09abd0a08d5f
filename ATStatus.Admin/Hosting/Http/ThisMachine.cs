using System.Net;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// Tells a browser on the machine itself from every other: the connection is the loopback interface's, nothing says that a proxy forwarded
/// it, and the address in the browser is this machine's own name, which the page of another site cannot make it (DNS rebinding).
/// </summary>
internal static class ThisMachine
{
    private static readonly string[] ProxyHeaders =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP",
        // What is left of them where the proxy is known.
        "X-Original-For", "X-Original-Host", "X-Original-Proto",
    ];

    /// <summary>Whether the request came from a browser on this machine.</summary>
    public static bool Sent(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && IPAddress.IsLoopback(remote) && IPAddress.IsLoopback(local)
        && IsOwnName(context.Request.Host.Host)
        && !Array.Exists(ProxyHeaders, context.Request.Headers.ContainsKey);

    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

using System.Net;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>The addresses to listen on (<c>urls</c>): Kestrel's own complaint about a wrong one is a stack trace, or none.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses that are configured; where <c>urls</c> has none, those of <c>http_ports</c> and <c>https_ports</c>, as the server takes them.</summary>
    public static string[] Of(IConfiguration configuration) =>
        Urls(configuration) is { Length: > 0 } urls ? urls
        : [
            .. Parts(configuration, WebHostDefaults.HttpPortsKey).Select(port => $"http://*:{port}"),
            .. Parts(configuration, WebHostDefaults.HttpsPortsKey).Select(port => $"https://*:{port}"),
        ];

    private static string[] Urls(IConfiguration configuration) => Parts(configuration, WebHostDefaults.ServerUrlsKey);

    private static string[] Parts(IConfiguration configuration, string key) =>
        (configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Checks what <c>--urls</c> or <c>ASPNETCORE_URLS</c> holds.</summary>
    public static void Check(IConfiguration configuration)
    {
        foreach (var url in Urls(configuration))
        {
            if (!IsAddress(url))
                throw new StartRefusedException($"urls takes addresses such as http://localhost:5000, separated by ';'; it has '{url}'.");
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme.ToLowerInvariant() is not ("http" or "https"))
                return false;
            // A port that is no number is a part of the host to Kestrel, which then listens on port 80 of every address.
            return address.IsUnixPipe || address.IsNamedPipe
                || (address.Port is >= 0 and <= IPEndPoint.MaxPort && (address.PathBase.Length == 0) && IsHost(address.Host));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static bool IsHost(string host) =>
        host.Length > 0 && (host.StartsWith('[')
            ? host.EndsWith(']') && IPAddress.TryParse(host[1..^1], out _)
            : !host.Contains(':', StringComparison.Ordinal) && !host.Any(char.IsWhiteSpace));
}

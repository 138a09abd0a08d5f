using System.Net;
using ATStatus.Admin.Hosting.Configuration;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>Forwarded headers from whom <c>Hosting:KnownProxies</c> does not name: they are not believed, which an operator would notice late.</summary>
internal static partial class UnknownProxies
{
    private const int MostWarnings = 10;
    private static readonly string[] ForwardedHeaders = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"];

    /// <summary>Warns once per address, of some addresses an hour. Stands before what reads the headers, so that the sender is the connection's.</summary>
    public static void WarnOfUnknownProxies(this WebApplication app, HostingSettings hosting)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(UnknownProxies).FullName!);
        var warned = new FirstSeen(MostWarnings, app.Services.GetRequiredService<TimeProvider>());
        app.Use((context, next) =>
        {
            if (Array.Exists(ForwardedHeaders, context.Request.Headers.ContainsKey)
                && context.Connection.RemoteIpAddress is { } sender && !IsKnown(Unmapped(sender), hosting) && warned.IsFirst(Unmapped(sender).ToString()))
                LogUnknown(logger, Unmapped(sender));
            return next(context);
        });
    }

    private static bool IsKnown(IPAddress sender, HostingSettings hosting) =>
        hosting.KnownProxies.Any(network => network.Contains(sender) || network.Contains(sender.MapToIPv6()));

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    [LoggerMessage(LogLevel.Warning, "{Address} sends forwarded headers (X-Forwarded-For or alike) and is not in Hosting:KnownProxies: they are ignored. If it is your reverse proxy, add it there; until then every visitor seems to come from it.")]
    private static partial void LogUnknown(ILogger logger, IPAddress address);
}

using ATStatus.Admin.Hosting.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>What stands before the console: proxies whose headers are believed, and the path under which it is published.</summary>
internal static class ProxyAndPathBase
{
    /// <summary>First in the pipeline: everything after it sees the client's address, scheme, host and path.</summary>
    public static void UseProxyAndPathBase(this WebApplication app, HostingSettings hosting)
    {
        app.WarnOfUnknownProxies(hosting);
        if (hosting.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders(Believed(hosting));
            app.Use((context, next) =>
            {
                context.Request.Scheme = HttpSchemeOf(context.Request.Scheme);
                return next(context);
            });
        }
        if (hosting.PathBase.Length == 0)
            return;
        app.UsePathBase(hosting.PathBase);
        app.Use((context, next) =>
        {
            // A proxy that cuts the sub-path off before it forwards: links and cookies still need it.
            if (!context.Request.PathBase.HasValue)
                context.Request.PathBase = hosting.PathBase;
            return next(context);
        });
    }

    /// <summary>Some proxies, Traefik among them, forward the upgrade to a web socket as wss: links and cookies are those of https all the same.</summary>
    private static string HttpSchemeOf(string scheme) =>
        scheme.Equals(Uri.UriSchemeWss, StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps
        : scheme.Equals(Uri.UriSchemeWs, StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttp
        : scheme;

    private static ForwardedHeadersOptions Believed(HostingSettings hosting)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // As many hops as are known proxies; the first address that is none ends the chain.
            ForwardLimit = null,
        };
        // The framework believes loopback unless told otherwise.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in hosting.KnownProxies)
            options.KnownIPNetworks.Add(network);
        return options;
    }
}

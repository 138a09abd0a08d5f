using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>The address that a request says it was sent to. Pages, the error page among them, make URLs of it.</summary>
internal static class RequestAddress
{
    /// <summary>Answers 400 to hosts on which the framework would throw where it first reads them. Stands before what does.</summary>
    public static void RefuseUnreadableHosts(this WebApplication app) => app.Use((context, next) =>
        IsReadable(context.Request.Headers.Host) && IsReadable(context.Request.Headers["X-Forwarded-Host"]) ? next(context) : RefuseAsync(context));

    /// <summary>
    /// Answers 400 to a request of whose scheme, host and path no URL can be made, as <c>Host: x:99999</c>. Stands before whatever could show an
    /// error page, and behind what reads forwarded headers.
    /// </summary>
    public static void RefuseMalformedAddresses(this WebApplication app) =>
        app.Use((context, next) => IsWhole(context.Request) ? next(context) : RefuseAsync(context));

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("The Host header is not valid.", context.RequestAborted);
    }

    private static bool IsReadable(StringValues hosts)
    {
        try
        {
            // A list, as one proxy after the other adds to it. Only xn-- names are decoded.
            foreach (var host in hosts.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)))
                _ = HostString.FromUriComponent(host);
            return true;
        }
        catch (ArgumentException)
        {
            // An international host name that is none, as xn--a.
            return false;
        }
    }

    private static bool IsWhole(HttpRequest request)
    {
        try
        {
            // HTTP/1.0, which old load balancers speak when they ask for health, knows no Host.
            if (!request.Host.HasValue)
                return request.Path.StartsWithSegments("/healthz");
            if (!IsHttp(request.Scheme))
                return false;
            // As Blazor makes them.
            var root = UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, "/");
            return Uri.TryCreate(root, UriKind.Absolute, out var start) && start.Host.Length > 0
                && Uri.TryCreate(request.GetEncodedUrl(), UriKind.Absolute, out var whole) && start.IsBaseOf(whole);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // What is not ASCII and no host name either.
            return false;
        }
    }

    private static bool IsHttp(string scheme) =>
        scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
}
